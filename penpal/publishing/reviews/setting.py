"""Setting how far up pieces go below a place, programme by programme."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.programmes.models import Programme
from penpal.publishing.reviews.models import PathRule
from penpal.publishing.reviews.paths import HIGHEST, Way

SET = "set way of pieces"


def set_way(unit: Unit, programme: Programme, way: Way, *, by: Actor) -> PathRule:
    """From now on, for what is submitted from now on. What the level above asks for stays asked for."""
    access.authorize(by, Permission.Submission.SET_PATH, unit)
    if way.highest not in HIGHEST or not 1 <= way.days <= 60:
        raise Invalid
    with transaction() as current:
        lock(unit)
        rule = current.scalar(
            sa.select(PathRule).where(
                PathRule.programme_id == programme.id, PathRule.unit_id == unit.id
            )
        )
        if rule is None:
            rule = PathRule(programme_id=programme.id, unit_id=unit.id)
            current.add(rule)
        rule.highest, rule.days = way
        rule.set_by_id, rule.set_at = by.person_id, clock.now()
        current.flush()
        trail.write(unit, SET, by=by, reason=f"{way.highest.value} {way.days}")
    return rule
