"""The rows that a room is made of, made when the first of the two comes in or says something."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from penpal.chat.models import ChatRoom, ChatSeat
from penpal.kernel.db import session
from penpal.twinning.models import Pair


def furnish(pair_ids: Collection[int]) -> None:
    """Make the rooms of these pairs, with both seats, where they are not there yet.

    Belongs inside a transaction. Two who come in at once make one room.
    """
    current = session()
    insert = sqlite.insert if current.get_bind().dialect.name == "sqlite" else postgresql.insert
    seats = [
        {"pair_id": pair_id, "person_id": person_id}
        for pair_id, *two in current.execute(
            sa.select(Pair.id, Pair.supported_student_id, Pair.supporting_student_id)
            .where(Pair.id.in_(pair_ids))
            .order_by(Pair.id)
        )
        for person_id in two
    ]
    if not seats:
        return
    rooms = [{"pair_id": pair_id} for pair_id in dict.fromkeys(seat["pair_id"] for seat in seats)]
    current.execute(insert(ChatRoom).values(rooms).on_conflict_do_nothing())
    current.execute(insert(ChatSeat).values(seats).on_conflict_do_nothing())
