"""``flask setup``: a real server from nothing, by questions or by options, and safe to run again."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import sqlalchemy as sa
from flask_migrate import upgrade

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Person
from penpal.accounts.offices import HELD_AT
from penpal.accounts.predicates import SECRETARIES
from penpal.config import ROOT, Settings
from penpal.desk.people import print_slip
from penpal.kernel import clock, terminal
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.places import queries as places
from penpal.places import services as tree
from penpal.places.models import Kind, Level, Unit
from penpal.programmes import queries as programmes
from penpal.programmes import services as programme_services
from penpal.programmes.models import ProgrammeKey

NOTES = {
    "PENPAL_DEMO": "A real server has no demo people.",
    "PENPAL_PUBLIC_URL": "The address that readers use. With https:// cookies are sent over TLS only.",
    "PENPAL_TRUSTED_PROXIES": "How many proxies stand in front and set X-Forwarded-* headers.",
    "PENPAL_DATA": "Everything that is written lies in this folder, the signing key too.",
    "TZ": "The time zone of the server's own log. Schools keep theirs.",
}
"""What each line of the written file is about. No line holds a secret."""


@click.command("setup")
@click.option(
    "--public-url", help="https://… address that readers use; empty for this machine alone."
)
@click.option("--time-zone", help="Time zone of the server, e.g. Asia/Shanghai.")
@click.option(
    "--school-year", type=click.IntRange(2014, 2100), help="Year in which the round begins."
)
@click.option(
    "--county", "counties", multiple=True, help="A county to add, as REGION/NAME; repeatable."
)
@click.option("--top", help="Code of the unit whose secretary comes first: centre, beijing, …")
@click.option("--secretary", help="Name of that unit's first secretary; empty for none yet.")
@click.option(
    "--env-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / ".env",
    help="Where the settings are written.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: options and defaults alone.")
def setup(
    public_url: str | None,
    time_zone: str | None,
    school_year: int | None,
    counties: tuple[str, ...],
    top: str | None,
    secretary: str | None,
    env_file: Path,
    yes: bool,
) -> None:
    """Walk through a real start: settings, tables, school year, top units, first secretary."""
    settings = terminal.settings()
    kept = _read(env_file)
    url = _address(
        _ask(
            "Public address (https://…, empty for this machine alone)",
            public_url,
            kept.get("PENPAL_PUBLIC_URL", settings.public_url),
            yes,
        )
    )
    zone = _zone(_ask("Time zone", time_zone, kept.get("TZ", str(clock.CHINA)), yes))
    with terminal.in_words():
        _prepare()
        year = _open_year(school_year, yes)
        for county in counties:
            _add_county(county)
        first = _first_secretary(top, secretary, settings, yes)
    _write(
        env_file,
        kept
        | {
            "PENPAL_DEMO": "false",
            "PENPAL_PUBLIC_URL": url,
            "PENPAL_TRUSTED_PROXIES": kept.get(
                "PENPAL_TRUSTED_PROXIES", "1" if url.startswith("https://") else "0"
            ),
            "PENPAL_DATA": str(settings.data.resolve()),
            "TZ": zone,
        },
    )
    _tell_what_comes_next(env_file, year, url, first)


def _ask(question: str, given: str | None, default: str, yes: bool) -> str:
    if given is not None:
        return given.strip()
    if yes:
        return default
    return str(click.prompt(question, default=default, show_default=bool(default))).strip()


def _address(typed: str) -> str:
    parts = urlsplit(typed)
    if typed and (parts.scheme not in ("https", "http") or not parts.netloc or parts.query):
        raise click.ClickException(f"{typed} is no address: write https://penpal.example.cn")
    return typed.rstrip("/")


def _zone(typed: str) -> str:
    try:
        return ZoneInfo(typed).key
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise click.ClickException(f"no time zone is called {typed}") from problem


def _prepare() -> None:
    """Tables and regions. What is there already stays as it is."""
    # Alembic logs each step it looks at; here only what a person needs is told.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    programme_services.load()
    if session().scalar(sa.select(Person.id).where(Person.is_demo).limit(1)):
        raise click.ClickException(
            "this database holds the demo. Set PENPAL_DATA (or DATABASE_URL) to another place, "
            "and run this again."
        )


def _open_year(wanted: int | None, yes: bool) -> int:
    pen_pals = programmes.programme(ProgrammeKey.PEN_PALS)
    latest = programmes.current_round(pen_pals)
    today = clock.today()
    running = today.year if today.month >= 7 else today.year - 1
    default = latest.school_year if latest and latest.school_year >= running else running
    if wanted is None and not yes:
        wanted = click.prompt(
            "School year (the year in which it begins)", default=default, type=int
        )
    year = wanted or default
    if latest is not None and latest.school_year > year:
        raise click.ClickException(f"the round of {latest.school_year} is open already")
    if latest is None or latest.school_year < year:
        programme_services.open_round(pen_pals, year)
        click.echo(f"Opened the round of {year}.")
    return year


def _add_county(address: str) -> None:
    code, _slash, name = address.partition("/")
    region = places.by_code(code)
    if region is None or region.level not in (Level.PROVINCE, Level.PREFECTURE) or not name.strip():
        raise click.ClickException(f"write a county as REGION/NAME; {address} names no region")
    if places.by_address(f"{code}/{name}") is None:
        corps = region.kind in (Kind.CORPS, Kind.DIVISION)
        tree.add(Kind.REGIMENT if corps else Kind.COUNTY, name.strip(), parent=region)
        click.echo(f"Added {region.name} · {name.strip()}.")


def _first_secretary(top: str | None, name: str | None, settings: Settings, yes: bool) -> Unit:
    code = _ask("Unit whose secretary comes first (code, or CODE/NAME)", top, tree.CENTRE, yes)
    unit = places.by_address(code)
    role = next(
        (
            role
            for role, kinds in HELD_AT.items()
            if unit is not None and unit.kind in kinds and role in SECRETARIES
        ),
        None,
    )
    if unit is None or role is None:
        raise click.ClickException(f"no unit with a secretary is called {code}")
    there = [held for held in office_queries.at(unit) if held.role is role]
    if there:
        click.echo(f"{unit.name} has its secretary: {there[0].person.login_name}.")
        return unit
    person = _ask(f"Name of the first secretary of {unit.name} (empty for none yet)", name, "", yes)
    if person:
        with transaction():
            held = appointing.invite(person, role, unit, settings=settings, by=SYSTEM)
        # Shown this once; it is not written to any file.
        print_slip(held)
    return unit


def _read(file: Path) -> dict[str, str]:
    """What an earlier run, or the operator, wrote."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {
        name.strip(): " ".join(shlex.split(value, comments=True)) for name, _equals, value in pairs
    }


