"""Verbs of a letter: save a draft, send, open, discard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, search, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, Invalid
from penpal.letters import enclosing, guarding, night, queries, readers, wording
from penpal.letters.models import LONGEST, Envelope, Letter
from penpal.letters.paper import FIRST_SHEET, Stationery, stationery_of
from penpal.letters.states import AT_NIGHT, OPEN, RELEASE, SEND, LetterState
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, hold_queries, holding
from penpal.safeguarding import services as safeguarding
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.screening import guidance
from penpal.twinning.models import Pair

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Saved:
    """A saved draft. ``forked`` tells that the page was older than the draft, so that both were kept.

    ``taken_back`` tells that a request for release ended, for the words are others now.
    """

    letter: Letter
    forked: bool = False
    taken_back: bool = False


def save_draft(
    pair: Pair,
    *,
    key: str,
    body: str,
    envelope: Envelope,
    revision: int,
    in_reply_to: Letter | None = None,
    stationery: Stationery = FIRST_SHEET,
    photos: Sequence[Chosen] | None = None,
    by: Actor,
) -> Saved:
    """Keep what was typed so far, and the photos that were chosen; ``None`` leaves those as they are.

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
            if letter.body == html.normal(body) and enclosing.are(letter, photos, by=by):
                return Saved(letter)
            raise Conflict(_ALREADY_SENT)
        access.authorize(by, Permission.Letter.WRITE, letter.pair)
        forked = _moved_on(letter, revision, body, photos, by=by)
        if forked:
            newer = letter
            # An answer may get lost on the way back; the same words again find the same draft.
            letter = queries.put_beside(newer, html.normal(body)) or _begin(
                newer.pair, _another_key(key), in_reply_to, by=by
            )
            letter.beside_id = newer.id
        # A teacher who was asked to release it read these words and saw these photos.
        is_other = letter.body != html.normal(body) or not enclosing.are(letter, photos, by=by)
        taken_back = is_other and _take_back(letter, by=by)
        _fill(letter, body, envelope, stationery)
        enclosing.put_in(letter, photos, by=by, look=False)
        letter.revision += 1
        current.flush()
    return Saved(letter, forked, taken_back)


def send(
    pair: Pair,
    *,
    key: str,
    body: str,
    envelope: Envelope,
    revision: int | None = None,
    in_reply_to: Letter | None = None,
    stationery: Stationery = FIRST_SHEET,
    photos: Sequence[Chosen] | None = None,
    paper_told: bool = False,
    by: Actor,
) -> Letter:
    """Deliver a letter to the partner, exactly once for a key; at night, when the partner's school wakes.

    The same key with the same words and photos gives the same letter; with others it raises
    ``Conflict``. ``revision`` is the one the page last knew: a draft that has moved on since and
    says something else is set aside as a draft of its own. ``paper_told`` says that the page told
    the author that a teacher prints the partner's letters. Raises ``Invalid`` when the letter is
    empty or too long, ``Screened`` when the guard found something in it: then nothing is changed.
    Raises ``Paused`` while letters between the two have stopped.
    """
    _check(key, body)
    if not body.strip():
        raise Invalid(fields={"body": _l("信纸还是空的。写下第一句，再寄出去。")})
    # Looked through before the pair is held: it takes a while, and needs nothing but the words.
    findings = guarding.look(body)
    with transaction():
        lock(pair)
        letter = queries.of_key(by.person_id, key)
        if letter is not None and not letter.is_draft:
            same = letter.body == html.normal(body) and enclosing.are(letter, photos, by=by)
            if same and _was_sent_as(letter, envelope):
                return letter
            raise Conflict(_ALREADY_SENT)
        access.authorize(by, Permission.Letter.WRITE, letter.pair if letter else pair)
        _refuse_what_was_taken_back(letter, revision)
        guarding.insist(letter, body, findings)
        if letter is not None:
            _take_back(letter, by=by)
        if letter is None:
            letter = _begin(pair, key, in_reply_to, by=by)
        elif revision is not None and _moved_on(letter, revision, body, photos, by=by):
            # Saving them may have put the same words beside this draft, in an answer that got lost.
            if twin := queries.put_beside(letter, html.normal(body)):
                discard(twin, by=by)
            _set_aside(letter, by=by)
        _fill(letter, body, envelope, stationery)
        enclosing.put_in(letter, photos, by=by, look=True)
        knows = paper_told and readers.reads_on_paper(letter.recipient_id)
        _deliver(SEND, letter, knows_of_paper=knows, by=by)
        if guidance.is_worrying(findings):
            worry(letter)
    return letter


