"""What waits for a child's teacher follows the child into another class, whichever way they went."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from penpal.accounts.models import Enrolment
from penpal.kernel import trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import lock, session, transaction
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Addressee, Report
from penpal.safeguarding.states import OPEN


def follow() -> int:
    """Put requests for release and open reports where their child sits. Safe to run twice.

    What went past somebody stays where it was told: it may be about them, and in the new class they
    would be nobody whom it went past. Gives how many moved.
    """
    holds = _moved(Hold, Hold.author_id, Hold.state == HoldState.ASKED)
    reports = _moved(
        Report,
        Report.reporter_id,
        sa.and_(Report.state.in_(OPEN), Report.addressee == Addressee.TEACHER),
    )
    return sum(_follows(Hold, *row) for row in holds) + sum(
        _follows(Report, *row) for row in reports
    )


def _moved(
    model: type[Hold] | type[Report],
    child: InstrumentedAttribute[int],
    waits: sa.ColumnElement[bool],
) -> list[tuple[int, int]]:
    """The number of each that waits elsewhere than its child sits, and the class where they sit."""
    statement = (
        sa.select(model.id, Enrolment.class_id)
        .join(Enrolment, sa.and_(Enrolment.person_id == child, Enrolment.until.is_(None)))
        .where(waits, model.class_id != Enrolment.class_id)
        .order_by(model.id)
    )
    return [(number, class_id) for number, class_id in session().execute(statement)]


def _follows(model: type[Hold] | type[Report], number: int, class_id: int) -> int:
    with transaction() as current:
        record: Hold | Report = (
            current.get_one(Hold, number) if model is Hold else current.get_one(Report, number)
        )
        lock(record)
        if record.state is not HoldState.ASKED and record.state not in OPEN:
            return 0
        left = record.class_.parent_id
        record.class_id = class_id
        current.flush()
        current.refresh(record, ["class_"])
        schools = [left] if left else []
        if model is Hold:
            trail.write(record, "hold followed", by=SYSTEM, schools=schools)
        else:
            trail.write(record, "report followed", by=SYSTEM, schools=schools)
    return 1
