"""What the pair with a story of its own was told of: the last letters, new where they lie unopened."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts.models import Person
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.letters.noticing import KIND
from penpal.notices.models import Notice

_STAR = "xiaohe"
_LAST = 6


def lay() -> None:
    """At the moment at which each came."""
    star = sa.select(Person.id).where(Person.login_name == _STAR).scalar_subquery()
    last = session().scalars(
        sa.select(Letter)
        .where(
            sa.or_(Letter.author_id == star, Letter.recipient_id == star),
            Letter.delivered_at.is_not(None),
        )
        .options(joinedload(Letter.author))
        .order_by(Letter.delivered_at.desc())
        .limit(_LAST)
    )
    for letter in last.all():
        assert letter.delivered_at is not None
        session().add(
            Notice(
                person_id=letter.recipient_id,
                kind=KIND,
                about_kind="letter",
                about_id=letter.id,
                params={"name": letter.author.name_for_partners},
                at=letter.delivered_at,
                seen_at=letter.delivered_at if letter.is_opened else None,
            )
        )
