"""Selects over twinnings and pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person, name_for_partners
from penpal.kernel.access import Actor
from penpal.kernel.db import rows, session
from penpal.places.models import Level, Unit
from penpal.places.queries import ids_on
from penpal.places.sky import Spot
from penpal.profiles.models import Profile
from penpal.programmes.models import Programme
from penpal.twinning.models import Pair, Twinning, Two
from penpal.twinning.states import PairState, TwinningState

ReadsOnPaper = Callable[[type[Person]], sa.ColumnElement[bool]]
IsPaused = Callable[[Any], sa.ColumnElement[bool]]
AskedToPause = Callable[[Any, Any], sa.ColumnElement[bool]]
_reads_on_paper: list[ReadsOnPaper] = []
_pauses: list[tuple[IsPaused, AskedToPause]] = []


def decide_reading_on_paper(expression: ReadsOnPaper) -> None:
    """Register the SQL by which a floor above says whether a teacher prints a student's letters."""
    _reads_on_paper[:] = [expression]
    _active_card.cache_clear()
    _card_by_id.cache_clear()


def decide_pausing(is_paused: IsPaused, asked: AskedToPause) -> None:
    """Register the SQL by which a floor above says whether letters of a pair stop, and whether one asked."""
    _pauses[:] = [(is_paused, asked)]
    _active_card.cache_clear()
    _card_by_id.cache_clear()


def visible_to(actor: Actor) -> sa.Select[Pair]:
    """One's own pairs; for school staff those of a student they answer for."""
    statement = sa.select(Pair)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        students = people.visible_to(actor).with_only_columns(Person.id)
        return statement.where(
            sa.or_(
                Pair.supported_student_id.in_(students), Pair.supporting_student_id.in_(students)
            )
        )
    return statement.where(_member(actor.person_id))


def twinnings_visible_to(actor: Actor) -> sa.Select[Twinning]:
    """Twinnings with one end within the actor's roles."""
    statement = sa.select(Twinning)
    if actor.kind == "system":
        return statement
    tops = [grant.path for grant in actor.grants]
    within = sa.select(Unit.id).where(people.within(Unit.path, tops))
    return statement.where(
        sa.or_(Twinning.supported_id.in_(within), Twinning.supporting_id.in_(within))
    )


def _member(person_id: int | None) -> sa.ColumnElement[bool]:
    return sa.or_(Pair.supported_student_id == person_id, Pair.supporting_student_id == person_id)


@dataclass(frozen=True, slots=True)
class Side:
    """One member of a pair, as the other may see them. Names of places, never of the school."""

    person_id: int
    display_name: str
    class_name: str
    class_path: str
    town_name: str
    stamp_name: str
    stamp: str
    spot: Spot | None
    interests: Sequence[str]
    introduction_html: str
    question: str
    reads_on_paper: bool

    def __hash__(self) -> int:
        # One of the few keys by which what was drawn for a pair is looked up, many times a page.
        return hash((self.person_id, self.display_name))

    @property
    def initial(self) -> str:
        return self.display_name[-1:]

    @property
    def place(self) -> str:
        return " · ".join(part for part in (self.town_name, self.class_name) if part)


@dataclass(frozen=True)
class PairFacts(Two):
    """The columns of a pair that pages need, without the record."""

    id: int
    supported_student_id: int
    supporting_student_id: int
    state: PairState
    since: date


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair as one of its members sees it. ``has_past`` tells that there were partners before.

    ``is_paused`` is the same for both; ``asked_to_pause`` only for whoever asked.
    """

    pair: PairFacts
    me: Side
    partner: Side
    has_past: bool
    is_paused: bool = False
    asked_to_pause: bool = False


def card_of(actor: Actor) -> PairCard | None:
    """The actor's active pair with both sides, in one query; None while they wait."""
    return _card(rows(_active_card(), me=actor.person_id), actor)


def card(pair: Pair, actor: Actor) -> PairCard | None:
    """The same for one pair of the actor's, active or closed."""
    return _card(rows(_card_by_id(), me=actor.person_id, pair_id=pair.id), actor)


@cache
def _active_card() -> Any:
    return _cards().where(Pair.state == PairState.ACTIVE)


@cache
def _card_by_id() -> Any:
    return _cards().where(Pair.id == sa.bindparam("pair_id"))


