"""Verbs for a student who leaves the school, and who comes back: letters and account stay, doors close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import services as people
from penpal.accounts import sessions
from penpal.accounts.models import Activation, Enrolment, Person
from penpal.consent import links
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.rosters import judging, pupil_queries, pupils, queries, wording
from penpal.rosters.judging import Reason
from penpal.rosters.models import Leaving, Transfer
from penpal.rosters.pupils import NumberHeld
from penpal.twinning import queries as pairs
from penpal.twinning import services as twinning

_NOBODY_CHOSEN = _l("先勾选毕业的学生。")


def leave(student: Person, *, why: Leaving, day: date, by: Actor) -> Enrolment:
    """End a student's time at the school. The pair is closed gently; what was written stays.

    Returns the place that ended. Slip, guardian's link and transfer code open nothing any more.
    """
    place = pupils.place_of(student)
    authorize(by, Permission.Roster.LEAVE, place.class_)
    with transaction() as current:
        pupils.hold(place)
        pupils.check_day(place, day)
        # While the student is still theirs: afterwards the school answers for nobody in the pair.
        for pair in pairs.active_pairs_of([student.id]):
            twinning.close(pair, reason=why.value, by=by)
        close_doors(student)
        place.until = day
        current.flush()
        trail.write(student, "left school", by=by, reason=why.value)
        current.expire(student, ["enrolments"])
    return place


def graduate(class_: Unit, person_ids: Sequence[int], *, day: date, by: Actor) -> int:
    """These of a class leave because they graduate, all or none. Returns how many.

    Raises ``Invalid`` for ``student`` where nobody was chosen who is in the class.
    """
    authorize(by, Permission.Roster.LEAVE, class_)
    with transaction():
        students = [place.person for place in pupil_queries.places_in(class_, person_ids)]
        if not students:
            raise Invalid(fields={"student": _NOBODY_CHOSEN})
        # In the order in which those who tie hold them, so that nobody waits for the other.
        for student in sorted(students, key=lambda student: student.id):
            leave(student, why=Leaving.GRADUATED, day=day, by=by)
    return len(students)


def close_doors(student: Person) -> None:
    """End what lets a student or their guardian in. The caller has authorized."""
    with transaction() as current:
        now = clock.now()
        current.execute(
            sa.update(Activation)
            .where(Activation.person_id == student.id, Activation.used_at.is_(None))
            .values(expires_at=now)
        )
        current.execute(
            sa.delete(Transfer).where(Transfer.person_id == student.id, Transfer.used_at.is_(None))
        )
        links.end_open(student.id)
        sessions.end(student.id)


def bring_back(place: Enrolment, *, class_id: int, number: str, by: Actor) -> Person:
    """Enrol somebody again who has left, with the account and the letters they had.

    Raises ``NumberHeld``, or ``Invalid`` with words for ``class_id`` and ``number``.
    """
    authorize(by, Permission.Roster.LEAVE, place.class_)
    tidy = html.line(number)
    with transaction() as current:
        lock(place.school)
        if pupil_queries.left_place(place.class_id, place.id) is None:
            raise IllegalMove
        class_ = pupils.open_class(place.school_id, class_id)
        if len(tidy) > judging.NUMBER_MAX or not judging.NUMBER.fullmatch(tidy):
            raise pupils.refusal(Reason.NUMBER_UNREADABLE)
        held = queries.holder(place.school_id, tidy)
        if held is not None:
            raise NumberHeld(held)
        student = place.person
        # A correction of the same day begins where the wrong end was.
        people.enrol(student, class_, number=tidy)
        trail.write(student, "came back", by=by)
        current.expire(student, ["enrolments"])
    return student


def reason_in(typed: str) -> Leaving:
    """The reason that was chosen. Raises ``Invalid`` for ``why``."""
    try:
        return Leaving(typed)
    except ValueError as unknown:
        raise Invalid(fields={"why": wording.CHOOSE_WHY}) from unknown


def partner_name(student: Person) -> str:
    """By what name the partner is known, for the page that says what becomes of the pair."""
    for pair in pairs.active_pairs_of([student.id]):
        other = (
            pair.supporting_student
            if pair.supported_student_id == student.id
            else pair.supported_student
        )
        return other.name_for_partners
    return ""
