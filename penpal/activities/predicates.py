"""Small facts about what two do together, each one's record, themes, and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.accounts.predicates import STAFF, STUDENT, SYSTEM, WAITING_STUDENT, holds_over
from penpal.activities import eyes
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ShownTo
from penpal.activities.theme_models import Theme
from penpal.kernel.access import Actor, fact
from penpal.places.models import Unit
from penpal.twinning.states import PairState

ANYONE = (STUDENT, WAITING_STUDENT, *STAFF, SYSTEM)


@fact(_l("自己那一对的"), STUDENT, WAITING_STUDENT)
def is_of_ones_pair(actor: Actor, activity: Activity) -> bool:
    return actor.person_id is not None and activity.pair.has(actor.person_id)


@fact(_l("结对还在继续"), *ANYONE)
def pair_is_active(_actor: Actor, activity: Activity) -> bool:
    return activity.pair.state is PairState.ACTIVE


@fact(_l("伙伴写的提议"), STUDENT, WAITING_STUDENT)
def was_worded_by_the_other(actor: Actor, activity: Activity) -> bool:
    return actor.person_id is not None and activity.worded_by_id != actor.person_id


@fact(_l("自己提议的"), STUDENT, WAITING_STUDENT)
def is_proposer(actor: Actor, activity: Activity) -> bool:
    return actor.person_id is not None and activity.proposed_by_id == actor.person_id


@fact(_l("伙伴提议的"), STUDENT, WAITING_STUDENT)
def is_not_proposer(actor: Actor, activity: Activity) -> bool:
    return actor.person_id is not None and activity.proposed_by_id != actor.person_id


@fact(_l("里面有愿意给老师看的"), Role.TEACHER.value)
def shows_something_to_teacher(actor: Actor, activity: Activity) -> bool:
    return actor.is_staff and eyes.shows_something(activity, actor)


@fact(_l("自己写的记录"), STUDENT, WAITING_STUDENT)
def is_author(actor: Actor, record: ActivityRecord) -> bool:
    return actor.person_id is not None and record.author_id == actor.person_id


@fact(_l("伙伴的记录，已经可以看的"), STUDENT, WAITING_STUDENT)
def is_shared_with_one(actor: Actor, record: ActivityRecord) -> bool:
    """The partner's, once ``shared_at`` stands: no page, line, count or file asks anything else."""
    return (
        actor.person_id is not None
        and record.is_shared
        and record.author_id != actor.person_id
        and record.activity.pair.has(actor.person_id)
    )


@fact(_l("结对还在继续"), *ANYONE)
def records_pair_is_active(_actor: Actor, record: ActivityRecord) -> bool:
    return record.activity.pair.state is PairState.ACTIVE


@fact(_l("这件事还在做"), *ANYONE)
def is_under_way(_actor: Actor, record: ActivityRecord) -> bool:
    return record.activity.is_agreed


@fact(_l("伙伴还看不到的"), *ANYONE)
def is_not_shared(_actor: Actor, record: ActivityRecord) -> bool:
    return not record.is_shared


@fact(_l("自己班学生愿意给老师看的"), Role.TEACHER.value)
def is_open_to_its_teacher(actor: Actor, record: ActivityRecord) -> bool:
    """Done, and by its author's own choice not for the partner alone."""
    return not record.is_draft and not record.is_sealed and _teaches(actor, record.author)


@fact(_l("两个人都愿意给两个班看的"), Role.TEACHER.value)
def is_shown_to_classes(actor: Actor, record: ActivityRecord) -> bool:
    pair = record.activity.pair
    return record.activity.shown_to is ShownTo.CLASSES and (
        _teaches(actor, pair.supported_student) or _teaches(actor, pair.supporting_student)
    )


@fact(_l("自己写的题目"), STUDENT, WAITING_STUDENT)
def put_it_up(actor: Actor, theme: Theme) -> bool:
    return actor.person_id is not None and theme.author_id == actor.person_id


@fact(_l("自己班的题目"), Role.TEACHER.value)
def hangs_in_ones_class(actor: Actor, theme: Theme) -> bool:
    return holds_over(actor, theme.class_.path, Role.TEACHER)


@fact(_l("自己教的班"), Role.TEACHER.value)
def teaches_class(actor: Actor, class_: Unit) -> bool:
    return holds_over(actor, class_.path, Role.TEACHER)


def _teaches(actor: Actor, student: Person) -> bool:
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER)
        for row in student.enrolments
        if row.until is None
    )
