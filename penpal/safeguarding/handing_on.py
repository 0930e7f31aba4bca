"""What a child told under the second of two records stays theirs under the one that is kept."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel.db import transaction
from penpal.safeguarding.models import Report


def hand_on(folded_id: int, kept_id: int) -> None:
    """The child goes on to see what they told and what came of it. The caller has authorized."""
    with transaction() as current:
        current.execute(
            sa.update(Report).where(Report.reporter_id == folded_id).values(reporter_id=kept_id),
            execution_options={"synchronize_session": False},
        )
