"""Selects over openings: whose case they are, and what the children are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.predicates import SCHOOL_STAFF
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import moment, rows, session
from penpal.places.models import Unit
from penpal.safeguarding import queries as reports
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import (
    ANSWER_WITHIN,
    Basis,
    LawfulPaper,
    Opening,
    OpeningOwner,
)
from penpal.safeguarding.opening_states import OpeningState

_NAMED = (
    joinedload(Opening.asked_by),
    joinedload(Opening.second_by),
    joinedload(Opening.endangered),
    joinedload(Opening.class_),
    joinedload(Opening.report).joinedload(Report.reporter),
)


def visible_to(actor: Actor) -> sa.Select[Opening]:
    """For a child what was opened of theirs, once it is shown; for staff the cases they answer for."""
    statement = sa.select(Opening)
    if actor.kind == "system":
        return statement
    if actor.kind != "staff":
        return statement.where(Opening.id.in_(_of_party(actor)), Opening.shown_from <= clock.now())
    classes = sa.select(Unit.id).where(people.within(Unit.path, actor.tops(*SCHOOL_STAFF)))
    told = reports.addressed_to(actor).with_only_columns(Report.id)
    return statement.where(
        sa.or_(
            sa.and_(Opening.basis == Basis.EMERGENCY, Opening.class_id.in_(classes)),
            sa.and_(Opening.basis == Basis.REPORT, Opening.report_id.in_(told)),
        )
    )


def owners_visible_to(actor: Actor) -> sa.Select[OpeningOwner]:
    return sa.select(OpeningOwner).where(
        OpeningOwner.opening_id.in_(visible_to(actor).with_only_columns(Opening.id))
    )


def papers_visible_to(actor: Actor) -> sa.Select[LawfulPaper]:
    """What an authority wrote is the operator's to keep: no page shows it."""
    statement = sa.select(LawfulPaper)
    return statement if actor.kind == "system" else statement.where(sa.false())


def _of_party(actor: Actor) -> sa.Select[int]:
    return sa.select(OpeningOwner.opening_id).where(OpeningOwner.person_id == actor.person_id)


def case(opening_id: int, actor: Actor) -> Opening:
    """One opening with everybody whom its page names."""
    statement = access.visible(Opening, actor).where(Opening.id == opening_id).options(*_NAMED)
    return session().scalars(statement).one()


def shown_on(kind: str, number: int, actor: Actor) -> list[Opening]:
    """What the page of a thing tells one of its parties, oldest first."""
    if not rows(_touched(), kind=kind, item=number, me=actor.person_id):
        return []
    statement = (
        access.visible(Opening, actor)
        .where(Opening.kind == kind, Opening.item_id == number)
        .options(*_NAMED)
        .order_by(Opening.opened_at, Opening.id)
    )
    return list(session().scalars(statement))


def shown_among(things: Mapping[str, Sequence[int]], actor: Actor) -> list[Opening]:
    """The same for a page of many things, by kind: one query, which hardly ever finds anything."""
    named = [
        sa.and_(Opening.kind == kind, Opening.item_id.in_(numbers))
        for kind, numbers in things.items()
        if numbers
    ]
    if not named:
        return []
    statement = (
        access.visible(Opening, actor)
        .where(sa.or_(*named))
        .options(*_NAMED)
        .order_by(Opening.opened_at, Opening.id)
    )
    return list(session().scalars(statement))


@cache
def _touched() -> Any:
    """Whether there is anything to tell; there hardly ever is, and every letter that is read asks."""
    return (
        sa.select(Opening.id)
        .join(OpeningOwner, OpeningOwner.opening_id == Opening.id)
        .where(
            Opening.kind == sa.bindparam("kind", type_=sa.String),
            Opening.item_id == sa.bindparam("item", type_=sa.Integer),
            OpeningOwner.person_id == sa.bindparam("me", type_=sa.Integer),
        )
        .limit(1)
    )


def shown_to(actor: Actor, *, size: int) -> list[Opening]:
    """All that was opened of what one wrote or received, newest first."""
    statement = (
        access.visible(Opening, actor)
        .options(*_NAMED)
        .order_by(Opening.opened_at.desc(), Opening.id.desc())
        .limit(size)
    )
    return list(session().scalars(statement))


def _waiting(actor: Actor) -> sa.Select[Opening]:
    return access.visible(Opening, actor).where(
        Opening.state == OpeningState.ASKED, Opening.asked_at > moment(ago=ANSWER_WITHIN)
    )


def waiting(actor: Actor) -> list[Opening]:
    """Requests that nobody has answered yet, oldest first; one's own among them."""
    statement = _waiting(actor).options(*_NAMED).order_by(Opening.id).limit(100)
    return list(session().scalars(statement))


def waiting_for_another(actor: Actor) -> sa.Select[Opening]:
    """Requests of others, which wait for a second person."""
    return _waiting(actor).where(Opening.asked_by_id != actor.person_id)


def count_waiting(actor: Actor) -> int:
    """How many requests wait for another than whoever asked."""
    return session().scalar(_count_waiting(actor.standing)) or 0


@lru_cache(maxsize=256)
def _count_waiting(actor: Actor) -> sa.Select[int]:
    """Every page of staff asks; to build the statement takes ten times what the database needs."""
    statement = waiting_for_another(actor)
    return sa.select(sa.func.count()).select_from(statement.subquery())


def answered(actor: Actor, *, size: int) -> list[Opening]:
    """What is open, was open or was refused, newest first."""
    statement = (
        access.visible(Opening, actor)
        .where(Opening.state != OpeningState.ASKED)
        .options(*_NAMED)
        .order_by(Opening.id.desc())
        .limit(size)
    )
    return list(session().scalars(statement))


def asked_already(kind: str, number: int | None, actor: Actor) -> Opening | None:
    """One's own request or running opening of the same thing."""
    statement = sa.select(Opening).where(
        Opening.kind == kind,
        Opening.item_id == number,
        Opening.asked_by_id == actor.person_id,
        Opening.state.in_([OpeningState.ASKED, OpeningState.OPEN]),
    )
    found = session().scalars(statement.options(joinedload(Opening.report)))
    return next((each for each in found if each.is_waiting or each.is_running), None)


def was_opened(report: Report | None, *, besides: int | None = None) -> bool:
    """Whether anybody opened what this report points at, be it closed again by now."""
    if report is None:
        return False
    statement = sa.exists().where(
        Opening.report_id == report.id, Opening.opened_at.is_not(None), Opening.id != (besides or 0)
    )
    return bool(session().scalar(sa.select(statement)))


def lawful() -> list[LawfulPaper]:
    """The requests by authorities, oldest first."""
    statement = (
        sa.select(LawfulPaper)
        .options(joinedload(LawfulPaper.opening))
        .order_by(LawfulPaper.opening_id)
    )
    return list(session().scalars(statement))
