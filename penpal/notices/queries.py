"""Selects over notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.notices import kinds
from penpal.notices.kinds import Topic
from penpal.notices.models import Mail, MailAddress, Notice, NoticeSilence

SIZE = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = timedelta(days=365 * 1000) // _MICROSECOND


def own(
    model: type[Notice] | type[NoticeSilence] | type[MailAddress] | type[Mail], actor: Actor
) -> sa.Select[Any]:
    """Rows that are nobody's but their person's."""
    statement = sa.select(model)
    if actor.kind == "system":
        return statement
    return statement.where(model.person_id == actor.person_id)


def unseen(person_id: Any) -> sa.ColumnElement[int]:
    """SQL for: how many notices this person has not seen."""
    return (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.person_id == person_id, Notice.seen_at.is_(None))
        .scalar_subquery()
    )


def unseen_of(person_id: int) -> int:
    return session().scalar(sa.select(unseen(person_id))) or 0


def newest_unseen(person_id: int, size: int = 100) -> Sequence[Notice]:
    statement = (
        sa.select(Notice)
        .where(Notice.person_id == person_id, Notice.seen_at.is_(None))
        .order_by(Notice.at.desc(), Notice.id.desc())
        .limit(size)
    )
    return session().scalars(statement).all()


@dataclass(frozen=True)
class Page:
    """Newest first. ``older`` is what to ask the next page with, empty at the end."""

    rows: Sequence[Notice]
    older: str


def page(person_id: int, *, topic: Topic | None, before: str = "", size: int = SIZE) -> Page:
    """One page of a person's notices, of one topic or of all."""
    statement = sa.select(Notice).where(Notice.person_id == person_id)
    if topic is not None:
        statement = statement.where(Notice.kind.in_(kinds.names_of(topic)))
    place = _place(before)
    if place is not None:
        at, number = place
        statement = statement.where(
            sa.or_(Notice.at < at, sa.and_(Notice.at == at, Notice.id < number))
        )
    statement = statement.order_by(Notice.at.desc(), Notice.id.desc()).limit(size + 1)
    found = session().scalars(statement).all()
    rows = found[:size]
    return Page(rows, _name(rows[-1]) if len(found) > size else "")


def silent_about(person_ids: Collection[int], topic: Topic) -> set[int]:
    """Those of them who want no live sign of a topic."""
    return set(
        session().scalars(
            sa.select(NoticeSilence.person_id).where(
                NoticeSilence.person_id.in_(person_ids), NoticeSilence.topic == topic
            )
        )
    )


def silences_of(person_id: int) -> set[Topic]:
    return set(
        session().scalars(
            sa.select(NoticeSilence.topic).where(NoticeSilence.person_id == person_id)
        )
    )


def _name(notice: Notice) -> str:
    """Where a page ends. A notice that is renewed gets a new moment, so its number alone says nothing."""
    return f"{(notice.at - _EPOCH) // _MICROSECOND}-{notice.id}"


def _place(named: str) -> tuple[datetime, int] | None:
    """What an address names; None for anything that no page of ours has in it."""
    moment, _, number = named.partition("-")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(moment) > 18 or len(number) > 18 or int(moment) > _LATEST:
        return None
    return _EPOCH + int(moment) * _MICROSECOND, int(number)
