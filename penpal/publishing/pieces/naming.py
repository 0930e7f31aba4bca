"""Under which name and place somebody stands in print: a pen name, and no place finer than the county."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts.models import Enrolment, Person
from penpal.consent import queries as consent
from penpal.consent.models import Purpose
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces.models import OF_STAFF, PenName, Submission, SubmissionParty
from penpal.publishing.pieces.states import SubmissionState

GRADES: Mapping[int, object] = {
    7: _l("初一"),
    8: _l("初二"),
    9: _l("初三"),
    10: _l("高一"),
    11: _l("高二"),
    12: _l("高三"),
}
_SOURCE = Path(__file__).with_name("data") / "pen_names.toml"
_COARSER = (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE)
_TRIES = 60


@dataclass(frozen=True)
class Printed:
    """All that is ever said of a child in print. ``unit_id`` is the place that ``place`` names."""

    name: str
    place: str
    grade: str
    unit_id: int | None = None


def printed(party: SubmissionParty) -> Printed:
    return printed_many([party])[party.id]


def printed_many(parties: Iterable[SubmissionParty]) -> dict[int, Printed]:
    """By the number of the party; as many queries for many as for one."""
    asked = list(parties)
    ids = sorted({party.person_id for party in asked})
    pen_names = names_of(ids)
    may_be_named = _with_real_name([p.person_id for p in asked if p.wants_real_name])
    sat_in = _enrolments(ids)
    classes = {party.id: _class_of(party, sat_in.get(party.person_id, ())) for party in asked}
    shown = place_units({one.school for one in classes.values() if one is not None})
    found: dict[int, Printed] = {}
    for party in asked:
        enrolment = classes[party.id]
        unit = shown.get(enrolment.school_id) if enrolment else None
        grade = enrolment.class_.grade if enrolment else None
        name = pen_names.get(party.person_id) or _("一位同学")
        if party.wants_real_name and party.person_id in may_be_named:
            name = may_be_named[party.person_id]
        found[party.id] = Printed(
            name, unit.name if unit else "", str(GRADES[grade]) if grade else "", _id(unit)
        )
    return found


def printed_staff(submissions: Iterable[Submission]) -> dict[int, Printed]:
    """Who wrote a story of staff, by the number of the piece: no name, and the place of its unit."""
    asked = [one for one in submissions if one.kind in OF_STAFF]
    shown = place_units({one.unit for one in asked})
    found = {}
    for submission in asked:
        unit = shown.get(submission.unit_id)
        name = _("一位老师") if submission.unit.level is Level.SCHOOL else _("当地团委")
        found[submission.id] = Printed(name, unit.name if unit else "", "", _id(unit))
    return found


def place_unit(school: Unit) -> Unit:
    """The county of a school; the prefecture, else the province, where the county has that one school."""
    return place_units({school})[school.id]


def _id(unit: Unit | None) -> int | None:
    return unit.id if unit else None


def place_units(schools: Collection[Unit]) -> dict[int, Unit]:
    """What is printed for each of these, by its number: for a school its county or coarser, in two queries.

    A unit above the schools stands for itself, or for what lies above it by the same rule.
    """
    if not schools:
        return {}
    above = places.along(school.path for school in schools)
    counts = _schools_below([unit.id for unit in above.values() if unit.level in _COARSER[:2]])
    shown: dict[int, Unit] = {}
    for school in schools:
        chain = [above[number] for number in reversed(places.ids_on(school.path))]
        rising = [unit for unit in chain if unit.level in _COARSER]
        shown[school.id] = next(
            (u for u in rising if u.level is Level.PROVINCE or counts.get(u.id, 0) > 1),
            rising[-1] if rising else chain[-1],
        )
    return shown


def _schools_below(unit_ids: Collection[int]) -> dict[int, int]:
    if not unit_ids:
        return {}
    school = aliased(Unit)
    counted = session().execute(
        sa.select(Unit.id, sa.func.count(school.id))
        .join(school, school.path.startswith(Unit.path))
        .where(Unit.id.in_(unit_ids), school.level == Level.SCHOOL)
        .group_by(Unit.id)
    )
    return {row[0]: row[1] for row in counted}


def _enrolments(person_ids: Collection[int]) -> dict[int, list[Enrolment]]:
    found: dict[int, list[Enrolment]] = {}
    for row in session().scalars(
        sa.select(Enrolment)
        .options(joinedload(Enrolment.class_), joinedload(Enrolment.school))
        .where(Enrolment.person_id.in_(person_ids))
        .order_by(Enrolment.id)
    ):
        found.setdefault(row.person_id, []).append(row)
    return found


def _class_of(party: SubmissionParty, rows: Iterable[Enrolment]) -> Enrolment | None:
    """Where they sat when it was submitted: moving on does not change what was printed."""
    day = clock.local(party.submission.made_at).date()
    begun = [row for row in rows if row.since <= day] or list(rows)
    return begun[-1] if begun else None


def _with_real_name(person_ids: Collection[int]) -> dict[int, str]:
    if not person_ids:
        return {}
    found = session().execute(
        sa.select(Person.id, Person.display_name).where(
            Person.id.in_(person_ids),
            Person.display_name != "",
            consent.holds(Person, Purpose.REAL_NAME),
        )
    )
    return {row[0]: row[1] for row in found}


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """The pen names that have been drawn for these people."""
    found = session().execute(
        sa.select(PenName.person_id, PenName.name).where(PenName.person_id.in_(person_ids))
    )
    return {row[0]: row[1] for row in found}


def draw(person: Person) -> str:
    """The pen name of a child, drawn by lot where there is none yet. The caller has authorized."""
    with transaction() as current:
        lock(person)
        kept = current.get(PenName, person.id)
        if kept is None:
            kept = PenName(person_id=person.id, name=_fresh(person))
            current.add(kept)
            current.flush()
        return kept.name


def redraw(*, by: Actor) -> str:
    """Another pen name of one's own, as long as nothing stands in print under the one there is."""
    access.authorize(by, Permission.Submission.LIST)
    if not by.is_student:
        raise NotPermitted
    with transaction() as current:
        person = current.get_one(Person, by.person_id)
        lock(person)
        if is_settled(person.id):
            raise IllegalMove(_l("这个笔名已经用在投稿里了，就不换了。"))
        kept = current.get(PenName, person.id)
        name = _fresh(person)
        if kept is None:
            current.add(PenName(person_id=person.id, name=name))
        else:
            kept.name, kept.drawn_at = name, clock.now()
        current.flush()
        trail.write(person, "drew pen name", by=by)
    return name


