"""Small facts about a report and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SCHOOL_STAFF, STUDENT, WAITING_STUDENT, holds_over
from penpal.kernel.access import Actor, fact
from penpal.safeguarding.addressees import school_of
from penpal.safeguarding.models import LEVELS, Addressee, Report

ADDRESSED = (*SCHOOL_STAFF, Role.COUNTY_SECRETARY.value)


@fact(_l("自己说的"), STUDENT, WAITING_STUDENT)
def is_reporter(actor: Actor, report: Report) -> bool:
    return actor.person_id is not None and report.reporter_id == actor.person_id


@fact(_l("说给自己的；校团委书记看全校的，越过自己的除外"), *ADDRESSED)
def is_addressed(actor: Actor, report: Report) -> bool:
    """The teacher it was told to, and the school secretary; the county's alone when it went past both.

    Whom it went past reads it in no other office either: the teacher may be the secretary's deputy.
    """
    path = report.class_.path
    teaches = holds_over(actor, path, Role.TEACHER)
    if report.addressee is Addressee.ABOVE:
        school = school_of(path)
        works_there = any(grant.path.startswith(school) for grant in actor.grants)
        return holds_over(actor, path, Role.COUNTY_SECRETARY) and not works_there
    leads = holds_over(actor, path, Role.SCHOOL_SECRETARY)
    if report.addressee is Addressee.SCHOOL_SECRETARY:
        return leads and not teaches
    return leads or teaches


@fact(_l("没有转给校团委书记，或者自己就是"), *ADDRESSED)
def is_in_ones_hands(actor: Actor, report: Report) -> bool:
    """After it was handed on it is the school secretary's alone; the teacher goes on to see it."""
    return report.handed_on_at is None or holds_over(
        actor, report.class_.path, Role.SCHOOL_SECRETARY
    )


@fact(_l("说给老师、还没有转过的"), Role.TEACHER.value)
def can_be_handed_on(actor: Actor, report: Report) -> bool:
    """From a teacher to the school's secretary, and not by the secretary to themselves."""
    if report.addressee is not Addressee.TEACHER or report.handed_on_at is not None:
        return False
    return not holds_over(actor, report.class_.path, Role.SCHOOL_SECRETARY)


@fact(_l("等得太久、报到自己这一级的"), *(role for roles in LEVELS.values() for role in roles))
def was_raised_to_ones_level(actor: Actor, report: Report) -> bool:
    roles = LEVELS.get(report.raised_to) if report.raised_to else None
    return roles is not None and holds_over(actor, report.class_.path, *roles)
