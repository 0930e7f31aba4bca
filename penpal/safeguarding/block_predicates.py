"""Small facts about a pause and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.predicates import SCHOOL_STAFF, STUDENT, WAITING_STUDENT, holds_over
from penpal.kernel.access import Actor, fact
from penpal.safeguarding.block_models import Block, BlockNote


@fact(_l("自己请求的"), STUDENT, WAITING_STUDENT)
def asked_for_it(actor: Actor, block: Block) -> bool:
    return actor.person_id is not None and block.asked_by_id == actor.person_id


@fact(_l("有自己负责的学生"), *SCHOOL_STAFF)
def answers_for_its_student(actor: Actor, note: BlockNote) -> bool:
    return holds_over(actor, note.class_.path, *SCHOOL_STAFF)
