"""Verbs of a letter: save a draft, send, open, discard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, Invalid
from penpal.kernel.events import announce
from penpal.letters import queries, search
from penpal.letters.events import LetterDelivered
from penpal.letters.models import LONGEST, Envelope, Letter
from penpal.letters.states import OPEN, SEND
from penpal.permissions import Permission
from penpal.twinning.models import Pair

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Saved:
    """A saved draft. ``forked`` tells that the page was older than the draft, so that both were kept."""

    letter: Letter
    forked: bool = False


def save_draft(
    pair: Pair,
    *,
    key: str,
    body: str,
    envelope: Envelope,
    revision: int,
    in_reply_to: Letter | None = None,
    by: Actor,
) -> Saved:
    """Keep what was typed so far.

    ``revision`` is the one the page last knew (0 for a new draft). When the draft has moved on
    since and says something else, the words are kept as a second draft: nothing is overwritten.
    Raises ``Conflict`` when the letter with this key was already sent with other words.
    """
    _check(key, body)
    with transaction() as current:
        lock(pair)
        letter = queries.of_key(by.person_id, key)
        if letter is None:
            letter = _begin(pair, key, in_reply_to, by=by)
        elif not letter.is_draft:
            if letter.body == html.normal(body):
                return Saved(letter)
            raise Conflict(_ALREADY_SENT)
        access.authorize(by, Permission.Letter.WRITE, letter.pair)
        forked = letter.revision > max(revision, 1) and letter.body != html.normal(body)
        if forked:
            newer = letter
            letter = _begin(letter.pair, f"{key[:48]}-{clock.now():%H%M%S%f}", in_reply_to, by=by)
            letter.beside_id = newer.id
        _fill(letter, body, envelope)
        letter.revision += 1
        current.flush()
    return Saved(letter, forked)


def send(
    pair: Pair,
    *,
    key: str,
    body: str,
    envelope: Envelope,
    in_reply_to: Letter | None = None,
    by: Actor,
) -> Letter:
    """Deliver a letter to the partner, exactly once for a key.

    The same key with the same words gives the same letter; with other words it raises
    ``Conflict``. Raises ``Invalid`` when it is empty or too long.
    """
    _check(key, body)
    if not body.strip():
        raise Invalid(fields={"body": _l("信纸还是空的。写下第一句，再寄出去。")})
    with transaction() as current:
        lock(pair)
        letter = queries.of_key(by.person_id, key)
        if letter is not None and not letter.is_draft:
            if letter.body == html.normal(body) and letter.envelope is envelope:
                return letter
            raise Conflict(_ALREADY_SENT)
        if letter is None:
            letter = _begin(pair, key, in_reply_to, by=by)
        _fill(letter, body, envelope)
        current.flush()
        number, sequence = queries.last_numbers(letter.pair, letter.author_id)
        machine.fire(
            SEND,
            letter,
            by=by,
            number=number + 1,
            sequence=sequence + 1,
            delivered_at=clock.now(),
        )
        announce(
            current, LetterDelivered(letter.id, letter.recipient_id, by.display_name, number + 1)
        )
    return letter


def open_(letter: Letter, *, by: Actor) -> None:
    """The partner opens the letter; opening it again changes nothing."""
    if letter.is_opened or not access.may(by, Permission.Letter.OPEN, letter):
        return
    with transaction():
        if not letter.is_opened:
            machine.fire(OPEN, letter, by=by)


def discard(letter: Letter, *, by: Actor) -> None:
    """Throw one's own draft away."""
    with transaction() as current:
        access.authorize(by, Permission.Letter.DISCARD, letter)
        trail.write(letter, "discard", by=by, from_state=letter.state.value)
        current.delete(letter)


_ALREADY_SENT = _l("这封信已经寄出了，寄出的信不能再改。你刚才写的还在下面，可以另写一封寄去。")


def _check(key: str, body: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid(_l("这一页太旧了。刷新以后再寄，你写的字先复制下来。"))
    if len(html.normal(body)) > LONGEST:
        raise Invalid(fields={"body": _l("信太长了，最多两万字。分成两封寄吧。")})


def _begin(pair: Pair, key: str, in_reply_to: Letter | None, *, by: Actor) -> Letter:
    access.authorize(by, Permission.Letter.WRITE, pair)
    answered = in_reply_to is not None and in_reply_to.pair_id == pair.id
    letter = Letter(
        key=key,
        pair=pair,
        author_id=by.person_id,
        recipient_id=pair.partner_id_of(by.person_id),
        in_reply_to_id=in_reply_to.id if in_reply_to and answered else None,
        revision=0,
    )
    session().add(letter)
    session().flush()
    return letter


def _fill(letter: Letter, body: str, envelope: Envelope) -> None:
    letter.body = html.normal(body)
    letter.body_html = html.plain(letter.body)
    letter.folded = search.folded(letter.body)
    letter.direction = html.direction(letter.body)
    letter.sanitiser = html.VERSION
    letter.envelope = envelope
    letter.saved_at = clock.now()
