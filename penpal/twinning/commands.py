"""``flask twin``: the operator ties two units, under the same rules as everyone."""

from __future__ import annotations

import click

from penpal.kernel.access import SYSTEM
from penpal.kernel.db import transaction
from penpal.kernel.errors import PenpalError
from penpal.places import queries as places
from penpal.places.models import Unit
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.twinning import services


@click.command("twin")
@click.argument("supported")
@click.argument("supporting")
@click.option("--reason", default="", help="Why a school lies outside the twinned county.")
def twin(supported: str, supporting: str, reason: str) -> None:
    """Tie two counties, schools or classes, each given by code or as CODE/CLASS NAME."""
    try:
        with transaction():
            tied = services.propose(
                programmes.programme(ProgrammeKey.PEN_PALS),
                supported=_unit(supported),
                supporting=_unit(supporting),
                by=SYSTEM,
                elsewhere_reason=reason,
            )
            services.confirm(tied, by=SYSTEM)
    except PenpalError as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{supported} ⟷ {supporting}")


def _unit(address: str) -> Unit:
    unit = places.by_address(address)
    if unit is None:
        raise click.ClickException(f"no unit is called {address}")
    return unit
