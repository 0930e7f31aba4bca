"""Small facts about an opening and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SCHOOL_STAFF, SYSTEM, holds_over
from penpal.kernel.access import Actor, fact
from penpal.safeguarding import opening_queries, opening_seconds, predicates
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import Basis, Opening
from penpal.safeguarding.states import ReportState

HANDLERS = (*SCHOOL_STAFF, Role.COUNTY_SECRETARY.value)


@fact("", *HANDLERS)
def handles_cases(actor: Actor, _record: object) -> bool:
    return bool(actor.tops(*HANDLERS))


@fact(_l("还没有回话的"), *HANDLERS)
def report_is_open(_actor: Actor, report: Report) -> bool:
    return report.state is not ReportState.ANSWERED


@fact(_l("归自己管的那件事"), *HANDLERS)
def answers_for_case(actor: Actor, opening: Opening) -> bool:
    """Those a report was told to; in an emergency the staff of the child for whose sake it is."""
    if opening.report is not None:
        return actor.is_staff and predicates.is_addressed(actor, opening.report)
    return opening.class_ is not None and holds_over(actor, opening.class_.path, *SCHOOL_STAFF)


@fact(_l("自己请求的，或者自己答应的"), *HANDLERS)
def is_opener(actor: Actor, opening: Opening) -> bool:
    return actor.person_id is not None and actor.person_id in (
        opening.asked_by_id,
        opening.second_by_id,
    )


@fact(_l("还在限期里"), *HANDLERS)
def is_running(_actor: Actor, opening: Opening) -> bool:
    return opening.is_running


@fact(
    _l("请求前一天就在任的另一个人，不和请求的人互相代理，七天里没有给对方任命、发卡、换验证"),
    *HANDLERS,
)
def is_another(actor: Actor, opening: Opening) -> bool:
    """Two of staff are two people: neither stands in for the other, nor was just made by the other."""
    return actor.person_id is not None and opening_seconds.is_second(actor.person_id, opening)


@fact(_l("没有转给别人的那件事"), *HANDLERS)
def is_still_in_ones_hands(actor: Actor, opening: Opening) -> bool:
    """Whoever handed a report on reads no more of what they opened for it."""
    return opening.report is None or predicates.is_in_ones_hands(actor, opening.report)


@fact(_l("孩子自己说的事，第一次打开，一个人就可以"), *HANDLERS)
def takes_one(actor: Actor, opening: Opening) -> bool:
    """A party showed it themselves; to delay telling the children, or to open it again, takes two."""
    return (
        opening.basis is Basis.REPORT
        and opening.delay_until is None
        and opening.asked_by_id == actor.person_id
        and not opening_queries.was_opened(opening.report, besides=opening.id)
    )


@fact(_l("有关部门依法要求的"), SYSTEM)
def is_lawful(actor: Actor, opening: Opening) -> bool:
    return actor.kind == "system" and opening.basis is Basis.LAWFUL
