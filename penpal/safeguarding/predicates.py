"""Small facts about a report and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SCHOOL_STAFF, STUDENT, WAITING_STUDENT, holds_over
from penpal.kernel.access import Actor, fact
from penpal.safeguarding.models import Addressee, Report


@fact(_l("自己说的"), STUDENT, WAITING_STUDENT)
def is_reporter(actor: Actor, report: Report) -> bool:
    return actor.person_id is not None and report.reporter_id == actor.person_id


@fact(
    _l("说给自己的；校团委书记看全校的，越过学校的除外"), *SCHOOL_STAFF, Role.COUNTY_SECRETARY.value
)
def is_addressed(actor: Actor, report: Report) -> bool:
    """The teacher it was told to, and the school secretary; the county's alone when it went past both."""
    path = report.class_.path
    if report.addressee is Addressee.ABOVE:
        return holds_over(actor, path, Role.COUNTY_SECRETARY)
    if holds_over(actor, path, Role.SCHOOL_SECRETARY):
        return True
    return report.addressee is Addressee.TEACHER and holds_over(actor, path, Role.TEACHER)
