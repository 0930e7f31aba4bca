"""Which rooms, seats and lines exist for whom."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Role
from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.chat.states import LineState
from penpal.kernel.access import Actor
from penpal.places.models import Unit
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair

_IN_THE_ROOM = (LineState.SENT, LineState.UNSENT)


def visible_to(actor: Actor) -> sa.Select[ChatLine]:
    """What was said in one's own rooms and what one kept back; for a teacher what was released to them."""
    statement = sa.select(ChatLine)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        students = (
            sa.select(Enrolment.person_id)
            .join(Unit, Unit.id == Enrolment.class_id)
            .where(Enrolment.until.is_(None), people.within(Unit.path, actor.tops(Role.TEACHER)))
        )
        return statement.where(
            ChatLine.is_open, ChatLine.state == LineState.SENT, ChatLine.author_id.in_(students)
        )
    return statement.where(
        sa.or_(
            ChatLine.author_id == actor.person_id,
            sa.and_(ChatLine.pair_id.in_(_own_pairs(actor)), ChatLine.state.in_(_IN_THE_ROOM)),
        )
    )


def rooms_visible_to(actor: Actor) -> sa.Select[ChatRoom]:
    statement = sa.select(ChatRoom)
    if actor.kind == "system":
        return statement
    return statement.where(ChatRoom.pair_id.in_(_own_pairs(actor)))


def seats_visible_to(actor: Actor) -> sa.Select[ChatSeat]:
    """One's own: how far the other has read is nobody else's to know."""
    statement = sa.select(ChatSeat)
    if actor.kind == "system":
        return statement
    return statement.where(ChatSeat.person_id == actor.person_id)


def _own_pairs(actor: Actor) -> sa.Select[int]:
    if not actor.is_student:
        return sa.select(Pair.id).where(sa.false())
    return pairs.visible_to(actor).with_only_columns(Pair.id)
