"""``flask trail``: prove that nothing in the record was changed or taken away."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from penpal.kernel import chain
from penpal.kernel.chain import NO_SCHOOL, Chain
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Unit

trail = AppGroup("trail", help="Prove that the record was not tampered with.")

NO_SCHOOL_NAME = "-"
"""Stands for the chain of acts that concern no school."""

Noted = dict[str, tuple[int, str]]


@trail.command("heads")
def heads() -> None:
    """Print the length and the head of each chain, to be noted outside of this machine."""
    found = chain.heads()
    names = _names([each.school_id for each in found])
    for each in found:
        click.echo(_line(names[each.school_id], each))


@trail.command("verify")
@click.option("--school", default="", help="Code of one school; without it all chains are proved.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with lines of `flask trail heads` that was kept outside.",
)
def verify(school: str, against: Path | None) -> None:
    """Compute every chain anew and say what is the first that does not fit. Exits with 1 if anything does not."""
    noted = _noted(against) if against else {}
    wanted = _wanted(school, noted)
    is_sound = True
    for name, school_id in wanted:
        found = chain.verify(school_id, noted=noted.get(name))
        click.echo(_line(name, found))
        if found.trouble:
            is_sound = False
            click.echo(f"{name}: {found.trouble}", err=True)
    if not school:
        count, first = chain.unlinked()
        if count:
            is_sound = False
            click.echo(f"acts in no chain: {count}, the first is act {first}", err=True)
    if not is_sound:
        raise click.exceptions.Exit(1)
    click.echo(f"chains that fit: {len(wanted)}")


def _wanted(school: str, noted: Noted) -> list[tuple[str, int]]:
    """Names and numbers of the chains to prove: those there are, and those that somebody noted."""
    if school:
        return [(school, _school(school))]
    names = _names(chain.schools())
    missing = [name for name in noted if name not in names.values()]
    return [
        *((names[school_id], school_id) for school_id in sorted(names)),
        *((name, _school(name)) for name in missing),
    ]


def _school(name: str) -> int:
    if name == NO_SCHOOL_NAME:
        return NO_SCHOOL
    if name.startswith("#") and name[1:].isdecimal():
        return int(name[1:])
    unit = places.by_code(name)
    if unit is None:
        raise click.ClickException(f"no school has the code {name}")
    return unit.id


def _names(school_ids: list[int]) -> dict[int, str]:
    """Codes of schools; one without a code is called by its number."""
    rows = session().execute(sa.select(Unit.id, Unit.code).where(Unit.id.in_(school_ids)))
    codes = {unit_id: code for unit_id, code in rows if code}
    return {
        school_id: NO_SCHOOL_NAME
        if school_id == NO_SCHOOL
        else codes.get(school_id, f"#{school_id}")
        for school_id in school_ids
    }


def _line(name: str, found: Chain) -> str:
    return f"{name} {found.length} {found.head}"


def _noted(file: Path) -> Noted:
    """Lengths and heads by name; other lines of the file, as `verify` prints them, are passed over."""
    kept: Noted = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) == 3 and words[1].isdecimal() and len(words[2]) == len(chain.BEGINNING):
            kept[words[0]] = (int(words[1]), words[2])
    if not kept:
        raise click.ClickException(f"{file.name} holds no line of `flask trail heads`")
    return kept
