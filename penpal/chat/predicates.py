"""Small facts about a room, a line and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.predicates import (
    SCHOOL_STAFF,
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
)
from penpal.chat.doors import Door, Room
from penpal.chat.models import ChatLine
from penpal.consent import queries as consent
from penpal.kernel import access, clock
from penpal.kernel.access import Actor, fact
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, hold_queries
from penpal.safeguarding.hold_states import HoldState
from penpal.twinning.states import PairState

KIND = "chat_line"
"""Under which name the floors below know a line."""
ANYONE = (STUDENT, WAITING_STUDENT, *STAFF, SYSTEM)


@fact(_l("没有人请求先停一停"), *ANYONE)
def is_not_paused(_actor: Actor, pair: Room) -> bool:
    return not (pair.is_paused if isinstance(pair, Door) else block_queries.is_paused(pair.id))


@fact(_l("自己写的"), STUDENT, WAITING_STUDENT)
def is_author(actor: Actor, line: ChatLine) -> bool:
    return actor.person_id is not None and line.author_id == actor.person_id


@fact(_l("发出不到两分钟"), *ANYONE)
def is_fresh(_actor: Actor, line: ChatLine) -> bool:
    until = line.unsend_until
    return until is not None and clock.now() < until


@fact(_l("还没有发出"), *ANYONE)
def is_kept_back(_actor: Actor, line: ChatLine) -> bool:
    return line.is_kept_back


@fact(_l("结对还在继续"), *ANYONE)
def pair_is_active(_actor: Actor, line: ChatLine) -> bool:
    return line.pair.state is PairState.ACTIVE


@fact(_l("没有人请求先停一停"), *ANYONE)
def its_pair_is_not_paused(_actor: Actor, line: ChatLine) -> bool:
    return not block_queries.is_paused(line.pair_id)


@fact(_l("作者可以参加"), *ANYONE)
def author_takes_part(_actor: Actor, line: ChatLine) -> bool:
    return consent.taking_part_of([line.author_id])[line.author_id][0]


@fact(_l("作者请求放行，归自己决定的"), *SCHOOL_STAFF)
def decides_its_release(actor: Actor, line: ChatLine) -> bool:
    hold = hold_queries.running(KIND, line.id)
    return hold is not None and access.may(actor, Permission.Hold.DECIDE, hold)


@fact(_l("作者请求放行，归自己决定的"), *SCHOOL_STAFF)
def decides_on_it(actor: Actor, line: ChatLine) -> bool:
    """As above, and just after it was sent back: the request is decided before the line follows it."""
    hold = hold_queries.last(KIND, line.id)
    return (
        hold is not None
        and hold.state in (HoldState.ASKED, HoldState.RETURNED)
        and access.may(actor, Permission.Hold.DECIDE, hold)
    )
