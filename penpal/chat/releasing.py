"""Asking a teacher to release a line in which the guard found something, and what becomes of it."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.chat import composing, guarding, opening, queries, recalling, rooms
from penpal.chat.events import LineSent
from penpal.chat.models import ChatLine, ChatRoom
from penpal.chat.predicates import KIND
from penpal.chat.states import RELEASE, RETURN, LineState
from penpal.kernel import clock, html, machine, search
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.kernel.events import announce
from penpal.safeguarding import block_queries, hold_queries, holding, items
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.hold_models import Hold
from penpal.screening import guidance
from penpal.twinning.models import Pair

_RELEASED_LATER = _l("这一对的聊天先停着，现在放行不了。")


def ask(
    pair: Pair, *, key: str, body: str, quotes: int | None = None, words: str = "", by: Actor
) -> Hold:
    """Keep a line and ask its author's teacher to release it as it is; the partner does not know of it.

    Possible at any hour where chat is on. ``words`` are for the teacher. Raises ``Invalid`` where the
    guard finds nothing, ``Conflict`` where the key is taken by other words.
    """
    written = composing.check(key, body)
    composing.admit(pair, by=by)
    opening.insist(pair, by=by, whatever_hour=True)
    composing.quoted(pair, quotes)
    findings = guarding.look(written, recalling.before(pair, by).words)
    with transaction() as current:
        lock(pair)
        composing.admit(pair, by=by)
        line = queries.of_key(by.person_id, key)
        if line is not None:
            return _asked_already(line, written)
        if not guidance.in_the_way(findings):
            raise Invalid(fields={"body": _l("这句话里没有要放行的，直接发出就行。")})
        rooms.furnish([pair.id])
        line = ChatLine(
            pair_id=pair.id,
            author_id=by.person_id,
            key=key,
            body=written,
            body_html=str(html.plain(written)),
            direction=html.direction(written),
            folded=search.folded(written),
            quotes_id=quotes,
        )
        current.add(line)
        current.flush()
        content = items.read(KIND, line.id)
        assert content is not None
        hold = holding.ask(content, findings, words=words, by=by)
        if guidance.is_worrying(findings):
            composing.worry(line.id, by=by)
    return hold


def _asked_already(line: ChatLine, written: str) -> Hold:
    """The request that an answer which got lost told of."""
    waiting = hold_queries.running(KIND, line.id)
    if waiting is None or line.body != written:
        raise Conflict(_l("这句话已经有了着落。刷新这一页，看看它现在怎样。"))
    return waiting


def take_back(line: ChatLine, *, by: Actor) -> None:
    """The author wants it back; what was decided meanwhile stays decided. Again it changes nothing."""
    with transaction():
        if line.state is LineState.RETURNED and line.author_id == by.person_id:
            return
        waiting = hold_queries.running(KIND, line.id)
        if waiting is None:
            raise IllegalMove
        holding.withdraw(waiting, by=by)
        machine.fire(RETURN, line, by=by)


def release(line: ChatLine, *, by: Actor) -> None:
    """A teacher lets go what its author asked them to: it gets its number now, and is open to them."""
    with transaction() as current:
        pair = current.get_one(Pair, line.pair_id)
        lock(pair)
        if block_queries.is_paused(pair.id):
            raise Paused(_RELEASED_LATER)
        sequence = _next(pair.id)
        machine.fire(RELEASE, line, by=by, sequence=sequence, sent_at=clock.now(), is_open=True)
        partner_id = pair.partner_id_of(line.author_id)
        announce(current, LineSent(line.id, pair.id, sequence, line.author_id, partner_id))


def send_back(line: ChatLine, *, by: Actor) -> None:
    """Give a line back to its author; the word that says what to mend stands in the request."""
    with transaction():
        machine.fire(RETURN, line, by=by)


def _next(pair_id: int) -> int:
    """The room is held from here on, as by whoever says something: no two lines get one number."""
    sequence: int | None = session().scalar(
        sa.update(ChatRoom)
        .where(ChatRoom.pair_id == pair_id)
        .values(last_sequence=ChatRoom.last_sequence + 1)
        .returning(ChatRoom.last_sequence),
        execution_options={"synchronize_session": False},
    )
    assert sequence is not None
    return sequence
