"""A report as a page of staff draws it: what was frozen, and what this person may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.permissions import Permission
from penpal.safeguarding import evidence_queries
from penpal.safeguarding.models import Report


@dataclass(frozen=True)
class Case:
    """``may_read``: what was frozen lies open, and has a page; what is sealed takes an opening."""

    report: Report
    is_overdue: bool
    is_frozen: bool
    is_sealed: bool
    may_read: bool
    may_take: bool
    may_hand_on: bool
    may_answer: bool
    may_record_duty: bool
    may_open: bool


def of(reports: Sequence[Report], actor: Actor) -> list[Case]:
    """The cases of these reports, which the actor was given by a query of theirs."""
    frozen = evidence_queries.of_many([report.id for report in reports])
    now = clock.now()
    found = []
    for report in reports:
        row = frozen.get(report.id)
        is_sealed = row is not None and row.is_sealed
        steps = (Permission.Report.TAKE, Permission.Report.HAND_ON, Permission.Report.ANSWER)
        take, hand_on, answer = (access.may(actor, step, report) for step in steps)
        found.append(
            Case(
                report=report,
                is_overdue=report.is_overdue(now),
                is_frozen=row is not None,
                is_sealed=is_sealed,
                may_read=row is not None and not is_sealed,
                may_take=take and report.is_told,
                may_hand_on=hand_on and report.is_waiting,
                may_answer=answer and report.is_waiting,
                may_record_duty=access.may(actor, Permission.Report.RECORD_DUTY, report),
                may_open=is_sealed and access.may(actor, Permission.Opening.ASK_FOR_REPORT, report),
            )
        )
    return found
