"""Storing how far those in the rooms have come, all at once: a write for each line read would be too many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from penpal.chat.models import ChatSeat
from penpal.chat.presence import Mark
from penpal.kernel.db import transaction


def store(marks: Sequence[Mark]) -> None:
    """Move the marks of these seats on, never back. Who set them was let in to the room."""
    with transaction() as current:
        current.connection().execute(
            _onwards(),
            [
                {"pair": each.pair_id, "person": each.person_id, "got": each.got, "seen": each.seen}
                for each in sorted(marks, key=lambda each: (each.pair_id, each.person_id))
            ],
        )


@cache
def _onwards() -> Any:
    table = cast(sa.Table, ChatSeat.__table__)
    seat = table.c
    got, seen = (sa.bindparam(name, type_=sa.Integer) for name in ("got", "seen"))
    return (
        sa.update(table)
        .where(
            seat.pair_id == sa.bindparam("pair", type_=sa.Integer),
            seat.person_id == sa.bindparam("person", type_=sa.Integer),
        )
        .values(
            got_sequence=sa.case((seat.got_sequence < got, got), else_=seat.got_sequence),
            seen_sequence=sa.case((seat.seen_sequence < seen, seen), else_=seat.seen_sequence),
        )
    )
