"""Verbs of slips: who of a class needs one, new codes, and the slips as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from penpal.accounts import queries as accounts
from penpal.accounts import services as people
from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import session, transaction
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.rosters import pupil_queries


@dataclass(frozen=True, slots=True)
class Slip:
    """What a child needs to come in for the first time."""

    person_id: int
    name: str
    student_number: str
    login_name: str
    code: str
    expires_on: date
    class_id: int
    class_name: str

    @property
    def spaced_code(self) -> tuple[str, str]:
        """The code in two groups, as it is printed."""
        half = len(self.code) // 2
        return self.code[:half], self.code[half:]


@dataclass(frozen=True, slots=True)
class SlipState:
    """Whether a student has come in, and until when their slip is good if they have not."""

    name: str
    student_number: str
    login_name: str
    activated: bool
    good_until: date | None


def states(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[SlipState]:
    """Who of a class has come in, who holds a slip that is good, and who needs one."""
    authorize(by, Permission.Roster.SLIPS, class_)
    enrolments = accounts.students_of(class_.id)
    live = people.live_activations(
        [enrolment.person_id for enrolment in enrolments], settings=settings
    )
    return [
        SlipState(
            name=enrolment.person.name,
            student_number=enrolment.student_number,
            login_name=enrolment.person.login_name,
            activated=enrolment.person.activated_at is not None,
            good_until=clock.local(live[enrolment.person_id].expires_at).date()
            if enrolment.person_id in live
            else None,
        )
        for enrolment in enrolments
    ]


def issue(class_: Unit, *, by: Actor, settings: Settings) -> int:
    """Make a code for each student of the class who needs one. Returns how many were made."""
    authorize(by, Permission.Roster.SLIPS, class_)
    with transaction():
        students = [enrolment.person for enrolment in accounts.students_of(class_.id)]
        made = people.issue_codes(students, settings=settings)
        if made:
            trail.write(class_, "issued slips", by=by, reason=str(made))
    return made


def listed(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[SlipState]:
    """How each student stands, to be taken along in a file, with that on the trail."""
    found = states(class_, by=by, settings=settings)
    with transaction():
        trail.write(class_, "listed slips", by=by, reason=str(len(found)))
    return found


def printed(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[Slip]:
    """The slips to print, with that on the trail: whoever has seen a code can use it."""
    found = of_class(class_, by=by, settings=settings)
    with transaction():
        trail.write(class_, "printed slips", by=by, reason=str(len(found)))
    # The transaction let go of the class, whose name stands on the sheets.
    session().refresh(class_)
    return found


def of_class(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[Slip]:
    """The slips of a class: one for each student whose code is live."""
    authorize(by, Permission.Roster.SLIPS, class_)
    return _slips(accounts.students_of(class_.id), settings)


def issue_chosen(unit: Unit, person_ids: Sequence[int], *, by: Actor, settings: Settings) -> int:
    """The same for some students of a class or of a school. Returns how many codes were made."""
    authorize(by, Permission.Roster.SLIPS, unit)
    with transaction():
        chosen = _waiting(unit, person_ids)
        live = people.live_activations([place.person_id for place in chosen], settings=settings)
        lacking = [place for place in chosen if place.person_id not in live]
        made = people.issue_codes([place.person for place in lacking], settings=settings)
        trail.write_many(Person, [(place.person_id, "issued slips") for place in lacking], by=by)
    return made


def printed_chosen(
    unit: Unit, person_ids: Sequence[int], *, by: Actor, settings: Settings
) -> Sequence[Slip]:
    """The slips of some students of a class or of a school, each on the trail."""
    authorize(by, Permission.Roster.SLIPS, unit)
    with transaction():
        found = _slips(_waiting(unit, person_ids), settings)
        trail.write_many(Person, [(slip.person_id, "printed slips") for slip in found], by=by)
    session().refresh(unit)
    return found


def _waiting(unit: Unit, person_ids: Sequence[int]) -> Sequence[Enrolment]:
    """Those of the chosen who are there and have yet to come in."""
    return [
        place
        for place in pupil_queries.places_in(unit, person_ids)
        if place.person.activated_at is None
    ]


def _slips(enrolments: Sequence[Enrolment], settings: Settings) -> Sequence[Slip]:
    """One for each whose code is live."""
    live = people.live_activations(
        [enrolment.person_id for enrolment in enrolments], settings=settings
    )
    class_names = pupil_queries.class_names({enrolment.class_id for enrolment in enrolments})
    return [
        Slip(
            person_id=enrolment.person_id,
            name=enrolment.person.name,
            student_number=enrolment.student_number,
            login_name=enrolment.person.login_name,
            code=people.code_of(live[enrolment.person_id], settings=settings),
            expires_on=clock.local(live[enrolment.person_id].expires_at).date(),
            class_id=enrolment.class_id,
            class_name=class_names[enrolment.class_id],
        )
        for enrolment in enrolments
        if enrolment.person_id in live and enrolment.person.activated_at is None
    ]
