"""Verbs of the desk: take a piece in hand, write a version, ask its author, take it, turn it down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.publishing.editing import drafting, noticing, queries
from penpal.publishing.editing.models import NOTE_MAX, DeskPlace, PieceVersion, Verdict
from penpal.publishing.editing.typed import Typed as Typed
from penpal.publishing.pieces import leaving
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.models import STANDFIRST_MAX, TITLE_MAX, Submission
from penpal.publishing.pieces.states import (
    CALL_BACK,
    OFFER,
    TAKE_AS_IT_IS,
    TAKE_DOWN,
    TURN_DOWN,
)
from penpal.publishing.pieces.states import SubmissionState as S

IN_HAND = timedelta(minutes=10)
BODY_MAX = 20_000
WRITTEN_ON = (S.WITH_EDITOR, S.PUBLISHED)
"""A piece on the desk, or one that is printed and gets a correction."""


def take_in_hand(submission: Submission, *, by: Actor) -> None:
    """Nobody else writes on it for ten minutes from the last save. Raises ``IllegalMove`` where somebody else does."""
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission):
        _insist_on_writable(submission)
        _take(submission, by)


def give_up(submission: Submission, *, by: Actor) -> None:
    """Let the next editor write, before the ten minutes are over."""
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission) as current:
        current.execute(
            sa.delete(DeskPlace).where(
                DeskPlace.submission_id == submission.id, DeskPlace.editor_id == by.person_id
            )
        )


def save(submission: Submission, typed: Typed, *, by: Actor) -> PieceVersion:
    """Keep what an editor wrote as the draft, the first time as a new version.

    Raises ``Conflict`` when it was saved elsewhere since the page was drawn, and ``IllegalMove`` while
    somebody else has it in hand: in both cases nothing is overwritten.
    """
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission) as current:
        _insist_on_writable(submission)
        _take(submission, by)
        draft = queries.draft_of(submission)
        words = _checked(submission, typed)
        if (draft.saved if draft else 0) != typed.saved:
            if draft is not None and drafting.says_the_same(draft, words):
                return draft
            raise Conflict(_l("这一篇在别处刚存过。两边的字都还在，对着合一合，再存一次。"))
        if draft is None:
            draft = drafting.begin(submission, words, by=by)
            trail.write(submission, "begin version", by=by, reason=str(draft.number))
        else:
            drafting.write(draft, words)
        draft.corrects = words.corrects
        draft.saved_at = clock.now()
        draft.saved = typed.saved + 1
        current.flush()
        return draft


def offer(submission: Submission, *, by: Actor) -> PieceVersion:
    """Ask each author about each change to their words; the version never changes again.

    What they agreed to before is not asked again; where nothing new is left to ask, it is taken.
    Raises ``Invalid`` where nothing was changed.
    """
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission) as current:
        _insist_on_writable(submission)
        _insist_on_free(submission, by)
        draft = queries.draft_of(submission)
        if draft is None:
            raise Invalid(_l("还没有改动可以给作者看。要是不用改，点“照这样用”。"))
        found = drafting.note_changes(submission, draft)
        if not found:
            raise Invalid(_l("还没有改动可以给作者看。要是不用改，点“照这样用”。"))
        if submission.state is S.PUBLISHED and not draft.corrects:
            raise Invalid(fields={"corrects": _l("写一句更正了什么。它会印在作品下面。")})
        draft.offered_at = clock.now()
        _lay_down(submission)
        if all(change.verdict is Verdict.ACCEPTED for change in found):
            _accept(submission, draft, by)
        elif submission.state is S.WITH_EDITOR:
            _fire(OFFER, submission, by)
            noticing.asked(submission, draft)
        else:
            trail.write(submission, "offer correction", by=by, reason=draft.corrects)
            noticing.asked(submission, draft)
        current.flush()
        return draft


def take(submission: Submission, *, by: Actor) -> PieceVersion:
    """Take it as it stands: the frozen copy, or one all of whose changes have their author's yes.

    Raises ``Invalid`` while there is a change that nobody has agreed to.
    """
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission) as current:
        if submission.state is not S.WITH_EDITOR:
            raise IllegalMove
        _insist_on_free(submission, by)
        version = drafting.as_it_stands(submission, by=by)
        if version.number:
            version.offered_at = version.offered_at or clock.now()
        _lay_down(submission)
        _accept(submission, version, by)
        current.flush()
        return version


def call_back(submission: Submission, *, by: Actor) -> None:
    """Take it back onto the desk, from its author or from what is ready to be printed.

    What an author had chosen and not sent off yet is nothing that they said.
    """
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission):
        waiting = queries.offered_of(submission)
        if waiting is not None:
            drafting.take_question_back(waiting)
        if submission.state is S.PUBLISHED and waiting is not None:
            trail.write(submission, "call back correction", by=by)
        else:
            _fire(CALL_BACK, submission, by, version_id=None)


def turn_down(submission: Submission, reason: str, *, by: Actor) -> None:
    """Not for the column; the author reads why. It leaves every plan in the same breath."""
    access.authorize(by, Permission.Submission.EDIT, submission)
    with _held(submission):
        _insist_on_free(submission, by)
        _fire(TURN_DOWN, submission, by, reason=_reason(reason), ended_at=clock.now())
        _lay_down(submission)
        leaving.tell(submission, Gone.PIECE, by=by)
        noticing.turned_down(submission)


def take_down(submission: Submission, reason: str, *, by: Actor) -> None:
    """Take what is printed off the public pages, at once and for good."""
    access.authorize(by, Permission.Submission.TAKE_DOWN, submission)
    with _held(submission):
        _fire(TAKE_DOWN, submission, by, reason=_reason(reason), ended_at=clock.now())
        _lay_down(submission)
        leaving.tell(submission, Gone.PIECE, by=by)
        noticing.taken_down(submission)


@contextmanager
def _held(submission: Submission) -> Iterator[Session]:
    """One at a time; what was judged before is read anew."""
    with transaction() as current:
        lock(submission)
        current.refresh(submission)
        yield current


def _insist_on_writable(submission: Submission) -> None:
    if submission.state not in WRITTEN_ON or queries.offered_of(submission) is not None:
        raise IllegalMove(_l("这一篇现在不在编辑手里。先拿回来，再改。"))


def _insist_on_free(submission: Submission, by: Actor) -> None:
    place = queries.place_of(submission)
    if place is not None and place.editor_id != by.person_id:
        raise IllegalMove(
            _l(
                "%(name)s正在改这一篇。等对方放下，或者十分钟没有存，你就可以接着改。",
                name=place.editor.display_name,
            )
        )


def _take(submission: Submission, by: Actor) -> None:
    assert by.person_id is not None
    _insist_on_free(submission, by)
    now = clock.now()
    place = session().get(DeskPlace, submission.id)
    if place is None:
        session().add(
            DeskPlace(submission_id=submission.id, editor_id=by.person_id, until=now + IN_HAND)
        )
        return
    if place.editor_id != by.person_id or place.until <= now:
        place.editor_id, place.since = by.person_id, now
    place.until = now + IN_HAND


def _lay_down(submission: Submission) -> None:
    session().execute(sa.delete(DeskPlace).where(DeskPlace.submission_id == submission.id))


def _accept(submission: Submission, version: PieceVersion, by: Actor) -> None:
    drafting.close(version)
    if submission.state is S.WITH_EDITOR:
        _fire(TAKE_AS_IT_IS, submission, by, version_id=version.id)
    else:
        drafting.print_instead(submission, version, by=by)


def _checked(submission: Submission, typed: Typed) -> drafting.Words:
    """The words as they are kept. Raises ``Invalid`` for each field."""
    title, standfirst = html.line(typed.title), html.line(typed.standfirst)
    corrects = html.line(typed.corrects)
    problems: dict[str, object] = {}
    if not title:
        problems["title"] = _l("标题不能空着。")
    for name, words, most in (
        ("title", title, TITLE_MAX),
        ("standfirst", standfirst, STANDFIRST_MAX),
        ("corrects", corrects, NOTE_MAX),
    ):
        if len(words) > most:
            problems[name] = _l("最多 %(number)s 个字。", number=most)
    bodies: dict[int, str] = {}
    for part in submission.current_parts():
        if part.frozen_at is None:
            continue
        body = drafting.trimmed(typed.bodies.get(part.id, part.body), part.body)
        bodies[part.id] = body
        if part.body and not body.strip():
            problems[f"body-{part.id}"] = _l("正文不能整篇删空。")
        if len(body) > max(BODY_MAX, len(part.body)):
            problems[f"body-{part.id}"] = _l("最多 %(number)s 个字。", number=BODY_MAX)
    if problems:
        raise Invalid(fields=problems)
    return drafting.Words(title, standfirst, bodies, corrects)


def _reason(typed: str) -> str:
    reason = html.line(typed)
    if not reason:
        raise Invalid(fields={"words": _l("写一句为什么。作者会看到。")})
    if len(reason) > NOTE_MAX:
        raise Invalid(fields={"words": _l("最多 %(number)s 个字。", number=NOTE_MAX)})
    return reason


def _fire(
    step: machine.Move, submission: Submission, by: Actor, *, reason: str = "", **also: object
) -> None:
    machine.fire(step, submission, by=by, reason=reason, moved_at=clock.now(), **also)
    announce(session(), SubmissionMoved(submission.id, submission.state.value))
