"""Verbs of evidence: it is frozen with the report, proved anew, and goes when the case's term is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from penpal.kernel import access, clock, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotFound
from penpal.kernel.trail import TrailEntry
from penpal.permissions import Permission
from penpal.safeguarding import canonical, evidence_queries, items, pictures
from penpal.safeguarding.evidence_models import Evidence
from penpal.safeguarding.items import Content
from penpal.safeguarding.models import Report

FROZE, FORGOT, READ = "froze evidence", "forgot evidence", evidence_queries.READ

_BATCH = 200
_term = [timedelta(days=365)]

of = evidence_queries.of


def decide_term(days: int) -> None:
    """How long evidence is kept after its case was answered."""
    _term[:] = [timedelta(days=days)]


def term() -> timedelta:
    return _term[0]


def freeze(report: Report) -> Evidence | None:
    """Copy what the report points at, in the transaction of the report; None where it is gone.

    The digest stands on the trail too, and so in the school's chain: whoever changes the copy and its
    digest in the database cannot change what was noted of the chain outside.
    """
    if report.about_id is None:
        return None
    content = items.read(report.about_kind, report.about_id)
    if content is None:
        return None
    text = canonical.text_of(content)
    frozen = Evidence(
        report_id=report.id,
        kind=content.kind,
        item_id=content.id,
        author_id=content.author_id,
        is_sealed=content.is_sealed,
        canonical=text,
        digest=canonical.digest(text),
    )
    session().add(frozen)
    session().flush()
    pictures.hold(frozen, content)
    trail.write(report, "froze evidence", by=SYSTEM, reason=frozen.digest)
    return frozen


def content(frozen: Evidence, *, title: str) -> Content:
    """What was frozen. The caller has asked the rulebook."""
    return canonical.content_of(frozen.canonical, title=title)


def read(report: Report, *, by: Actor) -> Content:
    """What was frozen, where it lies open, for whoever looks after the report; once each on the trail."""
    access.authorize(by, Permission.Report.READ, report)
    statement = access.visible(Evidence, by).where(Evidence.report_id == report.id)
    frozen = session().scalar(statement)
    if frozen is None:
        raise NotFound
    with transaction():
        if not trail.is_told(report, READ, by=by, since=report.told_at):
            trail.write(report, "read evidence", by=by)
    return content(frozen, title=report.about_label)


def verify(frozen: Evidence) -> bool:
    """Whether the copy is the one that was frozen, its photos too: by digest, and by the one on the trail."""
    noted = session().scalar(
        sa.select(TrailEntry.reason).where(
            TrailEntry.subject_kind == trail.kind_of(Report),
            TrailEntry.subject_id == frozen.report_id,
            TrailEntry.move == FROZE,
        )
    )
    return canonical.digest(frozen.canonical) == frozen.digest == noted and pictures.are_sound(
        content(frozen, title="").photos
    )


def every() -> Iterator[Evidence]:
    """All there is, a few at a time."""
    last = 0
    while True:
        found = session().scalars(
            sa.select(Evidence).where(Evidence.id > last).order_by(Evidence.id).limit(_BATCH)
        )
        batch = list(found)
        if not batch:
            return
        yield from batch
        last = batch[-1].id


def missing() -> list[int]:
    """Reports for which something was frozen that is neither there nor was let go at its time."""
    stands = sa.select(TrailEntry.subject_id).where(
        TrailEntry.subject_kind == trail.kind_of(Report)
    )
    statement = stands.where(
        TrailEntry.move == FROZE,
        TrailEntry.subject_id.not_in(sa.select(Evidence.report_id)),
        TrailEntry.subject_id.not_in(stands.where(TrailEntry.move == FORGOT)),
    )
    return sorted(session().scalars(statement))


def forget() -> int:
    """Let go what belongs to cases whose term is over, on the trail with its digest. Safe to run twice."""
    today = clock.now().date()
    over = (
        sa.select(Evidence, Report)
        .join(Report, Report.id == Evidence.report_id)
        .where(Report.evidence_until < today)
        .order_by(Evidence.id)
        .limit(_BATCH)
    )
    gone = 0
    with transaction() as current:
        for frozen, report in current.execute(over.with_for_update(of=Evidence)).all():
            trail.write(report, "forgot evidence", by=SYSTEM, reason=frozen.digest)
            current.delete(frozen)
            gone += 1
    return gone
