"""Requests for release in the queue: the copy with what the guard found, the draft before, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.predicates import holds_over
from penpal.consent import queries as consent
from penpal.kernel import access, differences, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.differences import Side
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted, Text
from penpal.media import queries as photos
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import guidance, hold_queries, holding, items, queue
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import Addressee
from penpal.safeguarding.queue import Action, Chip, Item, Row, Source, Together

KIND = "hold"
VIEWS = ("beside", "merged", "new")
"""Two drafts next to each other, in one, or only what was handed in now."""

_SEND = Action("release", _l("放行，寄出"), "A", "send", "primary")
_RELEASE = Action("release", _l("放行"), "A", "check", "primary")
_SEND_BACK = Action("send_back", _l("退回去改"), "R", "undo-2", "warn", needs_words=True)
_HAND_ON = Action("hand_on", _l("转给团委书记"), "E", "users-round")


@dataclass(frozen=True)
class Draft:
    """A draft as it is compared: its words with what was taken out or put in."""

    words: Markup
    hold: Hold


def waiting(actor: Actor) -> sa.Select[Any]:
    """What one decides: not what went on to the secretary, unless one is that, too."""
    led = sa.select(Unit.id).where(people.within(Unit.path, actor.tops(Role.SCHOOL_SECRETARY)))
    return hold_queries.visible_to(actor).where(
        Hold.state == HoldState.ASKED,
        Hold.author_id != actor.person_id,
        sa.or_(Hold.with_whom == Addressee.TEACHER, Hold.class_id.in_(led)),
    )


def rows(actor: Actor) -> list[Row]:
    before = aliased(Hold)
    was_returned = (
        sa.exists()
        .where(
            before.kind == Hold.kind,
            before.item_id == Hold.item_id,
            before.author_id == Hold.author_id,
            before.id < Hold.id,
            before.state == HoldState.RETURNED,
        )
        .correlate(Hold)
    )
    statement = (
        waiting(actor)
        .add_columns(was_returned)
        .options(joinedload(Hold.author), joinedload(Hold.class_))
        .order_by(Hold.id)
        .limit(queue.MOST)
    )
    found = [(hold, again) for hold, again in session().execute(statement)]
    partners = queue.partner_names([hold.author_id for hold, _again in found])
    return [_row(hold, again, partners) for hold, again in found]


def show(number: int, by: Actor, how: Mapping[str, str]) -> Item:
    hold = access.load(Hold, by, number)
    if hold.state is not HoldState.ASKED and not access.may(by, Permission.Hold.READ, hold):
        # Who was faster is told, and not a word of what is nobody else's to read any more.
        return Item(_row(hold, False, {}), "queue/_nothing.html", settled=_settled(hold))
    access.authorize(by, Permission.Hold.READ, hold)
    earlier = hold_queries.sent_back_before(hold)
    if earlier is not None and not access.may(by, Permission.Hold.READ, earlier):
        earlier = None
    notes = guidance.notes(hold.text, guidance.stored(hold.findings))
    view = how.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    marks = [(note.start, note.end, "mark") for note in notes]
    signs = {note.end: str(place) for place, note in enumerate(notes, start=1)}
    data: dict[str, object] = {
        "hold": hold,
        "is_post": _is_post(hold),
        "notes": [(note, [(words.name, words.why) for words in note.words]) for note in notes],
        "earlier": earlier,
        "view": view if earlier else "new",
        "plain": html.annotated(hold.text, marks, signs),
        # Released with the words; what went back to its author is nobody else's to see any more.
        "pictures": photos.of(hold.kind, [hold.item_id]).get(hold.item_id, ())
        if hold.state is not HoldState.RETURNED
        else (),
        "decided_by": hold.decided_by.shown_name if hold.decided_by else "",
    }
    if earlier is not None:
        runs = differences.runs(earlier.text, hold.text)
        data["first"] = html.annotated(earlier.text, differences.spans(runs, Side.FIRST, "del"))
        data["second"] = html.annotated(
            hold.text, [*differences.spans(runs, Side.SECOND, "ins"), *marks], signs
        )
        data["merged"] = html.annotated(*differences.in_one(runs))
        found = guidance.notes(earlier.text, guidance.stored(earlier.findings))
        data["gone"] = [note.quote for note in found if note.quote not in hold.text]
        data["earlier_by"] = earlier.decided_by.shown_name if earlier.decided_by else ""
    return Item(
        row=_row(hold, earlier is not None, queue.partner_names([hold.author_id])),
        template="queue/_hold.html",
        data=data,
        actions=_actions(hold, by),
        words=_("写给%(name)s的话", name=hold.author.shown_name) if _waits(hold, by) else "",
        settled=_settled(hold),
    )


def shown(number: int, by: Actor) -> None:
    """The first time that somebody reads a copy stands on the trail; its author sees who and when."""
    hold = access.load(Hold, by, number)
    if access.may(by, Permission.Hold.READ, hold) and not trail.is_told(
        hold, holding.READ, by=by, since=hold.asked_at
    ):
        with transaction():
            trail.write(hold, "read asked", by=by)


def path(number: int, by: Actor) -> str:
    return access.load(Hold, by, number).class_.path


def decide(number: int, action: str, fields: Mapping[str, str], by: Actor) -> Text:
    """Raises ``IllegalMove`` that says who was faster."""
    hold = access.load(Hold, by, number)
    name = hold.author.shown_name
    if hold.state is not HoldState.ASKED:
        raise IllegalMove(_settled(hold))
    if action == _RELEASE.name:
        try:
            holding.release(hold, words=fields.get("words", ""), by=by)
        except NotPermitted as refused:
            if not access.may(by, Permission.Hold.DECIDE, hold):
                raise
            raise NotPermitted(_in_the_way(hold, name)) from refused
        if _is_post(hold):
            return _("放行了，%(name)s的信已经寄到。", name=name)
        return _("放行了，%(name)s写的已经放进去了。", name=name)
    if action == _SEND_BACK.name:
        holding.send_back(hold, words=fields.get("words", ""), by=by)
        return _("退回给%(name)s了，你的话也带到了。", name=name)
    if action == _HAND_ON.name:
        holding.hand_on(hold, by=by)
        return _("转给团委书记了。")
    raise Invalid


def _in_the_way(hold: Hold, name: str) -> Text:
    """Why what one may decide is not sent all the same; a pause says so by itself."""
    if not consent.taking_part_of([hold.author_id])[hold.author_id][0]:
        return _(
            "%(name)s现在不参加通信了，放行不了。可以退回去，写一句让%(name)s知道。", name=name
        )
    return _("这一对已经结束了，放行不了。可以退回去，写一句让%(name)s知道。", name=name)


def _is_post(hold: Hold) -> bool:
    return items.handler_of(hold.kind).is_post


def _waits(hold: Hold, by: Actor) -> bool:
    return hold.state is HoldState.ASKED and access.may(by, Permission.Hold.DECIDE, hold)


def _actions(hold: Hold, by: Actor) -> list[Action]:
    if not _waits(hold, by):
        return []
    leads = holds_over(by, hold.class_.path, Role.SCHOOL_SECRETARY)
    release = _SEND if _is_post(hold) else _RELEASE
    if hold.with_whom is Addressee.TEACHER and not leads:
        return [_SEND_BACK, _HAND_ON, release]
    return [_SEND_BACK, release]


def _settled(hold: Hold) -> Text:
    if hold.state is HoldState.ASKED:
        return ""
    name = hold.decided_by.shown_name if hold.decided_by else ""
    if hold.state is HoldState.RELEASED:
        return _("%(name)s已经放行了这一件。", name=name)
    return _("%(name)s已经把这一件退回去改了。", name=name)


def _row(hold: Hold, again: bool, partners: Mapping[int, str]) -> Row:
    notes = guidance.notes(hold.text, guidance.stored(hold.findings))
    words = str(notes[0].first.name) if notes else ""
    chip = Chip("warn", "triangle-alert", words) if words else None
    if again:
        chip = Chip("wait", "refresh-cw", _l("改过再来"))
    return Row(
        kind=KIND,
        id=hold.id,
        name=hold.author.shown_name,
        title=hold.title,
        place=hold.class_.name,
        since=hold.asked_at,
        tab=queue.AGAIN if again else queue.RELEASE,
        icon=items.handler_of(hold.kind).icon,
        chip=chip,
        quotes=[note.quote for note in notes],
        with_name=partners.get(hold.author_id, ""),
    )


SOURCE = Source(
    tabs=(queue.RELEASE, queue.AGAIN),
    waiting=waiting,
    rows=rows,
    show=show,
    path=path,
    decide=decide,
    shown=shown,
    together=Together(
        _RELEASE.name,
        _l("这些马上就到各自的伙伴那里，老师也可以看；信是明信片。标出来的字也一起寄出。"),
    ),
)
