"""Who said something, for the school and without a word of it; and whether anything was written at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.kernel.db import session
from penpal.twinning import participation

_LATEST = 50
"""So many lines of a room are looked at: whoever said none of them has been silent."""


def register() -> None:
    """Chat is none of the three ones, but whoever chats is not silent."""
    seat, room, line = (cast(sa.Table, model.__table__) for model in (ChatSeat, ChatRoom, ChatLine))
    participation.also(
        "chat",
        participation.part(seat.c.person_id, line.c.sent_at).select_from(
            seat.join(room, room.c.pair_id == seat.c.pair_id).join(
                line,
                sa.and_(
                    line.c.pair_id == seat.c.pair_id,
                    line.c.sequence > room.c.last_sequence - _LATEST,
                    line.c.author_id == seat.c.person_id,
                ),
            )
        ),
    )


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many lines each of these people said or was told."""
    line, seat = aliased(ChatLine), aliased(ChatSeat)
    counted = session().execute(
        sa.select(seat.person_id, sa.func.count())
        .join(line, line.pair_id == seat.pair_id)
        .where(seat.person_id.in_(person_ids))
        .group_by(seat.person_id)
    )
    return {row[0]: row[1] for row in counted}
