"""Selects over figures: what was counted, and counting itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person
from penpal.accounts.predicates import SECRETARIES
from penpal.accounts.queries import within
from penpal.consent import queries as consent
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.statistics.models import SchoolCount
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState

AT_ONCE = 200
"""Schools that one statement counts."""


class Counted(NamedTuple):
    """A school's children: all, those who may take part, those who have a partner."""

    students: int = 0
    taking_part: int = 0
    paired: int = 0


def visible_to(actor: Actor) -> sa.Select[SchoolCount]:
    """The schools below a secretary."""
    statement = sa.select(SchoolCount)
    if actor.kind == "system":
        return statement
    led = sa.select(Unit.id).where(within(Unit.path, actor.tops(*SECRETARIES)))
    return statement.where(SchoolCount.school_id.in_(led))


def below(path: str, *, by: Actor) -> tuple[dict[int, Counted], datetime | None]:
    """What was counted in the schools of a subtree, and when the oldest of it was."""
    schools = sa.select(Unit.id).where(within(Unit.path, [path]))
    statement = (
        access.visible(SchoolCount, by)
        .where(SchoolCount.school_id.in_(schools))
        .with_only_columns(
            SchoolCount.school_id,
            SchoolCount.students,
            SchoolCount.taking_part,
            SchoolCount.paired,
            SchoolCount.counted_at,
        )
    )
    found = session().execute(statement).all()
    return {row[0]: Counted(*row[1:4]) for row in found}, min(
        (row.counted_at for row in found), default=None
    )


def count_now(school_ids: Collection[int]) -> dict[int, Counted]:
    """Count the children of these schools; one without any has zeros."""
    found = dict.fromkeys(school_ids, Counted())
    wanted = sorted(found)
    for start in range(0, len(wanted), AT_ONCE):
        for school_id, *counts in session().execute(_counting(wanted[start : start + AT_ONCE])):
            found[school_id] = Counted(*counts)
    return found


def _counting(school_ids: Collection[int]) -> sa.Select[Any]:
    is_paired = sa.or_(
        *(
            sa.exists().where(Pair.state == PairState.ACTIVE, side == Person.id)
            for side in (Pair.supported_student_id, Pair.supporting_student_id)
        )
    )
    return (
        sa.select(
            Enrolment.school_id,
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((consent.takes_part(Person), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((is_paired, 1), else_=0)), 0),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.until.is_(None), Enrolment.school_id.in_(school_ids))
        .group_by(Enrolment.school_id)
    )
