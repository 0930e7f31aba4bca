"""What a child told under the second of two records stays theirs under the one that is kept."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.safeguarding import queries
from penpal.safeguarding.models import Report


def hand_on(folded: Person, kept: Person, _by: Actor) -> None:
    """The child goes on to see what they told and what came of it. The caller has authorized.

    No trail: whoever merges must not learn that the child told something.
    """
    with transaction() as current:
        told = sa.update(Report).where(Report.reporter_id == folded.id)
        # One worry runs for a child: a second one stays where it is, with the same staff.
        extra = queries.running_worry(folded.id)
        if extra is not None and queries.running_worry(kept.id) is not None:
            told = told.where(Report.id != extra.id)
        current.execute(
            told.values(reporter_id=kept.id), execution_options={"synchronize_session": False}
        )
