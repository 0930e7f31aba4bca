"""Selects over evidence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from penpal.kernel import trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.trail import TrailEntry
from penpal.safeguarding import queries
from penpal.safeguarding.evidence_models import Evidence, EvidencePhoto
from penpal.safeguarding.models import Report

READ = "read evidence"


def visible_to(actor: Actor) -> sa.Select[Evidence]:
    """What lies open anyway, for those who look after the report; sealed things take an opening."""
    statement = sa.select(Evidence)
    if actor.kind == "system":
        return statement
    handled = queries.addressed_to(actor).with_only_columns(Report.id)
    return statement.where(Evidence.report_id.in_(handled), Evidence.is_sealed.is_(False))


def photos_visible_to(actor: Actor) -> sa.Select[EvidencePhoto]:
    """Those of what lies open anyway, for those who look after the report."""
    statement = sa.select(EvidencePhoto)
    if actor.kind == "system":
        return statement
    seen = visible_to(actor).with_only_columns(Evidence.id)
    return statement.where(EvidencePhoto.evidence_id.in_(seen))


def looked_at(kind: str) -> sa.Subquery:
    """The things of a kind that were read as they were frozen, each once: number and first moment."""
    return (
        sa.select(
            Report.about_id.label("item_id"),
            sa.func.min(TrailEntry.at).label("at"),
        )
        .join(
            TrailEntry,
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(Report),
                TrailEntry.subject_id == Report.id,
                TrailEntry.move == READ,
            ),
        )
        .where(Report.about_kind == kind)
        .group_by(Report.about_id)
        .subquery()
    )


def profile_looked_at(person_id: int | None) -> datetime | None:
    """When staff first read somebody's own introduction as it was frozen, if they ever did."""
    found = looked_at("profile")
    return session().scalar(sa.select(found.c.at).where(found.c.item_id == person_id))


def others_looked_at(person_id: int | None, *, size: int) -> list[tuple[str, datetime]]:
    """What else of somebody's staff read as it was frozen, by its label, newest first."""
    at = sa.func.min(TrailEntry.at)
    statement = (
        sa.select(Report.about_label, at)
        .join(Evidence, Evidence.report_id == Report.id)
        .join(
            TrailEntry,
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(Report),
                TrailEntry.subject_id == Report.id,
                TrailEntry.move == READ,
            ),
        )
        .where(Evidence.author_id == person_id, Evidence.kind.not_in(("letter", "profile")))
        .group_by(Report.id, Report.about_label)
        .order_by(at.desc())
        .limit(size)
    )
    return [(label, moment) for label, moment in session().execute(statement)]


def of(report: Report) -> Evidence | None:
    """What was frozen for a report, whoever asks: the caller has asked the rulebook."""
    return session().scalar(sa.select(Evidence).where(Evidence.report_id == report.id))


def of_many(report_ids: Collection[int]) -> dict[int, Evidence]:
    """The same for several, by the report's number."""
    found = session().scalars(sa.select(Evidence).where(Evidence.report_id.in_(report_ids)))
    return {row.report_id: row for row in found}
