"""``flask rulebook``: who may do what, as a table that a school secretary could check."""

from __future__ import annotations

import click

from penpal.desk import matrix


@click.command("rulebook")
def rulebook() -> None:
    """Print the role × permission matrix."""
    click.echo(matrix.as_text())
