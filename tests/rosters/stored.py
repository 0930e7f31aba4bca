"""What stands in the database after a roster: its students, and all that is kept anywhere."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person
from penpal.kernel.db import db, session
from penpal.places.models import Unit
from penpal.rosters.planning import Plan


def counts(plan: Plan) -> dict[str, int]:
    return {outcome.value: number for outcome, number in plan.counts.items() if number}


def students(school_id: int) -> dict[str, tuple[str, str, int | None, int | None]]:
    rows = session().execute(
        sa.select(
            Enrolment.student_number, Person.name, Unit.name, Person.birth_year, Person.birth_month
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Enrolment.school_id == school_id, Enrolment.until.is_(None))
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def everything_stored() -> str:
    return "\n".join(
        repr(row)
        for table in db.metadata.sorted_tables
        for row in session().execute(sa.select(table))
    )
