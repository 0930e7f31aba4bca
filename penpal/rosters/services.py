"""Verbs of rosters: keep, check, apply and forget an upload; issue the slips of a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as accounts
from penpal.accounts import services as people
from penpal.config import Settings
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import IllegalMove, NotFound
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.rosters import forbidden, planning, writing
from penpal.rosters.models import FILE_NAME_MAX, RosterUpload
from penpal.rosters.planning import Plan
from penpal.rosters.reading import Sheet

UPLOADS_LIVE = timedelta(days=1)


def keep(school: Unit, sheet: Sheet, *, file_name: str, by: Actor) -> RosterUpload:
    """Keep the cleaned rows of a file until they are confirmed, in place of the last upload."""
    authorize(by, Permission.Roster.IMPORT, school)
    shown = html.line(file_name)[:FILE_NAME_MAX]
    with transaction() as current:
        current.execute(
            sa.delete(RosterUpload).where(
                RosterUpload.school_id == school.id, RosterUpload.made_by_id == by.person_id
            )
        )
        upload = RosterUpload(
            school_id=school.id,
            made_by_id=by.person_id,
            file_name="" if forbidden.is_value(shown) else shown,
            sheet=sheet.to_json(),
        )
        current.add(upload)
        current.flush()
    return upload


def check(school: Unit, sheet: Sheet, *, by: Actor) -> Plan:
    """What applying the sheet would do. Writes nothing."""
    authorize(by, Permission.Roster.IMPORT, school)
    return planning.plan(school, sheet)


def apply(school: Unit, sheet: Sheet, *, by: Actor, seen: str = "") -> Plan:
    """Bring the school to what the sheet says, all or nothing, and return what was done.

    Students who are not in the sheet stay as they are. With ``seen``, the digest of the plan that
    the person saw, raises ``IllegalMove`` when it would now do something else.
    """
    authorize(by, Permission.Roster.IMPORT, school)
    with transaction():
        lock(school)
        plan = planning.plan(school, sheet)
        if seen and seen != plan.digest:
            raise IllegalMove(_l("你看名册的时候，学校的名册变了。再看一遍，然后确认。"))
        if plan.writes:
            writing.write(school, plan, by=by)
    return plan


def confirm(upload: RosterUpload, *, seen: str, by: Actor) -> None:
    """Apply what was uploaded. Twice the same counts once: the second finds it applied."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    key = upload.id
    with transaction() as current:
        kept = current.get(RosterUpload, key, populate_existing=True, with_for_update=True)
        if kept is None:
            raise NotFound
        if kept.applied_at is not None:
            return
        sheet = Sheet.from_json(kept.sheet)
        plan = apply(kept.school, sheet, by=by, seen=seen)
        kept.applied_at = clock.now()
        kept.figures = plan.to_json()
        kept.sheet = replace(sheet, rows=tuple(line.row for line in plan.refused)).to_json()


def result(upload: RosterUpload, *, by: Actor) -> Plan:
    """What was done with an upload, or would be."""
    sheet = Sheet.from_json(upload.sheet)
    if upload.figures is None:
        return check(upload.school, sheet, by=by)
    authorize(by, Permission.Roster.IMPORT, upload.school)
    return Plan.from_json(upload.figures, sheet.rows)


def cancel(upload: RosterUpload, *, by: Actor) -> None:
    """Forget an upload; the school stays as it was."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    with transaction() as current:
        current.execute(sa.delete(RosterUpload).where(RosterUpload.id == upload.id))


def forget_uploads() -> None:
    """Delete uploads that are older than a day. Safe to run at any time."""
    with transaction() as current:
        current.execute(
            sa.delete(RosterUpload).where(RosterUpload.created_at < clock.now() - UPLOADS_LIVE)
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """What a child needs to come in for the first time."""

    person_id: int
    name: str
    student_number: str
    login_name: str
    code: str
    expires_on: date

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
    activated: bool
    good_until: date | None


def slip_states(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[SlipState]:
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
            activated=enrolment.person.activated_at is not None,
            good_until=clock.local(live[enrolment.person_id].expires_at).date()
            if enrolment.person_id in live
            else None,
        )
        for enrolment in enrolments
    ]


def issue_slips(class_: Unit, *, by: Actor, settings: Settings) -> int:
    """Make a code for each student of the class who needs one. Returns how many were made."""
    authorize(by, Permission.Roster.SLIPS, class_)
    with transaction():
        students = [enrolment.person for enrolment in accounts.students_of(class_.id)]
        made = people.issue_codes(students, settings=settings)
        if made:
            trail.write(class_, "issued slips", by=by, reason=str(made))
    return made


def slips(class_: Unit, *, by: Actor, settings: Settings) -> Sequence[Slip]:
    """The slips of a class: one for each student whose code is live."""
    authorize(by, Permission.Roster.SLIPS, class_)
    enrolments = accounts.students_of(class_.id)
    live = people.live_activations(
        [enrolment.person_id for enrolment in enrolments], settings=settings
    )
    return [
        Slip(
            person_id=enrolment.person_id,
            name=enrolment.person.name,
            student_number=enrolment.student_number,
            login_name=enrolment.person.login_name,
            code=people.code_of(live[enrolment.person_id], settings=settings),
            expires_on=clock.local(live[enrolment.person_id].expires_at).date(),
        )
        for enrolment in enrolments
        if enrolment.person_id in live and enrolment.person.activated_at is None
    ]
