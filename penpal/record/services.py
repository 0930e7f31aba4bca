"""Verbs of the record: read it and take it along. Both are acts, and stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.paging import Page
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.record import queries, telling
from penpal.record.queries import Asked
from penpal.record.telling import Act

ONE_READING = timedelta(hours=1)
"""Turning pages and searching for so long is one reading."""
MOST = 20_000
"""Acts in one file."""

_TOO_MANY = _l("一次最多导出 20000 件事。用日期分成几次导出。")


def read(school: Unit, asked: Asked, *, before: int | None = None, by: Actor) -> Page[Act]:
    """A page of what was done, newest first."""
    access.authorize(by, Permission.Unit.SEE_RECORD, school)
    if not trail.is_told(school, "read record", by=by, since=clock.now() - ONE_READING):
        with transaction():
            trail.write(school, "read record", by=by)
    found = queries.page(school, asked, before=before, by=by)
    return Page(telling.tell(school, found.rows), found.older)


def take_along(school: Unit, asked: Asked, *, by: Actor) -> list[Act]:
    """All acts that are asked for, newest first, for a file. Raises ``Invalid`` when they are too many."""
    access.authorize(by, Permission.Unit.SEE_RECORD, school)
    with transaction():
        number = queries.count(school, asked, by=by)
        if number > MOST:
            raise Invalid(_TOO_MANY)
        acts = list(_all(school, asked, by=by))
        trail.write(school, "exported record", by=by, reason=str(len(acts)))
    return acts


def _all(school: Unit, asked: Asked, *, by: Actor) -> Iterator[Act]:
    before: int | None = None
    while True:
        page = queries.page(school, asked, before=before, size=1000, by=by)
        yield from telling.tell(school, page.rows)
        before = page.older
        if before is None:
            return
