"""Selects over pauses: whether one runs, who is told."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.kernel.access import Actor
from penpal.kernel.db import rows, session
from penpal.places.models import Unit
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.twinning.models import Pair


def visible_to(actor: Actor) -> sa.Select[Block]:
    """Those that one asked for: nobody else sees who asked."""
    statement = sa.select(Block)
    if actor.kind == "system":
        return statement
    return statement.where(Block.asked_by_id == actor.person_id)


def notes_visible_to(actor: Actor) -> sa.Select[BlockNote]:
    """What the staff of a class are told, for that class."""
    statement = sa.select(BlockNote)
    if actor.kind == "system":
        return statement
    tops = actor.tops(Role.TEACHER, Role.SCHOOL_SECRETARY)
    led = sa.select(Unit.id).where(people.within(Unit.path, tops))
    return statement.where(BlockNote.class_id.in_(led))


def is_paused(pair_id: int) -> bool:
    """Whether anybody's pause runs between these two."""
    return bool(rows(_is_paused(), pair=pair_id)[0].is_paused)


@cache
def _is_paused() -> Any:
    """Built once: it is asked at every line of chat."""
    return sa.select(running(sa.bindparam("pair", type_=sa.Integer)).label("is_paused"))


def running(pair_id: Any) -> sa.ColumnElement[bool]:
    """SQL for: somebody's pause runs between the two of this pair."""
    return sa.exists().where(Block.pair_id == pair_id, Block.lifted_at.is_(None))


def running_of(pair_id: Any, person_id: Any) -> sa.ColumnElement[bool]:
    """SQL for: a pause runs that this person asked for."""
    return sa.exists().where(
        Block.pair_id == pair_id, Block.asked_by_id == person_id, Block.lifted_at.is_(None)
    )


def asked_by(pair: Pair, person_id: int | None) -> Block | None:
    """The running pause that this person asked for."""
    return session().scalar(
        sa.select(Block).where(
            Block.pair_id == pair.id, Block.asked_by_id == person_id, Block.lifted_at.is_(None)
        )
    )


def unseen(actor: Actor) -> list[BlockNote]:
    """What the staff of a class have not said yet that they know, oldest first."""
    pair = joinedload(BlockNote.block).joinedload(Block.pair)
    statement = (
        notes_visible_to(actor)
        .options(
            joinedload(BlockNote.student),
            joinedload(BlockNote.class_),
            pair.joinedload(Pair.supported_student),
            pair.joinedload(Pair.supporting_student),
        )
        .where(BlockNote.seen_at.is_(None))
        .order_by(BlockNote.id)
        .limit(50)
    )
    return list(session().scalars(statement))
