"""Selects over twinnings and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.places.queries import ids_on
from penpal.places.sky import Spot
from penpal.profiles.models import Profile
from penpal.programmes.models import Programme
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import PairState, TwinningState


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

    @property
    def initial(self) -> str:
        return self.display_name[-1:]

    @property
    def place(self) -> str:
        return " · ".join(part for part in (self.town_name, self.class_name) if part)


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair as one of its members sees it. ``has_past`` tells that there were partners before."""

    pair: Pair
    me: Side
    partner: Side
    has_past: bool


def card_of(actor: Actor) -> PairCard | None:
    """The actor's active pair with both sides, in one query; None while they wait."""
    return _card(actor, sa.and_(_member(actor.person_id), Pair.state == PairState.ACTIVE))


def card(pair: Pair, actor: Actor) -> PairCard | None:
    """The same for one pair of the actor's, active or closed."""
    return _card(actor, sa.and_(Pair.id == pair.id, _member(actor.person_id)))


def _card(actor: Actor, which: sa.ColumnElement[bool]) -> PairCard | None:
    class_, town, earlier = aliased(Unit), aliased(Unit), aliased(Pair)
    me = actor.person_id
    had_partners = (
        sa.select(earlier.id)
        .where(
            sa.or_(earlier.supported_student_id == me, earlier.supporting_student_id == me),
            earlier.state == PairState.CLOSED,
        )
        .exists()
    )
    rows = (
        session()
        .execute(
            sa.select(Pair, Person, class_, town, Profile, had_partners)
            .join(Person, Person.id.in_([Pair.supported_student_id, Pair.supporting_student_id]))
            .outerjoin(
                Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None))
            )
            .outerjoin(class_, class_.id == Enrolment.class_id)
            .outerjoin(town, town.id == class_.town_id)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .where(which)
            .order_by(Pair.id.desc())
            .limit(2)
        )
        .all()
    )
    if len(rows) < 2:
        return None
    sides = {row[1].id: _side(*row[1:5]) for row in rows}
    pair: Pair = rows[0][0]
    assert me is not None
    return PairCard(pair, sides[me], sides[pair.partner_id_of(me)], bool(rows[0][5]))


def _side(person: Person, class_: Unit | None, town: Unit | None, profile: Profile | None) -> Side:
    located = town is not None and town.lat is not None and town.lon is not None
    return Side(
        person_id=person.id,
        display_name=person.name_for_partners,
        class_name=class_.name if class_ else "",
        class_path=class_.path if class_ else "",
        town_name=town.name if town else "",
        stamp_name=town.short_name if town else "",
        stamp=town.stamp if town else "default",
        spot=Spot(town.lat, town.lon, town.time_zone) if town and located else None,  # type: ignore[arg-type]
        interests=tuple(profile.interests) if profile else (),
        introduction_html=profile.introduction_html if profile else "",
        question=profile.question if profile else "",
    )


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
