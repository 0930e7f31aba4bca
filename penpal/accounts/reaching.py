"""Whom a notice may reach now: no child in the quiet hours of their school, and by mail only staff in office."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from penpal.accounts import snapshots
from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.places import rest


def resting(person_ids: Collection[int]) -> set[int]:
    """The children among them whose school is quiet now; of a child without a school the defaults hold."""
    statement = (
        sa.select(Person.id, Enrolment.school_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Person.id.in_(person_ids), Person.kind == PersonKind.STUDENT)
    )
    now = clock.now()
    return {
        person_id
        for person_id, school_id in session().execute(statement).all()
        if rest.of(school_id).is_quiet(now)
    }


def works(person_id: int) -> bool:
    """Whether an account is open that holds an office today."""
    found = snapshots.of(person_id)
    return found is not None and found.is_staff and bool(found.grants)
