"""Two records of one child made one: the empty one is folded into the one in which something was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Enrolment, Person
from penpal.consent import folding, ledger
from penpal.consent.folding import Carried
from penpal.consent.models import Purpose
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.profiles.models import Profile
from penpal.rosters import leaving, pupil_queries, pupils, queries
from penpal.rosters.models import FoldedRecord
from penpal.twinning import queries as pairs

Written = Callable[[Sequence[int]], Mapping[int, int]]
Carry = Callable[[Person, Person, Actor], None]
_written: list[Written] = []
_carry: list[Carry] = []

_BOTH_WROTE = _l(
    "两份记录里都有信，合不到一起：信要留在写它的那一份里。留下常用的那一份，"
    "另一份记作离校；两边的信都还在。"
)
_BOTH_PAIRED = _l("两份记录都有结对小伙伴。先在班级的结对页解开其中一对，再来合并。")
_KEEP_THE_OTHER = _l("有信或者有伙伴的是另一份。留下那一份。")
_EACH_HAS = _l("一份有信，另一份有伙伴。先在班级的结对页解开那一对，再来合并，留下有信的那一份。")
_TWO_CHILDREN = _l(
    "姓名或者出生年月不一样，看起来是两个孩子。真是同一个，先改正其中一份，再来合并。"
)
_NOT_HERE = _l("学校里没有在读的学生用这个学号。")
_SAME = _l("这就是这一份记录的学号。写另一份的。")


def count_writing(written: Written) -> None:
    """Register how a floor above counts what was written by or to people."""
    if written not in _written:
        _written.append(written)


def carry(step: Carry) -> None:
    """Register what a floor above hands on from the folded record to the kept one, and by whom."""
    if step not in _carry:
        _carry.append(step)


@dataclass(frozen=True)
class Record:
    """One of the two, as far as it takes to choose."""

    place: Enrolment
    has_activated: bool
    partner: str
    written: int
    consents: Sequence[Purpose]
    objection: object
    """Why the other one cannot be folded into this one; empty where it can."""
    carried: Carried | None
    """Which answers the other one would bring along; None where it cannot be folded into this one."""

    @property
    def person(self) -> Person:
        return self.place.person


@dataclass(frozen=True)
class Comparison:
    """Both, this one first; ``keep`` is the one to suggest."""

    records: tuple[Record, Record]

    @property
    def keep(self) -> Record | None:
        """The one that can stay; of two that can, the one that came in first."""
        able = [record for record in self.records if not record.objection]
        return max(able, key=lambda record: record.has_activated, default=None)


def other(student: Person, number: str, *, by: Actor) -> Enrolment:
    """The place of the supposed second record, by its number. Raises ``Invalid`` for ``number``."""
    place = pupils.place_of(student)
    authorize(by, Permission.Roster.MERGE, place.class_)
    found = queries.holder(place.school_id, html.line(number))
    if found is None:
        raise Invalid(fields={"number": _NOT_HERE})
    if found.person_id == student.id:
        raise Invalid(fields={"number": _SAME})
    return found


def compare(first: Enrolment, second: Enrolment, *, by: Actor) -> Comparison:
    """Both records side by side, each with what speaks against keeping it."""
    for place in (first, second):
        authorize(by, Permission.Roster.MERGE, place.class_)
    written = _count([first.person_id, second.person_id])
    return Comparison(
        (_record(first, second, written), _record(second, first, written)),
    )


def fold(folded: Person, kept: Person, *, by: Actor) -> None:
    """Close the empty record for good and give the kept one what only it had. Nothing is deleted.

    Raises ``Invalid`` with the reason where the one to be folded is not empty.
    """
    places = [pupils.place_of(folded), pupils.place_of(kept)]
    for place in places:
        authorize(by, Permission.Roster.MERGE, place.class_)
    school = places[0].school
    if places[1].school_id != school.id or folded.id == kept.id:
        raise IllegalMove
    with transaction() as current:
        lock(school)
        for student in sorted((folded, kept), key=lambda student: student.id):
            lock(student)
        if any(place.until is not None for place in places):
            raise IllegalMove
        objection = _objection(kept, folded, _count([folded.id, kept.id]))
        if objection:
            raise Invalid(objection)
        folding.carry_over(folded, kept, by=by)
        _hand_on_profile(folded.id, kept.id)
        for step in _carry:
            step(folded, kept, by)
        leaving.close_doors(folded)
        places[0].until = max(places[0].since, clock.today())
        folded.disabled_at = folded.disabled_at or clock.now()
        current.add(
            FoldedRecord(
                person_id=folded.id, kept_id=kept.id, school_id=school.id, folded_by_id=by.person_id
            )
        )
        current.flush()
        trail.write(folded, "folded into another record", by=by)
        trail.write(kept, "kept of two records", by=by)
        current.expire(folded, ["enrolments"])


def _count(person_ids: Sequence[int]) -> Mapping[int, int]:
    counted = dict.fromkeys(person_ids, 0)
    for written in _written:
        for person_id, number in written(person_ids).items():
            counted[person_id] += number
    return counted


def _record(place: Enrolment, beside: Enrolment, written: Mapping[int, int]) -> Record:
    person = place.person
    states = ledger.of_person(person)
    objection = _objection(person, beside.person, written)
    return Record(
        place,
        person.activated_at is not None,
        leaving.partner_name(person),
        written[person.id],
        [purpose for purpose, state in states.items() if state.complete],
        objection,
        None if objection else folding.would_carry(beside.person, person),
    )


def _objection(kept: Person, folded: Person, written: Mapping[int, int]) -> object:
    """Why this one cannot take the other in; empty where nothing stands against it."""
    if not _can_be_one(kept, folded):
        return _TWO_CHILDREN
    paired = {
        student_id
        for pair in pairs.active_pairs_of([kept.id, folded.id])
        for student_id in (pair.supported_student_id, pair.supporting_student_id)
    }
    if written[kept.id] and written[folded.id]:
        return _BOTH_WROTE
    if {kept.id, folded.id} <= paired:
        return _BOTH_PAIRED
    if written[folded.id] or folded.id in paired:
        return _EACH_HAS if written[kept.id] or kept.id in paired else _KEEP_THE_OTHER
    return ""


def _can_be_one(kept: Person, folded: Person) -> bool:
    """Of one name, and not born in two different months: folded, another child would lose their record for good."""
    births = {
        (person.birth_year, person.birth_month)
        for person in (kept, folded)
        if person.birth_year is not None
    }
    return kept.name == folded.name and len(births) < 2


def _hand_on_profile(folded_id: int, kept_id: int) -> None:
    """What a child wrote about themselves goes along where the kept record says nothing."""
    if session().get(Profile, kept_id) is None:
        session().execute(
            sa.update(Profile).where(Profile.person_id == folded_id).values(person_id=kept_id),
            execution_options={"synchronize_session": False},
        )


def likely(student: Person) -> list[Enrolment]:
    """Others in the school who can be the same child."""
    namesakes = pupil_queries.namesakes(student, pupils.place_of(student))
    return [place for place in namesakes if _can_be_one(student, place.person)]