def _cards() -> Any:
    """Two rows for a pair of the actor's: one for each side."""
    class_, town, earlier = aliased(Unit), aliased(Unit), aliased(Pair)
    me = sa.bindparam("me", type_=sa.Integer)
    is_paused, asked_to_pause = _pauses[0]
    had_partners = (
        sa.select(earlier.id)
        .where(
            sa.or_(earlier.supported_student_id == me, earlier.supporting_student_id == me),
            earlier.state == PairState.CLOSED,
        )
        .exists()
    )
    return (
        sa.select(
            Pair.id,
            Pair.supported_student_id,
            Pair.supporting_student_id,
            Pair.state,
            Pair.since,
            Person.id.label("person_id"),
            Person.display_name,
            class_.name.label("class_name"),
            class_.path.label("class_path"),
            town.name.label("town_name"),
            town.short_name.label("town_short_name"),
            town.stamp,
            town.lat,
            town.lon,
            town.time_zone,
            Profile.interests,
            Profile.introduction_html,
            Profile.question,
            _reads_on_paper[0](Person).label("reads_on_paper"),
            had_partners.label("has_past"),
            is_paused(Pair.id).label("is_paused"),
            asked_to_pause(Pair.id, me).label("asked_to_pause"),
        )
        .join(Person, Person.id.in_([Pair.supported_student_id, Pair.supporting_student_id]))
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .outerjoin(class_, class_.id == Enrolment.class_id)
        .outerjoin(town, town.id == class_.town_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(sa.or_(Pair.supported_student_id == me, Pair.supporting_student_id == me))
        .order_by(Pair.id.desc())
        .limit(2)
    )


def _card(found: Sequence[Any], actor: Actor) -> PairCard | None:
    if len(found) < 2:
        return None
    first = found[0]
    sides = {row.person_id: _side(row) for row in found}
    pair = PairFacts(
        first.id,
        first.supported_student_id,
        first.supporting_student_id,
        first.state,
        first.since,
    )
    assert actor.person_id is not None
    return PairCard(
        pair,
        sides[actor.person_id],
        sides[pair.partner_id_of(actor.person_id)],
        bool(first.has_past),
        bool(first.is_paused),
        bool(first.asked_to_pause),
    )


def _side(row: Any) -> Side:
    located = row.lat is not None and row.lon is not None
    return Side(
        person_id=row.person_id,
        display_name=name_for_partners(row.display_name),
        class_name=row.class_name or "",
        class_path=row.class_path or "",
        town_name=row.town_name or "",
        stamp_name=row.town_short_name or "",
        stamp=row.stamp or "default",
        spot=Spot(row.lat, row.lon, row.time_zone) if located else None,
        interests=tuple(row.interests or ()),
        introduction_html=row.introduction_html or "",
        question=row.question or "",
        reads_on_paper=bool(row.reads_on_paper),
    )


def record(pair: PairFacts) -> Pair:
    """The row itself, for a verb that changes something."""
    return session().get_one(Pair, pair.id)


def past_pairs(actor: Actor) -> list[Pair]:
    """The actor's closed pairs, newest first: their letters stay."""
    statement = (
        sa.select(Pair)
        .options(joinedload(Pair.supported_student), joinedload(Pair.supporting_student))
        .where(_member(actor.person_id), Pair.state == PairState.CLOSED)
        .order_by(Pair.id.desc())
    )
    return list(session().scalars(statement))


def partner_ids(actor: Actor) -> sa.Select[int]:
    """The ids of those with whom the actor is or was paired, for scopes."""
    other = sa.case(
        (Pair.supported_student_id == actor.person_id, Pair.supporting_student_id),
        else_=Pair.supported_student_id,
    )
    return sa.select(other).where(_member(actor.person_id))


def running_of(programme: Programme, unit: Unit) -> Twinning | None:
    """The running twinning in which a unit is supported, or else supports (the oldest, if several)."""
    statement = (
        sa.select(Twinning)
        .where(
            Twinning.programme_id == programme.id,
            Twinning.state != TwinningState.ENDED,
            sa.or_(Twinning.supported_id == unit.id, Twinning.supporting_id == unit.id),
        )
        .order_by(Twinning.id)
        .limit(1)
    )
    return session().scalar(statement)


def between(
    programme: Programme, supported: Unit, supporting: Unit, level: Level
) -> Twinning | None:
    """The active twinning of one level on whose two ends these units hang."""
    statement = sa.select(Twinning).where(
        Twinning.programme_id == programme.id,
        Twinning.state == TwinningState.ACTIVE,
        Twinning.supported_level == level,
        Twinning.supported_id.in_(ids_on(supported.path)),
        Twinning.supporting_id.in_(ids_on(supporting.path)),
    )
    return session().scalar(statement)


def above_supported(programme: Programme, unit: Unit, level: Level) -> Twinning | None:
    """The active twinning of the unit of that level above a supported unit."""
    statement = sa.select(Twinning).where(
        Twinning.programme_id == programme.id,
        Twinning.state == TwinningState.ACTIVE,
        Twinning.supported_level == level,
        Twinning.supported_id.in_(ids_on(unit.path)),
    )
    return session().scalar(statement)


def class_twinning(class_: Unit) -> Twinning | None:
    """The active twinning of a class with its two ends and their towns, from either side."""
    statement = (
        sa.select(Twinning)
        .options(
            joinedload(Twinning.supported).joinedload(Unit.town),
            joinedload(Twinning.supporting).joinedload(Unit.town),
        )
        .where(
            Twinning.state == TwinningState.ACTIVE,
            Twinning.supported_level == Level.CLASS,
            sa.or_(Twinning.supported_id == class_.id, Twinning.supporting_id == class_.id),
        )
    )
    return session().scalar(statement)


def active_pairs_of(person_ids: Sequence[int]) -> list[Pair]:
    """The active pairs that any of these students is in, with both students."""
    statement = (
        sa.select(Pair)
        .options(joinedload(Pair.supported_student), joinedload(Pair.supporting_student))
        .where(
            Pair.state == PairState.ACTIVE,
            sa.or_(
                Pair.supported_student_id.in_(person_ids),
                Pair.supporting_student_id.in_(person_ids),
            ),
        )
        .order_by(Pair.id)
    )
    return list(session().scalars(statement))


def since_of(class_ids: Sequence[int], *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """By class and student, since when each active pair is one."""
    ends = (
        sa.select(Enrolment.class_id, Enrolment.person_id, Pair.since)
        .join(Pair, end == Enrolment.person_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Pair.state == PairState.ACTIVE,
            Enrolment.class_id.in_(class_ids),
            Enrolment.until.is_(None),
            *which,
        )
        for end in (Pair.supported_student_id, Pair.supporting_student_id)
    )
    gathered = sa.union_all(*ends).subquery().c
    return sa.select(gathered.class_id, gathered.person_id, gathered.since)
