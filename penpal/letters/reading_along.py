"""Who else saw a pair's letters in the ordinary way: postcards read along, letters printed for a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts.models import Person
from penpal.kernel import access, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.trail import TrailEntry
from penpal.letters import wording
from penpal.letters.models import Letter, Printing
from penpal.letters.states import RELEASE
from penpal.safeguarding import evidence_queries, holding
from penpal.safeguarding.hold_models import Hold


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter that somebody besides the two saw, when and who; without a number where it is gone."""

    letter_id: int | None
    title: str
    who: str
    at: datetime


def read_along(actor: Actor, *, size: int) -> list[Seen]:
    """Postcards that one wrote or received and that a teacher read or released, newest first."""
    reader = aliased(Person)
    statement = (
        access.visible(Letter, actor)
        .join(
            TrailEntry,
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(Letter),
                TrailEntry.subject_id == Letter.id,
                TrailEntry.move.in_(["read along", RELEASE.name]),
            ),
        )
        .join(reader, reader.id == TrailEntry.actor_id)
        .join(Person, Person.id == Letter.author_id)
        .with_only_columns(Letter.id, Letter.number, Person, reader, TrailEntry.at)
        .order_by(TrailEntry.id.desc())
        .limit(size)
    )
    return _seen(statement)


def for_safety(actor: Actor, *, size: int) -> list[Seen]:
    """Open letters that one wrote and that staff read in somebody's case: when, and by nobody's name."""
    looked_at = evidence_queries.looked_at("letter")
    statement = (
        access.visible(Letter, actor)
        .join(looked_at, looked_at.c.item_id == Letter.id)
        .join(Person, Person.id == Letter.author_id)
        .where(Letter.author_id == actor.person_id)
        .with_only_columns(Letter.id, Letter.number, Person, looked_at.c.at)
        .order_by(looked_at.c.at.desc(), Letter.id.desc())
        .limit(size)
    )
    return [
        Seen(id_, wording.title(author.name_for_partners, number), "", at)
        for id_, number, author, at in session().execute(statement)
    ]


def asked(actor: Actor, *, size: int) -> list[Seen]:
    """What one asked a teacher to release, letters or not, and whoever read it because of that, newest first."""
    reader = aliased(Person)
    statement = (
        access.visible(Hold, actor)
        .where(Hold.author_id == actor.person_id)
        .join(
            TrailEntry,
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(Hold),
                TrailEntry.subject_id == Hold.id,
                TrailEntry.move == holding.READ,
            ),
        )
        .join(reader, reader.id == TrailEntry.actor_id)
        .outerjoin(Letter, sa.and_(Letter.id == Hold.item_id, Hold.kind == trail.kind_of(Letter)))
        .with_only_columns(Letter.id, Hold.title, reader, TrailEntry.at)
        .order_by(TrailEntry.id.desc())
        .limit(size)
    )
    return [
        Seen(id_, title, who.shown_name, at) for id_, title, who, at in session().execute(statement)
    ]


def printed(actor: Actor, *, size: int) -> list[Seen]:
    """Letters that one wrote or received and whose file a teacher took to print, newest first."""
    printer = aliased(Person)
    statement = (
        access.visible(Printing, actor)
        .join(Letter, Letter.id == Printing.letter_id)
        .join(printer, printer.id == Printing.printed_by_id)
        .join(Person, Person.id == Letter.author_id)
        .with_only_columns(Letter.id, Letter.number, Person, printer, Printing.taken_at)
        .order_by(Printing.id.desc())
        .limit(size)
    )
    return _seen(statement)


def _seen(statement: Any) -> list[Seen]:
    return [
        Seen(id_, wording.title(author.name_for_partners, number), who.shown_name, at)
        for id_, number, author, who, at in session().execute(statement)
    ]
