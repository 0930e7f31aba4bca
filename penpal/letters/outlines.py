"""That there were letters, and not a word of them: number, day and direction, for an emergency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts.models import Person, name_for_partners
from penpal.kernel import access, clock, paging, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.paging import Page
from penpal.letters.models import Letter
from penpal.permissions import Permission

PAGE = 40
_ONE_LOOK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outline:
    """``number`` counts the author's letters in the pair; ``partner`` is the one who is not asked about."""

    id: int
    is_own: bool
    number: int
    delivered_at: datetime
    partner_id: int
    partner: str


def look(student: Person, *, before: int | None, by: Actor) -> Page[Outline]:
    """The letters that a student wrote and received, newest first. The look stands on the trail.

    ``before`` is the number of the last row of the page before.
    """
    access.authorize(by, Permission.Opening.ASK_IN_EMERGENCY, student)
    if not trail.is_told(student, "looked up letters", by=by, since=clock.now() - _ONE_LOOK):
        with transaction():
            trail.write(student, "looked up letters", by=by)
    partner: Any = aliased(Person)
    is_own = Letter.author_id == student.id
    statement = (
        sa.select(
            Letter.id, is_own, Letter.number, Letter.delivered_at, partner.id, partner.display_name
        )
        .join(partner, partner.id == sa.case((is_own, Letter.recipient_id), else_=Letter.author_id))
        .where(sa.or_(is_own, Letter.recipient_id == student.id), Letter.delivered_at.is_not(None))
        .order_by(Letter.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Letter.id < before)
    rows = [
        Outline(id_, bool(own), number, at, partner_id, name_for_partners(name))
        for id_, own, number, at, partner_id, name in session().execute(statement)
    ]
    return paging.cut(rows, PAGE, key=lambda row: row.id)
