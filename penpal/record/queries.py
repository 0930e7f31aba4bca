"""Selects over the record of a school: whose it is, pages of it, and acts found by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person, Role, RoleGrant
from penpal.kernel import access, clock, paging, search, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.paging import Page
from penpal.kernel.trail import TrailEntry, TrailHead, TrailLink
from penpal.letters.models import Letter
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.record import wording
from penpal.record.schools import at_or_above
from penpal.rosters.models import Transfer
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import Opening
from penpal.twinning.models import Pair, Twinning

PAGE = 50
_BETWEEN_SCHOOLS = [trail.kind_of(model) for model in (Pair, Letter, Twinning, Transfer, Opening)]
"""Things that lie in the records of two schools."""


def links_visible_to(actor: Actor) -> sa.Select[TrailLink]:
    """The chains of the schools that the actor leads."""
    statement = sa.select(TrailLink)
    if actor.kind == "system":
        return statement
    return statement.where(TrailLink.school_id.in_(_led(actor)))


def entries_visible_to(actor: Actor) -> sa.Select[TrailEntry]:
    """What is linked into those chains; nothing that children did by themselves."""
    statement = sa.select(TrailEntry)
    if actor.kind == "system":
        return statement
    linked = links_visible_to(actor).with_only_columns(TrailLink.entry_id)
    return statement.where(TrailEntry.id.in_(linked))


def heads_visible_to(actor: Actor) -> sa.Select[TrailHead]:
    statement = sa.select(TrailHead)
    if actor.kind == "system":
        return statement
    return statement.where(TrailHead.school_id.in_(_led(actor)))


def _led(actor: Actor) -> sa.Select[int]:
    return sa.select(Unit.id).where(
        Unit.level == Level.SCHOOL, people.within(Unit.path, actor.tops(Role.SCHOOL_SECRETARY))
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which acts are looked for. ``kind`` is a key of ``wording.KINDS``; days are Beijing's, both included."""

    typed: str = ""
    words: Sequence[str] = field(default=())
    kind: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.kind or self.since or self.until)


def page(
    school: Unit, asked: Asked, *, by: Actor, before: int | None = None, size: int = PAGE
) -> Page[Any]:
    """Acts of a school, newest first: rows with the link's ``number`` and ``hash`` and the act's columns."""
    statement = (
        access.visible(TrailLink, by)
        .join(TrailEntry, TrailEntry.id == TrailLink.entry_id)
        .with_only_columns(
            TrailLink.number,
            TrailLink.hash,
            *sa.inspect(TrailEntry).columns,
            _is_ours(school).label("is_ours"),
        )
        .where(TrailLink.school_id == school.id, *_conditions(school, asked))
        .order_by(TrailLink.number.desc())
        .limit(size + 1)
    )
    if before is not None:
        statement = statement.where(TrailLink.number < before)
    return paging.cut(session().execute(statement).all(), size, key=lambda row: row.number)


def count(school: Unit, asked: Asked, *, by: Actor) -> int:
    statement = (
        access.visible(TrailLink, by)
        .join(TrailEntry, TrailEntry.id == TrailLink.entry_id)
        .with_only_columns(sa.func.count())
        .where(TrailLink.school_id == school.id, *_conditions(school, asked))
    )
    return session().scalar(statement) or 0


def staff_of(school: Unit) -> sa.Select[int]:
    """Whoever holds or held an office in the school, or over it."""
    return (
        sa.select(RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            sa.or_(
                people.within(Unit.path, [school.path]),
                RoleGrant.unit_id.in_(places.ids_on(school.path)),
            )
        )
    )


def students_of(school: Unit) -> sa.Select[int]:
    """Whoever is or was enrolled in the school."""
    return sa.select(Enrolment.person_id).where(Enrolment.school_id == school.id)


def _is_ours(school: Unit) -> sa.ColumnElement[bool]:
    """Whether the school may read why: what staff of the twinned school wrote about a child stays there.

    What a command says about a thing between two schools may be about either's child, so neither
    reads it there; what it says about the school's own people stands with them.
    """
    return sa.or_(
        sa.and_(TrailEntry.actor_id.is_(None), TrailEntry.subject_kind.not_in(_BETWEEN_SCHOOLS)),
        TrailEntry.actor_id.in_(staff_of(school)),
    )


def _conditions(school: Unit, asked: Asked) -> list[sa.ColumnElement[bool]]:
    found = [_mentions(school, word) for word in asked.words]
    if asked.kind:
        found.append(TrailEntry.move.in_(list(wording.KINDS[asked.kind].moves)))
    if asked.since:
        found.append(TrailEntry.at >= _beginning(asked.since))
    if asked.until:
        found.append(TrailEntry.at < _beginning(asked.until + timedelta(days=1)))
    return found


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.CHINA).astimezone(UTC)


def _mentions(school: Unit, word: str) -> sa.ColumnElement[bool]:
    """SQL for: the word stands in a name, or in a reason that the school may read.

    By their names of the roster only the school's own people are found; those of the twinned school
    by the name they chose.
    """
    is_own = sa.or_(Person.id.in_(students_of(school)), Person.id.in_(staff_of(school)))
    shown = _has(Person.display_name, word)
    either = sa.union(
        sa.select(Person.id).where(is_own, sa.or_(shown, _has(Person.name, word))),
        sa.select(Person.id).where(Person.id.in_(_people_opposite(school)), shown),
    ).cte()
    named = sa.select(either.c.id)
    two = [Pair.supported_student_id, Pair.supporting_student_id]
    about: dict[str, Any] = {
        "person": named,
        "pair": sa.select(Pair.id).where(sa.or_(*(one.in_(named) for one in two))),
        "letter": sa.select(Letter.id).where(
            sa.or_(Letter.author_id.in_(named), Letter.recipient_id.in_(named))
        ),
        "report": sa.select(Report.id).where(Report.reporter_id.in_(named)),
        "role_grant": sa.select(RoleGrant.id).where(RoleGrant.person_id.in_(named)),
        "unit": sa.select(Unit.id).where(
            _has(Unit.name, word), people.within(Unit.path, [school.path])
        ),
    }
    return sa.or_(
        TrailEntry.actor_id.in_(named),
        sa.and_(_has(TrailEntry.reason, word), _is_ours(school)),
        *(
            sa.and_(TrailEntry.subject_kind == kind, TrailEntry.subject_id.in_(which))
            for kind, which in about.items()
        ),
    )


def _people_opposite(school: Unit) -> Any:
    """Students and staff of the schools with which this one is or was twinned."""
    opposite = sa.union(
        sa.select(Twinning.supporting_id).where(Twinning.supported_id == school.id),
        sa.select(Twinning.supported_id).where(Twinning.supporting_id == school.id),
    )
    return sa.union(
        sa.select(Enrolment.person_id).where(Enrolment.school_id.in_(opposite)),
        sa.select(RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(at_or_above().in_(opposite)),
    )


def _has(column: Any, word: str) -> Any:
    return sa.func.lower(column).like(search.pattern(word), escape="\\")
