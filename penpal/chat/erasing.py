"""The end of what was unsent: kept for a term as evidence, before nobody, then erased."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.chat.models import ChatLine
from penpal.chat.predicates import KIND
from penpal.chat.states import LineState
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.media import services as photos
from penpal.safeguarding import evidence

_BATCH = 200


def erase() -> int:
    """Erase the words, stickers and photos of lines that were unsent a term ago; the rows stay.

    What a report froze is a copy of its own, with a term of its own. Some at a time, safe to run
    twice; returns how many.
    """
    over = (
        sa.select(ChatLine)
        .where(
            ChatLine.state == LineState.UNSENT,
            ChatLine.erased_at.is_(None),
            ChatLine.unsent_at < clock.now() - evidence.term(),
        )
        .order_by(ChatLine.id)
        .limit(_BATCH)
        .with_for_update()
    )
    with transaction():
        lines = list(session().scalars(over))
        for line in lines:
            if line.photos:
                photos.attach(KIND, line.id, (), by=SYSTEM, look=False)
            line.body = line.body_html = line.folded = ""
            line.sticker, line.photos, line.erased_at = None, 0, clock.now()
            trail.write(line, "erased words", by=SYSTEM)
    return len(lines)
