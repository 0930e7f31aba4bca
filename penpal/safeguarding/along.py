"""What children left open, for their teacher to read along: in the queue beside open letters, never a task.

It reached its reader long ago, so there is nothing to release; and whoever wrote it sees who read it.
A room says of its kind what is open and how it is drawn. This floor knows no names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import InstrumentedAttribute, aliased

from penpal.accounts.models import Enrolment, Person
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import moment, session
from penpal.kernel.errors import IllegalMove, Invalid, Text
from penpal.kernel.trail import TrailEntry
from penpal.media import queries as photos
from penpal.places.models import Unit
from penpal.safeguarding import queue
from penpal.safeguarding.hold_states import RELEASE
from penpal.safeguarding.queue import Action, Chip, Item, Row, Source, Together

WAITS = timedelta(days=30)
"""Reading along is an offer, not a duty: after this time a thing waits for its teacher no more."""
_AWAY = Action("put_away", _l("看过了，收起"), "A", "check", "primary")


@dataclass(frozen=True)
class Kind:
    """What a room says of a kind that its author may leave open.

    ``open`` selects those of a teacher's own students, ``at`` is the column of the day since when they
    are. ``about`` names the thing to which it belongs by its column ``belongs``; ``title`` puts the
    author's name and that into a line. To what ``data`` gives the template, pictures are added. ``read``
    and ``put_away`` are the room's verbs, ``reading`` and ``away`` the moves that they leave on the trail.
    """

    name: str
    model: type[Any]
    permission: Enum
    open: Callable[[Actor], sa.Select[Any]]
    at: InstrumentedAttribute[Any]
    about: InstrumentedAttribute[str]
    belongs: InstrumentedAttribute[int]
    title: Callable[[str, str], str]
    about_of: Callable[[Any], str]
    template: str
    data: Callable[[Any], Mapping[str, object]]
    read: Callable[..., None]
    reading: str
    put_away: Callable[..., None]
    away: str
    icon: str

    def joined(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """With the thing to which each belongs."""
        thing = self.about.class_
        return statement.join(thing, thing.id == self.belongs)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind
    queue.register(kind.name, _source(kind))


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that one wrote and left open, and a teacher who read it."""

    title: str
    who: str
    at: datetime


def read_along(actor: Actor, *, size: int) -> list[Seen]:
    """Which teachers read what one left open, newest first."""
    found = [seen for kind in _kinds.values() for seen in _seen(kind, actor, size)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:size]


def _seen(kind: Kind, actor: Actor, size: int) -> list[Seen]:
    reader = aliased(Person)
    statement = (
        kind.joined(access.visible(kind.model, actor))
        .join(
            TrailEntry,
            sa.and_(
                TrailEntry.subject_kind == trail.kind_of(kind.model),
                TrailEntry.subject_id == kind.model.id,
                TrailEntry.move == kind.reading,
            ),
        )
        .join(reader, reader.id == TrailEntry.actor_id)
        .where(kind.model.author_id == actor.person_id, TrailEntry.at >= kind.at)
        .with_only_columns(kind.about, reader, TrailEntry.at)
        .order_by(TrailEntry.id.desc())
        .limit(size)
    )
    return [
        Seen(kind.title(actor.display_name, about), who.shown_name, at)
        for about, who, at in session().execute(statement)
    ]


@dataclass(frozen=True, eq=False)
class _Along:
    """What the queue asks of a kind: see ``queue.Source``."""

    kind: Kind

    def waiting(self, actor: Actor) -> sa.Select[Any]:
        """What one has not put away; whoever released it has read it already."""
        kind = self.kind
        put_away = sa.exists().where(
            TrailEntry.subject_kind == trail.kind_of(kind.model),
            TrailEntry.subject_id == kind.model.id,
            TrailEntry.move.in_([kind.away, RELEASE.name]),
            TrailEntry.actor_id == actor.person_id,
            TrailEntry.at >= kind.at,
        )
        return kind.open(actor).where(kind.at >= moment(ago=WAITS), ~put_away)

    def rows(self, actor: Actor) -> list[Row]:
        kind = self.kind
        statement = (
            kind.joined(self.waiting(actor))
            .join(Person, Person.id == kind.model.author_id)
            .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
            .join(Unit, Unit.id == Enrolment.class_id)
            .with_only_columns(
                kind.model.id.label("id"),
                Person.id.label("author_id"),
                Person.name,
                Person.display_name,
                Unit.name.label("place"),
                kind.about.label("about"),
                kind.at.label("since"),
            )
            .order_by(kind.at, kind.model.id)
            .limit(queue.MOST)
        )
        found = session().execute(statement).all()
        partners = queue.partner_names([row.author_id for row in found])
        return [
            _row(
                kind,
                row.id,
                row.display_name or row.name,
                row.about,
                row.place,
                row.since,
                partners.get(row.author_id, ""),
            )
            for row in found
        ]

    def show(self, number: int, by: Actor, _how: Mapping[str, str]) -> Item:
        kind = self.kind
        record = _load(kind, number, by)
        away = _is_away(kind, record, by)
        return Item(
            row=_row(
                kind,
                record.id,
                record.author.shown_name,
                kind.about_of(record),
                _class_of(record).name,
                getattr(record, kind.at.key) or clock.now(),
                queue.partner_names([record.author_id]).get(record.author_id, ""),
            ),
            template=kind.template,
            data={
                **kind.data(record),
                "pictures": photos.of(kind.name, [record.id]).get(record.id, ()),
            },
            actions=() if away else (_AWAY,),
            settled=_AWAY_ALREADY if away else "",
        )

    def decide(self, number: int, action: str, _fields: Mapping[str, str], by: Actor) -> Text:
        record = _load(self.kind, number, by)
        if action != _AWAY.name:
            raise Invalid
        if _is_away(self.kind, record, by):
            raise IllegalMove(_AWAY_ALREADY)
        self.kind.put_away(record, by=by)
        return _("收起来了。")

    def path(self, number: int, by: Actor) -> str:
        return str(_class_of(_load(self.kind, number, by)).path)

    def shown(self, number: int, by: Actor) -> None:
        self.kind.read(_load(self.kind, number, by), by=by)


def _source(kind: Kind) -> Source:
    asked = _Along(kind)
    return Source(
        tabs=(queue.ALONG,),
        waiting=asked.waiting,
        rows=asked.rows,
        show=asked.show,
        path=asked.path,
        decide=asked.decide,
        shown=asked.shown,
        together=Together(_AWAY.name, _l("收起来，不再提醒你。伙伴早就看得到，什么也不会变。")),
        is_shared=False,
    )


_AWAY_ALREADY = _l("你看过这一件，已经收起来了。")


def _load(kind: Kind, number: int, by: Actor) -> Any:
    record = access.load(kind.model, by, number)
    access.authorize(by, kind.permission, record)
    return record


def _class_of(record: Any) -> Unit:
    author: Person = record.author
    return next(row.class_ for row in author.enrolments if row.until is None)


def _is_away(kind: Kind, record: Any, by: Actor) -> bool:
    since = getattr(record, kind.at.key)
    return since is not None and trail.is_told(record, kind.away, by=by, since=since)


def _row(
    kind: Kind, number: int, name: str, about: str, place: str, since: datetime, reader: str
) -> Row:
    return Row(
        kind=kind.name,
        id=number,
        name=name,
        title=kind.title(name, about),
        place=place,
        since=since,
        tab=queue.ALONG,
        icon=kind.icon,
        chip=Chip("info", "eye", _l("老师也可以看")),
        with_name=reader,
    )
