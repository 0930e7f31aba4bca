"""The operator's commands: who may do what, and a school with its first secretary."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from penpal.accounts import appointing
from penpal.accounts.models import Role
from penpal.desk import matrix
from penpal.desk.people import print_slip
from penpal.kernel import clock, jobs, terminal
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import transaction
from penpal.places import queries as places
from penpal.places import services as tree
from penpal.places.models import Kind, Level, Unit
from penpal.programmes import queries as programmes
from penpal.programmes import services as programme_services
from penpal.programmes.models import ProgrammeKey, Round

school = AppGroup("school", help="Schools and their first secretary.")


@click.command("rulebook")
def rulebook() -> None:
    """Print the role × permission matrix."""
    click.echo(matrix.as_text())


@school.command("add")
@click.argument("code")
@click.argument("name")
@click.option(
    "--under", required=True, help="Code of the county or region, e.g. hetian-shi or beijing."
)
@click.option("--county", default="", help="Name of a county to add or use below --under.")
@click.option(
    "--secretary",
    default="",
    help="Name of the school's league secretary; left out where the level above appoints one.",
)
def add(code: str, name: str, under: str, county: str, secretary: str) -> None:
    """Add a school; with a secretary, print their sign-in name and activation code."""
    programme_services.load()
    if places.by_code(code) is not None:
        raise click.ClickException(f"the code {code} is taken")
    with transaction():
        unit = tree.add(Kind.SCHOOL, name, parent=_above(under, county), code=code)
        click.echo(f"{name} ({code})")
        if secretary:
            _take_on(secretary, Role.SCHOOL_SECRETARY, unit)


@school.command("count")
@click.argument("code")
@click.option("--classes", type=click.IntRange(min=1), required=True)
@click.option("--students", type=click.IntRange(min=1), required=True)
def count(code: str, classes: int, students: int) -> None:
    """Report a school's classes and students for this school year, which its twinning is judged by."""
    with transaction():
        programme_services.report_count(
            _this_year(), _unit(code), classes=classes, students=students
        )
    click.echo(f"{code}: {classes} classes, {students} students")


@school.command("staff")
@click.argument("address")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(
        [role.value for role in (Role.TEACHER, Role.SCHOOL_SECRETARY, Role.COUNTY_SECRETARY)]
    ),
    default=Role.TEACHER.value,
    show_default=True,
)
def staff(address: str, name: str, role: str) -> None:
    """Give NAME a role over a unit (CODE or CODE/CLASS NAME), and print how they come in."""
    with transaction():
        _take_on(name, Role(role), _unit(address))


@click.command("worker")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True)
def worker(threads: int) -> None:
    """Run the jobs in a process of their own, for servers that set PENPAL_JOBS=worker."""
    jobs.work_forever(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]


def _take_on(name: str, role: Role, unit: Unit) -> None:
    with terminal.in_words():
        print_slip(appointing.invite(name, role, unit, settings=terminal.settings(), by=SYSTEM))


def _this_year() -> Round:
    """The running round; the first count of a school year opens it."""
    pen_pals = programmes.programme(ProgrammeKey.PEN_PALS)
    today = clock.today()
    school_year = today.year if today.month >= 7 else today.year - 1
    latest = programmes.current_round(pen_pals)
    if latest is None or latest.school_year < school_year:
        return programme_services.open_round(pen_pals, school_year)
    return latest


def _above(under: str, county: str) -> Unit:
    region = _unit(under)
    if not county:
        if region.level is not Level.COUNTY:
            raise click.ClickException(f"{under} is no county: name one with --county")
        return region
    below = places.by_address(f"{under}/{county}")
    return below or tree.add(Kind.COUNTY, county, parent=region)


def _unit(code: str) -> Unit:
    unit = places.by_address(code)
    if unit is None:
        raise click.ClickException(f"no unit is called {code}")
    return unit