_FREE = (SubmissionState.DECLINED, SubmissionState.WITHDRAWN)


def is_settled(person_id: int) -> bool:
    """Whether a piece on its way or in print bears the pen name: it stands in the words of others too."""
    found = session().scalar(
        sa.select(SubmissionParty.id)
        .join(Submission, Submission.id == SubmissionParty.submission_id)
        .where(
            SubmissionParty.person_id == person_id,
            sa.or_(Submission.state.not_in(_FREE), Submission.published_at.is_not(None)),
        )
        .limit(1)
    )
    return found is not None


def _fresh(person: Person) -> str:
    """Drawn until it is nobody's and shares no character with the names of its bearer."""
    own = set(person.name + person.display_name)
    first, second = _words()
    for tried in range(_TRIES):
        name = secrets.choice(first) + secrets.choice(second)
        if tried > _TRIES // 2:
            name = secrets.choice(first) + name
        if own & set(name):
            continue
        taken = session().scalar(sa.select(PenName.person_id).where(PenName.name == name))
        if taken is None:
            return name
    return f"{secrets.choice(first)}{secrets.randbelow(900_000) + 100_000}"


@cache
def _words() -> tuple[list[str], list[str]]:
    listed = tomllib.loads(_SOURCE.read_text(encoding="utf-8"))
    return listed["first"], listed["second"]
