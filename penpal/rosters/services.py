"""Verbs of a school's roster: check and apply a sheet, send the students out, learn headings."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import IllegalMove
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.rosters import forbidden, headings, planning, queries, writing
from penpal.rosters.headings import Column
from penpal.rosters.models import RosterHeading
from penpal.rosters.planning import Plan
from penpal.rosters.sheets import Progress, Sheet, in_silence


def check(school: Unit, sheet: Sheet, *, by: Actor) -> Plan:
    """What applying the sheet would do. Writes nothing."""
    authorize(by, Permission.Roster.IMPORT, school)
    return planning.plan(school, sheet)


def apply(
    school: Unit, sheet: Sheet, *, by: Actor, seen: str = "", progress: Progress = in_silence
) -> Plan:
    """Bring the school to what the sheet says, all or nothing, and return what was done.

    Students who are not in the sheet stay as they are. With ``seen``, the digest of the plan that
    the person saw, raises ``IllegalMove`` when it would now do something else.
    """
    authorize(by, Permission.Roster.IMPORT, school)
    with transaction():
        lock(school)
        plan = planning.plan(school, sheet, progress=lambda done, rows: progress(done, 2 * rows))
        if seen and seen != plan.digest:
            raise IllegalMove(_l("你看名册的时候，学校的名册变了。再看一遍，然后确认。"))
        if plan.writes:
            writing.write(
                school, plan, by=by, progress=lambda done, rows: progress(rows + done, 2 * rows)
            )
    return plan


def outgoing(unit: Unit, *, by: Actor) -> list[queries.RosterLine]:
    """The students of a school or of one class as they leave in a file, with that on the trail."""
    authorize(by, Permission.Roster.EXPORT, unit)
    lines = queries.roster_of(unit)
    with transaction():
        trail.write(unit, "exported roster", by=by, reason=str(len(lines)))
    return lines


def remember_heading(school: Unit, heading: str, column: Column, *, by: Actor) -> None:
    """Keep what a column of this heading is in the files of the school."""
    authorize(by, Permission.Roster.IMPORT, school)
    folded = headings.folded(heading)
    if not folded or forbidden.is_heading(heading) or forbidden.is_value(heading):
        return
    with transaction() as current:
        current.execute(
            sa.delete(RosterHeading).where(
                RosterHeading.school_id == school.id, RosterHeading.folded == folded
            )
        )
        current.add(
            RosterHeading(
                school_id=school.id,
                heading=heading,
                folded=folded,
                meaning=column,
                made_by_id=by.person_id,
            )
        )


def forget_heading(heading: RosterHeading, *, by: Actor) -> None:
    """Forget what a heading is; the next file that has it is asked about anew."""
    authorize(by, Permission.Roster.IMPORT, heading.school)
    with transaction() as current:
        trail.write(heading.school, "forgot heading", by=by)
        current.execute(sa.delete(RosterHeading).where(RosterHeading.id == heading.id))
