"""Small facts about a letter and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import (
    SCHOOL_STAFF,
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
    holds_over,
)
from penpal.consent import queries as consent
from penpal.kernel import access
from penpal.kernel.access import Actor, fact
from penpal.letters import readers
from penpal.letters.models import Envelope, Letter
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, hold_queries
from penpal.twinning.states import PairState

ANYONE = (STUDENT, WAITING_STUDENT, *STAFF, SYSTEM)


@fact(_l("自己写的"), STUDENT, WAITING_STUDENT)
def is_author(actor: Actor, letter: Letter) -> bool:
    return actor.person_id is not None and letter.author_id == actor.person_id


@fact(_l("写给自己的"), STUDENT, WAITING_STUDENT)
def is_recipient(actor: Actor, letter: Letter) -> bool:
    return actor.person_id is not None and letter.recipient_id == actor.person_id


@fact(_l("已经寄到"), *ANYONE)
def is_delivered(_actor: Actor, letter: Letter) -> bool:
    return letter.is_delivered


@fact(_l("还在路上"), *ANYONE)
def is_on_its_way(_actor: Actor, letter: Letter) -> bool:
    return letter.is_posted


@fact(_l("已经拆开"), *ANYONE)
def is_opened(_actor: Actor, letter: Letter) -> bool:
    return letter.is_opened


@fact(_l("收信的人在纸上读信"), *ANYONE)
def recipient_reads_on_paper(_actor: Actor, letter: Letter) -> bool:
    return readers.reads_on_paper(letter.recipient_id)


@fact(_l("收信的人可以参加"), *ANYONE)
def recipient_takes_part(_actor: Actor, letter: Letter) -> bool:
    return consent.taking_part_of([letter.recipient_id])[letter.recipient_id][0]


@fact(_l("作者可以参加"), *ANYONE)
def author_takes_part(_actor: Actor, letter: Letter) -> bool:
    return consent.taking_part_of([letter.author_id])[letter.author_id][0]


@fact(_l("作者知道会印在纸上"), *ANYONE)
def author_knows_of_paper(_actor: Actor, letter: Letter) -> bool:
    return letter.paper_known_at is not None


@fact(_l("还是草稿"), *ANYONE)
def is_draft(_actor: Actor, letter: Letter) -> bool:
    return letter.is_draft


@fact(_l("作者选了明信片"), *ANYONE)
def is_postcard(_actor: Actor, letter: Letter) -> bool:
    """Sent open, by its author's own choice."""
    return letter.envelope is Envelope.OPEN


@fact(_l("结对还在继续"), *ANYONE)
def pair_is_active(_actor: Actor, letter: Letter) -> bool:
    return letter.pair.state is PairState.ACTIVE


@fact(_l("没有人请求先停一停"), *ANYONE)
def pair_is_not_paused(_actor: Actor, letter: Letter) -> bool:
    return not block_queries.is_paused(letter.pair_id)


@fact(_l("作者请求放行，归自己决定的"), *SCHOOL_STAFF)
def decides_its_release(actor: Actor, letter: Letter) -> bool:
    hold = hold_queries.running("letter", letter.id)
    return hold is not None and access.may(actor, Permission.Hold.DECIDE, hold)


@fact(_l("自己班学生写的"), Role.TEACHER.value)
def teaches_author(actor: Actor, letter: Letter) -> bool:
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER)
        for row in letter.author.enrolments
        if row.until is None
    )


@fact(_l("写给自己班学生的"), Role.TEACHER.value)
def teaches_recipient(actor: Actor, letter: Letter) -> bool:
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER)
        for row in letter.recipient.enrolments
        if row.until is None
    )