def _write(file: Path, values: Mapping[str, str]) -> None:
    """The whole file at once, for its owner alone: an operator may add a secret to it later."""
    lines = [
        "# Settings of this server, written by `flask setup`; read by the shell at a start.",
        "",
    ]
    for name, value in values.items():
        lines += [f"# {NOTES[name]}"] if name in NOTES else []
        lines += [f"{name}={_quoted(value)}", ""]
    beside = file.with_name(file.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write("\n".join(lines))
    beside.replace(file)


def _quoted(value: str) -> str:
    """As a shell reads it back."""
    return shlex.quote(value) if value else ""


def _tell_what_comes_next(file: Path, year: int, url: str, first: Unit) -> None:
    role_is_school = first.kind is Kind.SCHOOL
    click.echo(
        "\n".join(
            [
                "",
                f"Settings are in {file}. Round: {year}. Mail: none is sent, nothing to set.",
                "What comes next:",
                f"  1. set -a; . {file}; set +a; make run",
                f"  2. A proxy that ends TLS for {url}, see docs/operations.md."
                if url.startswith("https://")
                else "  2. For others than this machine: a name, TLS, and --public-url https://…",
                "  3. Hand the slip to its person. They invite the level below on the page 人员"
                + (" and upload the roster." if role_is_school else "."),
                "  4. Schools: flask school add CODE NAME --under REGION --county COUNTY; "
                "flask school count CODE …",
                "  5. flask people find --at centre shows who holds what.",
            ]
        )
    )
