"""What chat tells the floors below: how to point at a line, freeze it with what stands around it, release it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.chat import participation, queries, releasing, wording
from penpal.chat.models import ChatLine
from penpal.chat.predicates import KIND
from penpal.chat.states import LineState
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.media import register as photos
from penpal.safeguarding import items
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState

_AROUND = 10
"""Lines before and after a reported one that are frozen with it: one alone rarely tells what happened."""


def _label(line_id: int, actor: Actor) -> str | None:
    """A line that was unsent can be told of for as long as its words are kept."""
    line = session().scalar(access.visible(ChatLine, actor).where(ChatLine.id == line_id))
    if line is None or line.erased_at is not None:
        return None
    return wording.label(line.author.name_for_partners)


def _content(line_id: int) -> items.Content | None:
    line = session().get(ChatLine, line_id)
    if line is None or line.erased_at is not None:
        return None
    return items.Content(
        kind=KIND,
        id=line.id,
        title=wording.label(line.author.name_for_partners),
        author_id=line.author_id,
        parties=(line.author_id, line.pair.partner_id_of(line.author_id)),
        text=line.body or wording.sticker(line.sticker),
        html=line.body_html or wording.sticker(line.sticker),
        direction=line.direction,
        at=line.sent_at,
        is_sealed=not line.is_open,
        context={
            "pair": line.pair_id,
            "sequence": line.sequence,
            "state": line.state.value,
            "around": _around(line),
        },
    )


def _around(line: ChatLine) -> str:
    """What was said just before and after, by whom and when, as it stood when it was told of.

    What was unsent is among it: to take words back is no way out of having said them.
    """
    return "\n".join(_told(each, line) for each in queries.around(line, reach=_AROUND))


def _told(each: ChatLine, line: ChatLine) -> str:
    assert each.sent_at is not None
    when = f"{each.sent_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
    words = " ".join((each.body or wording.sticker(each.sticker)).split())
    if each.state is LineState.UNSENT:
        words = _("（撤回了）%(words)s", words=words)
    mark = "▸ " if each.id == line.id else ""
    return _(
        "%(mark)s%(when)s %(name)s：%(words)s",
        mark=mark,
        when=when,
        name=each.author.name_for_partners,
        words=words,
    )


def _release(line_id: int, by: Actor) -> None:
    releasing.release(session().get_one(ChatLine, line_id), by=by)


def _send_back(line_id: int, by: Actor) -> None:
    releasing.send_back(session().get_one(ChatLine, line_id), by=by)


def readable(actor: Actor) -> sa.Select[int]:
    """Lines whose photos an actor may see: none that were unsent, and for a teacher those asked about."""
    standing = ChatLine.state != LineState.UNSENT
    lines = access.visible(ChatLine, actor).where(standing).with_only_columns(ChatLine.id)
    if actor.is_student:
        return lines
    asked = access.visible(Hold, actor).where(Hold.kind == KIND, Hold.state == HoldState.ASKED)
    held = sa.select(ChatLine.id).where(ChatLine.id.in_(asked.with_only_columns(Hold.item_id)))
    return sa.select(ChatLine.id).where(sa.or_(ChatLine.id.in_(lines), ChatLine.id.in_(held)))


def _mend(line_id: int) -> str:
    return url_for("chat.room", pair_id=session().get_one(ChatLine, line_id).pair_id)


def register() -> None:
    items.register(
        KIND,
        items.Handler(_label, _content, _release, _send_back, _mend, icon="message-circle"),
    )
    photos.visible(KIND, readable)
    participation.register()
