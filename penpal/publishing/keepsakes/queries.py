"""Selects of letter books."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.publishing.keepsakes.models import BookState, LetterBook

IS_KEPT = timedelta(days=7)
"""So long a finished file can be fetched."""
_STANDS_STILL = timedelta(minutes=10)
"""After so long without an end a worker is taken to be gone."""
RUNNING = (BookState.WAITING, BookState.MAKING)


def last_of(pair_id: int, actor: Actor) -> LetterBook | None:
    """What one asked for last for a pair, while there is something to see of it."""
    return session().scalar(
        access.visible(LetterBook, actor)
        .where(LetterBook.pair_id == pair_id, LetterBook.asked_at > clock.now() - IS_KEPT)
        .order_by(LetterBook.id.desc())
        .limit(1)
    )


def left_behind() -> list[int]:
    """Orders that nobody works on: a queue that lost them, a worker that was killed."""
    now = clock.now()
    return list(
        session().scalars(
            sa.select(LetterBook.id).where(
                sa.or_(
                    sa.and_(
                        LetterBook.progress == BookState.WAITING,
                        LetterBook.asked_at < now - timedelta(minutes=2),
                    ),
                    sa.and_(
                        LetterBook.progress == BookState.MAKING,
                        LetterBook.begun_at < now - _STANDS_STILL,
                    ),
                )
            )
        )
    )


def outdated() -> list[LetterBook]:
    """Those whose file has lain long enough."""
    return list(
        session().scalars(
            sa.select(LetterBook).where(
                LetterBook.file_name != "", LetterBook.ended_at < clock.now() - IS_KEPT
            )
        )
    )
