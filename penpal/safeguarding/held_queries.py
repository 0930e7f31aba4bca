"""Selects over what waits outside of its room, and over the requests for what waits inside of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.safeguarding import hold_queries
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState

KIND = "held_text"
"""Under which requests for release, and photos, name it."""


def visible_to(actor: Actor) -> sa.Select[HeldText]:
    """One's own. Whoever decides about it reads the copy in the request, as for everything else."""
    statement = sa.select(HeldText)
    if actor.kind == "system":
        return statement
    return statement.where(HeldText.author_id == actor.person_id)


def asked_for(kind: str, actor: Actor) -> sa.Select[int]:
    """The things of a kind that wait for this member of staff: they see the photos that they would let go."""
    asked = hold_queries.visible_to(actor).where(
        Hold.kind == kind, Hold.state == HoldState.ASKED, Hold.author_id != actor.person_id
    )
    return asked.with_only_columns(Hold.item_id)


def readable(actor: Actor) -> sa.Select[int]:
    """Those whose photos an actor may see."""
    own = visible_to(actor).with_only_columns(HeldText.id)
    return sa.select(HeldText.id).where(
        sa.or_(HeldText.id.in_(own), HeldText.id.in_(asked_for(KIND, actor)))
    )


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many things of each of these people wait outside of their room."""
    rows = session().execute(
        sa.select(HeldText.author_id, sa.func.count())
        .where(HeldText.author_id.in_(person_ids))
        .group_by(HeldText.author_id)
    )
    return {row[0]: row[1] for row in rows}


def of_key(person_id: int | None, kind: str, key: str) -> HeldText | None:
    return session().scalar(
        sa.select(HeldText).where(
            HeldText.author_id == person_id, HeldText.kind == kind, HeldText.key == key
        )
    )


@dataclass(frozen=True)
class Waiting:
    """Something that one wrote, with the latest request for it."""

    held: HeldText
    hold: Hold


def waiting_in(kind: str, about_id: int, actor: Actor) -> list[Waiting]:
    """What one wrote for a thing and what is not there yet, the oldest first."""
    statement = (
        access.visible(HeldText, actor)
        .add_columns(Hold)
        .join(Hold, sa.and_(Hold.kind == KIND, Hold.item_id == HeldText.id))
        .where(
            HeldText.kind == kind,
            HeldText.about_id == about_id,
            HeldText.author_id == actor.person_id,
        )
        .order_by(HeldText.id, Hold.id)
    )
    found = {held.id: Waiting(held, hold) for held, hold in session().execute(statement)}
    return list(found.values())


def released(kind: str, numbers: Sequence[int], actor: Actor) -> dict[int, Hold]:
    """For which of one's own things a teacher let go what one asked for, with the teacher's word."""
    if not numbers:
        return {}
    statement = (
        access.visible(Hold, actor)
        .where(
            Hold.kind == kind,
            Hold.item_id.in_(numbers),
            Hold.author_id == actor.person_id,
            Hold.state == HoldState.RELEASED,
        )
        .order_by(Hold.id)
    )
    return {hold.item_id: hold for hold in session().scalars(statement)}
