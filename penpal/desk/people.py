"""``flask people``: what the operator does for members of staff, under the same rules as everyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from penpal.accounts import appointing, disabling, office_queries, second_factor, services
from penpal.accounts import queries as accounts
from penpal.accounts.models import Person, PersonKind, Role, RoleGrant
from penpal.kernel import terminal
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Unit

people = AppGroup("people", help="Members of staff: their offices, their slips, their accounts.")

Command = Callable[..., Any]


def _office(command: Command) -> Command:
    """``--office`` and ``--at``: which office, and at which unit it is held."""
    at = click.option(
        "--at", "address", required=True, help="CODE of the unit, or CODE/NAME below it."
    )
    which = click.option(
        "--office", "role", required=True, type=click.Choice([role.value for role in Role])
    )
    return which(at(command))


@people.command("add")
@click.argument("name")
@_office
@click.option("--until", type=terminal.DAY, help="The last day of the office.")
def add(name: str, role: str, address: str, until: Any) -> None:
    """Take NAME on, give them an office, and print how they come in."""
    with terminal.in_words():
        held = appointing.invite(
            name,
            Role(role),
            _unit(address),
            until=terminal.date_of(until),
            settings=terminal.settings(),
            by=SYSTEM,
        )
        print_slip(held)


@people.command("grant")
@click.argument("login_name")
@_office
@click.option("--until", type=terminal.DAY, help="The last day of the office.")
def grant(login_name: str, role: str, address: str, until: Any) -> None:
    """Give someone with an account another office."""
    with terminal.in_words():
        held = appointing.grant(
            _staff(login_name), Role(role), _unit(address), until=terminal.date_of(until), by=SYSTEM
        )
        click.echo(f"{held.person.name} ({login_name}): {_described(held)}")


@people.command("end")
@click.argument("login_name")
@_office
@click.option("--reason", required=True, help="Kept on the record.")
def end(login_name: str, role: str, address: str, reason: str) -> None:
    """End an office at once, its deputies' too."""
    with terminal.in_words():
        held = _held(login_name, role, address)
        appointing.end(held, reason=reason, by=SYSTEM)
        click.echo(f"{login_name}: {role} at {address} has ended")


@people.command("hand-over")
@click.argument("login_name")
@_office
@click.option("--to", "deputy", default="", help="Sign-in name of the deputy.")
@click.option("--name", default="", help="Or the name of a deputy who has no account yet.")
@click.option("--until", type=terminal.DAY, required=True, help="The last day of the deputy.")
@click.option("--reason", required=True, help="Kept on the record.")
def hand_over(
    login_name: str, role: str, address: str, deputy: str, name: str, until: Any, reason: str
) -> None:
    """Leave an office to a deputy until a day; its holder keeps it."""
    with terminal.in_words():
        given = appointing.hand_over(
            _held(login_name, role, address),
            until=until.date(),
            reason=reason,
            to=_staff(deputy) if deputy else None,
            name=name,
            settings=terminal.settings(),
            by=SYSTEM,
        )
        if given.person.activated_at is None:
            print_slip(given)
        else:
            click.echo(f"{given.person.name} ({deputy}): {_described(given)}")


@people.command("find")
@click.argument("words", default="")
@click.option("--at", "address", default="", help="Only at this unit and below it.")
def find(words: str, address: str) -> None:
    """List members of staff whose name or sign-in name holds WORDS, with what they hold."""
    with terminal.in_words():
        found = _found(words, _unit(address) if address else None)
        for person in found:
            state = (
                "disabled"
                if person.disabled_at
                else "has come in"
                if person.activated_at
                else "has not come in yet"
            )
            click.echo(f"{person.login_name}  {person.name}  ({state})")
            for held in office_queries.of_person(person.id):
                click.echo(f"    {_described(held)}")
        if not found:
            raise click.ClickException("nobody among the staff is called so")