def release(letter: Letter, *, by: Actor) -> None:
    """A teacher lets go what its author asked them to release; it goes open, as its author was told."""
    with transaction():
        lock(letter.pair)
        knows = letter.paper_known_at is not None
        _deliver(RELEASE, letter, knows_of_paper=knows, by=by, envelope=Envelope.OPEN)


def open_(letter: Letter, *, by: Actor) -> None:
    """The partner opens the letter; opening it again changes nothing."""
    if letter.is_opened or not access.may(by, Permission.Letter.OPEN, letter):
        return
    with transaction():
        if not letter.is_opened:
            machine.fire(OPEN, letter, by=by)


def read_along(letter: Letter, *, by: Actor) -> None:
    """A teacher reads what its author sent open; the first time stands on the trail."""
    access.authorize(by, Permission.Letter.READ, letter)
    if letter.delivered_at and not trail.is_told(
        letter, "read along", by=by, since=letter.delivered_at
    ):
        with transaction():
            trail.write(letter, "read along", by=by)


def discard(letter: Letter, *, by: Actor) -> None:
    """Throw one's own draft away."""
    with transaction() as current:
        access.authorize(by, Permission.Letter.DISCARD, letter)
        _take_back(letter, by=by)
        trail.write(letter, "discard", by=by, from_state=letter.state.value)
        enclosing.take_out(letter, by=by)
        current.delete(letter)


def choose(kept: Letter, *, over: Letter, seen: Mapping[int, int | None], by: Actor) -> None:
    """Go on with one of two drafts and throw the other away.

    ``seen`` gives the revisions that their author had in front of them. Raises ``Conflict`` when
    either was written in since: nobody throws away words that they did not see.
    """
    with transaction() as current:
        lock(kept.pair)
        now = current.execute(
            sa.select(Letter.id, Letter.revision).where(
                Letter.id.in_([kept.id, over.id]), Letter.state == LetterState.DRAFT
            )
        )
        if {row.id: row.revision for row in now} != seen:
            raise Conflict(_l("刚才有一份又写了新的。再看一看，再选。"))
        discard(over, by=by)


def keep_both(letter: Letter, *, by: Actor) -> None:
    """A draft that was put beside a newer one becomes a letter of its own."""
    access.authorize(by, Permission.Letter.DISCARD, letter)
    with transaction():
        letter.beside_id = None
        trail.write(letter, "keep both", by=by)


def release_of(letter: Letter) -> Hold | None:
    """The request because of which a teacher let it go, with the teacher's word to the author."""
    asked = hold_queries.last("letter", letter.id)
    if asked is None or asked.state is not HoldState.RELEASED:
        return None
    # A letter that was released at night may have been taken back, and have other words by now.
    return asked if asked.text == letter.body else None


def worry(letter: Letter) -> None:
    """Tell the school that somebody should ask the author how they are; not a word of the letter."""
    number = letter.number or queries.last_numbers(letter.pair, letter.author_id)[0] + 1
    label = wording.title(letter.author.name_for_partners, number)
    safeguarding.worry(letter.author_id, about=("letter", letter.id, label))


