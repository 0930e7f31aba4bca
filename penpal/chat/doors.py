"""What must be known of two before one of them says something: asked in one statement, at every line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Enrolment
from penpal.chat import presence
from penpal.kernel.access import Actor
from penpal.kernel.db import rows
from penpal.kernel.errors import NotFound
from penpal.places.models import Unit
from penpal.safeguarding import block_queries
from penpal.twinning.models import Pair, Two
from penpal.twinning.states import PairState

_PAIR = sa.bindparam("pair", type_=sa.Integer)
_ME = sa.bindparam("me", type_=sa.Integer)


@dataclass(frozen=True)
class Door(Two):
    """A pair as columns. ``schools`` are those of the supported student first; None without a class."""

    id: int
    supported_student_id: int
    supporting_student_id: int
    state: PairState
    is_paused: bool
    schools: tuple[int | None, int | None]


Room = Pair | Door


def door(pair_id: int, actor: Actor) -> Door:
    """The door of one's own room. Raises ``NotFound`` for any other."""
    found = rows(_door(), pair=pair_id, me=actor.person_id)
    if not found:
        raise NotFound
    row = found[0]
    return Door(
        row.id,
        row.supported_student_id,
        row.supporting_student_id,
        row.state,
        bool(row.is_paused),
        (row.first, row.second),
    )


def remembered(pair_id: int, actor: Actor) -> Door:
    """The same as it stood a moment ago, where somebody sits in the room. Raises ``NotFound``.

    What changes it is told to every process (``forget``), and is looked at again when a line is kept.
    """
    memory = presence.memory(pair_id)
    if memory is None:
        return door(pair_id, actor)
    found = memory.door
    if found is None:
        turn = memory.turn
        found = door(pair_id, actor)
        memory.learn_door(found, turn)
    if actor.person_id not in (found.supported_student_id, found.supporting_student_id):
        raise NotFound
    return found


def forget(pair_id: int) -> None:
    """Whoever speaks next looks at the door itself."""
    memory = presence.memory(pair_id)
    if memory is not None:
        memory.forget_door()


@cache
def _door() -> Any:
    return sa.select(
        Pair.id,
        Pair.supported_student_id,
        Pair.supporting_student_id,
        Pair.state,
        block_queries.running(Pair.id).label("is_paused"),
        _school_of(Pair.supported_student_id).label("first"),
        _school_of(Pair.supporting_student_id).label("second"),
    ).where(
        Pair.id == _PAIR,
        sa.or_(Pair.supported_student_id == _ME, Pair.supporting_student_id == _ME),
    )


def _school_of(person_id: Any) -> sa.ScalarSelect[int | None]:
    return (
        sa.select(Unit.parent_id)
        .join(Enrolment, Enrolment.class_id == Unit.id)
        .where(Enrolment.person_id == person_id, Enrolment.until.is_(None))
        .limit(1)
        .correlate(Pair)
        .scalar_subquery()
    )
