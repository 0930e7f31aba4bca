"""``flask evidence``: prove that what was frozen for reports was not changed or taken away."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from penpal.safeguarding import evidence as frozen

evidence = AppGroup("evidence", help="Prove what was frozen for reports.")


@evidence.command("verify")
def verify() -> None:
    """Compute every digest anew, and look for what is gone before its time. Exits with 1 if anything does not fit."""
    sound, wrong = 0, 0
    for row in frozen.every():
        if frozen.verify(row):
            sound += 1
        else:
            wrong += 1
            click.echo(f"evidence {row.id} of report {row.report_id} does not match", err=True)
    for report_id in frozen.missing():
        wrong += 1
        click.echo(f"evidence of report {report_id} is gone", err=True)
    click.echo(f"evidence that matches: {sound}")
    if wrong:
        raise click.exceptions.Exit(1)
