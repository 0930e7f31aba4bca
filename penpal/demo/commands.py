"""``flask demo load``."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from penpal.demo import services
from penpal.kernel.errors import Conflict
from penpal.programmes import services as programmes

demo = AppGroup("demo", help="The invented schools that show what the product does.")


@demo.command("load")
@click.option(
    "--seed", default=services.SEED, show_default=True, help="Another seed, other letters."
)
def load(seed: int) -> None:
    """Load the demo into a database without real people."""
    programmes.load()
    try:
        services.load(settings=current_app.extensions["penpal.settings"], seed=seed)
    except Conflict as problem:
        raise click.ClickException(str(problem)) from problem
    for login, who in services.SIGN_INS:
        click.echo(f"{login:<14} {who}")
