"""Small facts about a request for release and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.predicates import SCHOOL_STAFF, STUDENT, holds_over
from penpal.kernel.access import Actor, fact
from penpal.safeguarding import hold_queries
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.items import Content
from penpal.safeguarding.models import Addressee


@fact(_l("自己写的"), STUDENT)
def wrote_it(actor: Actor, content: Content) -> bool:
    return actor.person_id is not None and content.author_id == actor.person_id


@fact(_l("自己请求的"), STUDENT)
def asked_for_it(actor: Actor, hold: Hold) -> bool:
    return actor.person_id is not None and hold.author_id == actor.person_id


@fact(_l("自己班学生请求放行的；转给了校团委书记、或者班里没有班主任的"), *SCHOOL_STAFF)
def decides(actor: Actor, hold: Hold) -> bool:
    """The class teacher; the school's secretary once it was handed on or while there is no teacher.

    Never what was taken back.
    """
    if hold.state is HoldState.WITHDRAWN:
        return False
    path = hold.class_.path
    if holds_over(actor, path, Role.TEACHER):
        return True
    if not holds_over(actor, path, Role.SCHOOL_SECRETARY):
        return False
    handed_on = hold.with_whom is Addressee.SCHOOL_SECRETARY
    return handed_on or not people.staff_over(path, Role.TEACHER)


@fact(_l("还等着的，或者自己决定的、作者还没有改好的"), *SCHOOL_STAFF)
def copy_is_open(actor: Actor, hold: Hold) -> bool:
    """Whoever decides reads the copy; once it is decided only whoever did.

    What was sent back is theirs to compare with until the author's next request is decided, or the
    thing is sent or gone.
    """
    if hold.state is HoldState.ASKED:
        return True
    return hold.decided_by_id == actor.person_id and (
        hold.state is HoldState.RELEASED or not hold_queries.is_settled(hold)
    )