@people.command("slip")
@click.argument("login_name")
@click.option(
    "--again",
    is_flag=True,
    help="The slip was lost or the password forgotten: the old one opens nothing any more.",
)
def slip(login_name: str, again: bool) -> None:
    """Print how someone comes in for the first time, or again."""
    with terminal.in_words():
        person = _staff(login_name)
        offices = office_queries.of_person(person.id)
        if not offices:
            raise click.ClickException(f"{login_name} holds no office: give one first")
        if again:
            appointing.renew_slip(offices[0], settings=terminal.settings(), by=SYSTEM)
        elif person.activated_at is None:
            services.issue_codes([person], settings=terminal.settings())
        else:
            raise click.ClickException(
                f"{login_name} has come in already; --again makes a new slip"
            )
        print_slip(offices[0])


@people.command("disable")
@click.argument("login_name")
@click.option("--reason", required=True, help="Kept on the record.")
def disable(login_name: str, reason: str) -> None:
    """Close an account: its sessions end at once."""
    with terminal.in_words():
        disabling.disable(_anybody(login_name), reason=reason, by=SYSTEM)
        click.echo(f"{login_name} is disabled")


@people.command("enable")
@click.argument("login_name")
@click.option("--reason", required=True, help="Kept on the record.")
def enable(login_name: str, reason: str) -> None:
    """Open a disabled account again."""
    with terminal.in_words():
        disabling.enable(_anybody(login_name), reason=reason, by=SYSTEM)
        click.echo(f"{login_name} is enabled")


@people.command("renew-factor")
@click.argument("login_name")
@click.option("--reason", required=True, help="Kept on the record.")
def renew_factor(login_name: str, reason: str) -> None:
    """Take a lost second factor away; it is set up anew at the next sign-in."""
    with terminal.in_words():
        second_factor.renew(_staff(login_name), reason=reason, by=SYSTEM)
        click.echo(f"{login_name} sets up a second factor at the next sign-in")


def print_slip(held: RoleGrant) -> None:
    """What an operator hands on, once, to the person it is for."""
    made = appointing.slip(held, settings=terminal.settings(), by=SYSTEM)
    if made is None:
        raise click.ClickException("there is no slip: the person has come in already")
    click.echo(
        f"{held.person.name}: sign-in name {made.login_name}, activation code {made.code}, "
        f"good until {made.expires_on:%Y-%m-%d}"
    )


def _found(words: str, unit: Unit | None) -> list[Person]:
    statement = sa.select(Person).where(Person.kind == PersonKind.STAFF)
    if words:
        sought = f"%{words.strip()}%"
        statement = statement.where(
            sa.or_(
                Person.name.ilike(sought),
                Person.display_name.ilike(sought),
                Person.login_name.ilike(sought),
            )
        )
    if unit is not None:
        held = (
            sa.select(RoleGrant.person_id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(Unit.path.startswith(unit.path, autoescape=True), office_queries.running())
        )
        statement = statement.where(Person.id.in_(held))
    return list(session().scalars(statement.order_by(Person.id).limit(100)))


def _anybody(login_name: str) -> Person:
    person = accounts.by_login(login_name)
    if person is None:
        raise click.ClickException(f"nobody signs in as {login_name}")
    return person


def _staff(login_name: str) -> Person:
    person = _anybody(login_name)
    if person.kind is not PersonKind.STAFF:
        raise click.ClickException(f"{login_name} is a student")
    return person


def _held(login_name: str, role: str, address: str) -> RoleGrant:
    unit = _unit(address)
    for held in office_queries.of_person(_staff(login_name).id):
        if held.role.value == role and held.unit_id == unit.id:
            return held
    raise click.ClickException(f"{login_name} is not {role} at {address}")


def _described(held: RoleGrant) -> str:
    until = f" until {held.until:%Y-%m-%d}" if held.until else ""
    deputy = " (deputy)" if held.deputy_for_id else ""
    return f"{held.role.value} at {held.unit.name}{deputy}, since {held.since:%Y-%m-%d}{until}"


def _unit(address: str) -> Unit:
    unit = places.by_address(address)
    if unit is None:
        raise click.ClickException(f"no unit is called {address}")
    return unit
