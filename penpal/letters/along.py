"""Open letters to read along, in the queue of the author's teacher: delivered already, nothing to release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from penpal.accounts.models import Enrolment, Person, name_for_partners
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import moment, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, Text
from penpal.kernel.trail import TrailEntry
from penpal.letters import dates, enclosing, paper, queries, services, wording
from penpal.letters.models import Letter
from penpal.letters.states import RELEASE
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import queue
from penpal.safeguarding.queue import Action, Chip, Item, Row, Source, Together

KIND = "postcard"
WAITS = timedelta(days=30)
"""Reading along is an offer, not a duty: after this time a postcard waits for its teacher no more."""
_PUT_AWAY = "put away"
_READ = Action("put_away", _l("看过了，收起"), "A", "check", "primary")


def waiting(actor: Actor) -> sa.Select[Any]:
    """The postcards of one's own classes that one has not put away."""
    put_away = sa.exists().where(
        TrailEntry.subject_kind == trail.kind_of(Letter),
        TrailEntry.subject_id == Letter.id,
        # Whoever released it has read it already.
        TrailEntry.move.in_([_PUT_AWAY, RELEASE.name]),
        TrailEntry.actor_id == actor.person_id,
    )
    return queries.visible_to(actor).where(Letter.delivered_at >= moment(ago=WAITS), ~put_away)


def rows(actor: Actor) -> list[Row]:
    reader = aliased(Person)
    statement = (
        waiting(actor)
        .join(Person, Person.id == Letter.author_id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .join(Unit, Unit.id == Enrolment.class_id)
        .join(reader, reader.id == Letter.recipient_id)
        .with_only_columns(
            Letter.id,
            Person.name,
            Person.display_name,
            Letter.number,
            Letter.delivered_at,
            Unit.name.label("class_name"),
            reader.display_name.label("reader"),
        )
        .order_by(Letter.delivered_at, Letter.id)
        .limit(queue.MOST)
    )
    return [
        _row(
            row.id,
            row.display_name or row.name,
            row.number,
            row.delivered_at,
            row.class_name,
            name_for_partners(row.reader),
        )
        for row in session().execute(statement)
    ]


def show(number: int, by: Actor, _how: Mapping[str, str]) -> Item:
    letter = _letter(number, by)
    body, signature = paper.set_out(letter)
    away = _is_put_away(letter, by)
    class_ = next(row.class_ for row in letter.author.enrolments if row.until is None)
    return Item(
        row=_row(
            letter.id,
            letter.author.shown_name,
            letter.number,
            letter.delivered_at,
            class_.name,
            letter.recipient.name_for_partners,
        ),
        template="letters/_along.html",
        data={
            "letter": letter,
            "body": body,
            "signature": signature,
            "dated": dates.line_of(letter),
            "pictures": enclosing.of(letter),
        },
        actions=() if away else (_READ,),
        settled=_("你看过这一封，已经收起来了。") if away else "",
    )


def path(number: int, by: Actor) -> str:
    letter = _letter(number, by)
    return next(row.class_.path for row in letter.author.enrolments if row.until is None)


def shown(number: int, by: Actor) -> None:
    """Its words were on the teacher's page: that is reading along, and its author can see it."""
    services.read_along(_letter(number, by), by=by)


def decide(number: int, action: str, _fields: Mapping[str, str], by: Actor) -> Text:
    letter = _letter(number, by)
    if action != _READ.name:
        raise Invalid
    if _is_put_away(letter, by):
        raise IllegalMove(_("你看过这一封，已经收起来了。"))
    with transaction():
        trail.write(letter, "put away", by=by)
    return _("收起来了。")


def _letter(number: int, by: Actor) -> Letter:
    letter = access.load(Letter, by, number)
    access.authorize(by, Permission.Letter.READ, letter)
    return letter


def _is_put_away(letter: Letter, by: Actor) -> bool:
    return letter.delivered_at is not None and trail.is_told(
        letter, _PUT_AWAY, by=by, since=letter.delivered_at
    )


def _row(
    number: int, name: str, letter_number: int | None, at: Any, class_name: str, reader: str
) -> Row:
    return Row(
        kind=KIND,
        id=number,
        name=name,
        title=wording.title(name, letter_number or 1),
        place=class_name,
        since=at or clock.now(),
        tab=queue.ALONG,
        icon="mail-open",
        chip=Chip("info", "eye", _l("明信片")),
        with_name=reader,
    )


SOURCE = Source(
    tabs=(queue.ALONG,),
    waiting=waiting,
    rows=rows,
    show=show,
    path=path,
    decide=decide,
    shown=shown,
    together=Together(_READ.name, _l("收起来，不再提醒你。信早就寄到了，什么也不会变。")),
    is_shared=False,
)