_RELEASED_LATER = _l("这一对的信先停着，现在放行不了。")
_TAKEN_BACK = _l("这封信你收回来了，现在是草稿。要寄，从草稿里再寄。你刚才写的还在下面。")
_ALREADY_SENT = _l("这封信已经寄出了，寄出的信不能再改。你刚才写的还在下面，可以另写一封寄去。")


def _check(key: str, body: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid(_l("这一页太旧了。刷新以后再寄，你写的字先复制下来。"))
    if len(html.normal(body)) > LONGEST:
        raise Invalid(fields={"body": _l("信太长了，最多两万字。分成两封寄吧。")})


def _refuse_what_was_taken_back(letter: Letter | None, revision: int | None) -> None:
    """A page from before it was taken back, trying again what it could not send, must not send it."""
    since = letter.taken_back_revision if letter else None
    if since is not None and revision is not None and revision < since:
        raise Conflict(_TAKEN_BACK)


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


def _was_sent_as(letter: Letter, envelope: Envelope) -> bool:
    """As its author chose, or open because a teacher released it: an answer that got lost is asked again."""
    return letter.envelope is envelope or release_of(letter) is not None


def _take_back(letter: Letter, *, by: Actor) -> bool:
    """End a request for release that waits for this draft; gives whether there was one."""
    waiting = hold_queries.running("letter", letter.id)
    if waiting is not None:
        holding.withdraw(waiting, by=by)
    return waiting is not None


def _deliver(
    step: machine.Move, letter: Letter, *, knows_of_paper: bool, by: Actor, **also: Any
) -> None:
    """Number a letter and put it into the partner's mailbox. The caller holds the pair.

    While the partner's school rests it is only on its way: in the morning it is numbered and comes.
    """
    if block_queries.is_paused(letter.pair_id):
        raise Paused(None if step is SEND else _RELEASED_LATER)
    session().flush()
    now = clock.now()
    also |= {"paper_known_at": now if knows_of_paper else None}
    morning = night.wakes(letter.recipient_id, now)
    if morning is not None:
        machine.fire(AT_NIGHT[step], letter, by=by, posted_at=now, deliver_at=morning, **also)
        return
    night.deliver_earlier(letter.pair, letter.author_id)
    number, sequence = queries.last_numbers(letter.pair, letter.author_id)
    machine.fire(
        step,
        letter,
        by=by,
        number=number + 1,
        sequence=sequence + 1,
        delivered_at=now,
        **also,
    )
    night.tell([letter])


def _moved_on(
    letter: Letter, revision: int, body: str, photos: Sequence[Chosen] | None, *, by: Actor
) -> bool:
    """Whether the draft was written in elsewhere since, and says something else or shows something else."""
    return letter.revision > max(revision, 1) and (
        letter.body != html.normal(body) or not enclosing.are(letter, photos, by=by)
    )


def _another_key(key: str) -> str:
    return f"{key[:48]}-{clock.now():%H%M%S%f}"


def _set_aside(letter: Letter, *, by: Actor) -> None:
    """Keep the words of a draft under another key, for the letter with this key will say something else."""
    answered = session().get(Letter, letter.in_reply_to_id) if letter.in_reply_to_id else None
    aside = _begin(letter.pair, _another_key(letter.key), answered, by=by)
    _fill(aside, letter.body, letter.envelope, stationery_of(letter))
    enclosing.copy(letter, aside, by=by)
    aside.saved_at = letter.saved_at
    aside.revision = 1


def _fill(letter: Letter, body: str, envelope: Envelope, stationery: Stationery) -> None:
    letter.body = html.normal(body)
    letter.body_html = html.plain(letter.body)
    letter.folded = search.folded(letter.body)
    letter.direction = html.direction(letter.body)
    letter.sanitiser = html.VERSION
    letter.envelope = envelope
    letter.paper, letter.hand = stationery.paper, stationery.hand
    letter.lunar = stationery.lunar
    letter.saved_at = clock.now()
