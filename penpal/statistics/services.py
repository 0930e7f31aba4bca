"""Counting schools and keeping what was counted."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.places.models import Level, Unit
from penpal.statistics import queries
from penpal.statistics.models import SchoolCount


def count_schools() -> None:
    """Count every school anew. Safe to run at any time and twice.

    Each batch is counted before its rows are written: nobody who writes waits for the counting.
    """
    schools = list(
        session().scalars(sa.select(Unit.id).where(Unit.level == Level.SCHOOL).order_by(Unit.id))
    )
    for start in range(0, len(schools), queries.AT_ONCE):
        batch = schools[start : start + queries.AT_ONCE]
        now, counted = clock.now(), queries.count_now(batch)
        with transaction() as current:
            # Two servers may be at it in the same hour: each waits here until the other is through.
            current.execute(sa.select(Unit.id).where(Unit.id.in_(batch)).with_for_update())
            current.execute(sa.delete(SchoolCount).where(SchoolCount.school_id.in_(batch)))
            current.execute(
                sa.insert(SchoolCount),
                [
                    {"school_id": school_id, **found._asdict(), "counted_at": now}
                    for school_id, found in counted.items()
                ],
            )
