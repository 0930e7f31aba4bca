"""Verbs of a room: say, take back within two minutes, throw away, mark how far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.chat import composing, guarding, keeping, opening, queries, recalling, releasing, rooms
from penpal.chat.doors import Room
from penpal.chat.events import LineUnsent, RoomChanged
from penpal.chat.keeping import Kept, NewLine
from penpal.chat.models import ChatLine, ChatSeat
from penpal.chat.predicates import KIND
from penpal.chat.queries import LineRow, Quote
from penpal.chat.states import UNSEND, LineState
from penpal.chat.stickers import STICKERS
from penpal.kernel import access, clock, html, machine, search, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, PenpalError
from penpal.kernel.events import announce
from penpal.media import queries as pictures
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.screening.guidance import is_worrying
from penpal.twinning.models import Two

_LOOKS = 5
"""So often the guard looks at a line while its author goes on talking in other windows."""
_TOO_LATE = _l("发出超过两分钟了，撤不回来了。")


@dataclass(frozen=True, slots=True)
class Said:
    """A line that stands in the room. ``is_new`` is false where an earlier try had arrived.

    ``worries`` says that there were words of despair in it: help is to be shown. ``zone`` is the
    clock of the speaker's school.
    """

    line: LineRow
    zone: ZoneInfo
    is_new: bool
    worries: bool = False


def send(
    pair: Room,
    *,
    key: str,
    body: str,
    sticker: str | None = None,
    quotes: int | None = None,
    photos: Sequence[Chosen] = (),
    by: Actor,
) -> Said:
    """Say something to the partner, exactly once for a key; returns once it is committed.

    The same key with the same words gives the same line, whatever the hour. Raises ``Screened``,
    ``Paused``, ``RoomClosed``, ``Ended``, ``Conflict`` (the key is taken by other words), ``Invalid``
    and ``Unavailable`` (the database is away: try again with the same key).
    """
    line = _composed(pair, key, body, sticker, quotes, len(photos), by=by)
    try:
        return _say(pair, line, photos, by=by)
    except PenpalError:
        # The answer to an earlier try may have got lost: what is said already is not refused.
        before = queries.of_key(by.person_id, key)
        if before is None or before.sequence is None or not _is_same(before, line):
            raise
        zone = opening.zone_of(pair, by=by)
        return Said(_stored(before.id), zone, is_new=False)


def _composed(
    pair: Two,
    key: str,
    body: str,
    sticker: str | None,
    quotes: int | None,
    photos: int,
    *,
    by: Actor,
) -> NewLine:
    """A line as it is to be stored. Raises ``Invalid`` where there is nothing in it, or too much."""
    words = composing.check(key, body)
    if sticker is not None and sticker not in STICKERS:
        raise Invalid(_l("这张贴纸发不出去。刷新这一页，再选一次。"))
    if sticker and words:
        # A sticker is a line of its own; without scripts what was typed beside it would be lost.
        raise Invalid(_l("先把写好的发出去，再发贴纸。"))
    if not words and not sticker and not photos:
        raise Invalid(fields={"body": _l("还没有写字。写一句再发。")})
    assert by.person_id is not None
    return NewLine(
        pair_id=pair.id,
        author_id=by.person_id,
        key=key,
        body=words,
        body_html=str(html.plain(words)),
        direction=html.direction(words),
        folded=search.folded(words),
        sticker=sticker,
        quotes_id=quotes,
        photos=photos,
    )


def _say(pair: Room, line: NewLine, chosen: Sequence[Chosen], *, by: Actor) -> Said:
    composing.admit(pair, by=by)
    zone = opening.insist(pair, by=by)
    quote = composing.quoted(pair, line.quotes_id)
    kept, worries = _screened_and_kept(pair, line, chosen, by=by)
    if not kept.is_new:
        return Said(_stored(kept.id), zone, is_new=False, worries=worries)
    return Said(_row(line, kept, quote), zone, is_new=True, worries=worries)


def _screened_and_kept(
    pair: Room, line: NewLine, chosen: Sequence[Chosen], *, by: Actor
) -> tuple[Kept, bool]:
    """The guard looks at it beside what came before, and again where more came while it looked."""
    for tries_left in reversed(range(_LOOKS)):
        before = recalling.before(pair, by) if line.body else recalling.NOTHING
        findings = guarding.look(line.body, before.words)
        guarding.insist(findings)
        worries = is_worrying(findings)
        line = replace(line, after=before.upto)
        try:
            if chosen or worries:
                return _keep_with(line, chosen, worries, by=by)
            return keeping.submit(line), False
        except keeping.Behind:
            recalling.forget(pair.id)
            if not tries_left:
                raise
    raise AssertionError


def _keep_with(
    line: NewLine, chosen: Sequence[Chosen], worries: bool, *, by: Actor
) -> tuple[Kept, bool]:
    """With its photos, and with somebody told where there are words of despair: all of it or nothing."""
    with transaction():
        kept = keeping.keep_within(line)
        if kept.is_new:
            if chosen:
                worries |= photos.attach(KIND, kept.id, chosen, by=by)
            if worries:
                composing.worry(kept.id, by=by)
    return kept, worries


def _is_same(there: ChatLine, line: NewLine) -> bool:
    same = ("pair_id", "body", "sticker", "quotes_id", "photos")
    return all(getattr(there, name) == getattr(line, name) for name in same)


def _row(line: NewLine, kept: Kept, quote: Quote | None) -> LineRow:
    """The line as a select would find it, without asking."""
    return LineRow(
        id=kept.id,
        pair_id=line.pair_id,
        key=line.key,
        sequence=kept.sequence,
        author_id=line.author_id,
        body=line.body,
        direction=line.direction,
        at=kept.sent_at,
        sticker=line.sticker,
        photos=line.photos,
        state=LineState.SENT,
        is_open=False,
        quote=quote,
    )


def _stored(line_id: int) -> LineRow:
    row = queries.line(line_id)
    assert row is not None
    return row


def unsend(line: ChatLine, *, by: Actor) -> None:
    """Take one's own line back, within two minutes; one that waits for a teacher at any time.

    The row stays as evidence for a term, its words before nobody. Again it changes nothing.
    """
    if line.is_kept_back:
        releasing.take_back(line, by=by)
        return
    with transaction() as current:
        if line.state is LineState.UNSENT and line.author_id == by.person_id:
            return
        until = line.unsend_until
        if line.author_id == by.person_id and until is not None and until <= clock.now():
            raise IllegalMove(_TOO_LATE)
        machine.fire(UNSEND, line, by=by, unsent_at=clock.now())
        assert line.sequence is not None
        announce(
            current,
            LineUnsent(
                line.id,
                line.pair_id,
                line.sequence,
                line.author_id,
                line.pair.partner_id_of(line.author_id),
            ),
        )


def discard(line: ChatLine, *, by: Actor) -> None:
    """Throw away what never left: it waited for a teacher, or came back."""
    with transaction() as current:
        access.authorize(by, Permission.ChatLine.DISCARD, line)
        if line.state is LineState.WAITING:
            releasing.take_back(line, by=by)
        trail.write(line, "discard", by=by, from_state=line.state.value)
        current.delete(line)


def mark_seen(pair: Two, upto: int, *, by: Actor) -> None:
    """One has, and has looked at, the lines up to this one. It never goes back.

    The partner is shown what one has as 'delivered', and never what one has looked at.
    """
    access.authorize(by, Permission.Chat.READ, pair)
    seats = queries.seats(pair, by)
    upto = min(upto, seats.last)
    if seats.seen >= upto:
        return
    with transaction():
        _set(
            pair, {name: _further(name, upto) for name in ("got_sequence", "seen_sequence")}, by=by
        )


def _further(name: str, upto: int) -> Any:
    column = getattr(ChatSeat, name)
    return sa.case((column < upto, upto), else_=column)


def set_typing(pair: Two, on: bool, *, by: Actor) -> None:
    """Choose whether the partner sees that one is writing."""
    access.authorize(by, Permission.Chat.READ, pair)
    with transaction() as current:
        rooms.furnish([pair.id])
        _set(pair, {"shows_typing": on}, by=by)
        announce(current, RoomChanged(pair.id))


def _set(pair: Two, values: dict[str, Any], *, by: Actor) -> None:
    session().execute(
        sa.update(ChatSeat)
        .where(ChatSeat.pair_id == pair.id, ChatSeat.person_id == by.person_id)
        .values(**values),
        execution_options={"synchronize_session": False},
    )


def photos_of(lines: Sequence[LineRow]) -> dict[int, tuple[pictures.Picture, ...]]:
    """The photos of lines, by line: no query where none of them has any."""
    return pictures.of(KIND, [line.id for line in lines if line.photos])
