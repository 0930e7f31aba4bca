"""Small facts about a letter and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import STAFF, STUDENT, SYSTEM, WAITING_STUDENT, holds_over
from penpal.kernel.access import Actor, fact
from penpal.letters.models import Envelope, Letter
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
    return not letter.is_draft


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


@fact(_l("自己班学生写的"), Role.TEACHER.value)
def teaches_author(actor: Actor, letter: Letter) -> bool:
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER)
        for row in letter.author.enrolments
        if row.until is None
    )
