"""Who answers for which change, as SQL."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.publishing.editing.models import Change
from penpal.publishing.pieces.models import SubmissionPart


def of_author(person_id: int, author_id: int) -> sa.ColumnElement[bool]:
    """Changes that this person answers for: of their own text; of title and standfirst who submitted it."""
    in_own_text = sa.and_(Change.field == "body", SubmissionPart.author_id == person_id)
    if person_id == author_id:
        return sa.or_(Change.field != "body", in_own_text)
    return in_own_text
