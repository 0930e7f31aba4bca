"""Verbs of a note: write one at a place, answer one, mend what the partner has not come to, look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.reading import guarding, queries, services, shown, steps
from penpal.reading.events import News
from penpal.reading.models import SharedBook
from penpal.reading.note_models import (
    NOTE_MAX,
    QUOTE_MAX,
    Envelope,
    NoteKind,
    NoteLook,
    ReadingNote,
)
from penpal.safeguarding import held
from penpal.screening.findings import Context

KIND = "reading_note"
MOST = 500
"""Notes of one person in one book."""


@dataclass(frozen=True)
class Written:
    """A note as it came from a form; ``photos`` is None where the form said nothing of them."""

    kind: NoteKind = NoteKind.THOUGHT
    chapter: int | None = None
    page: int | None = None
    pages: int | None = None
    quote: str = ""
    body: str = ""
    envelope: Envelope = Envelope.SEALED
    photos: Sequence[Chosen] | None = None


@dataclass(frozen=True)
class Noted:
    note: ReadingNote
    worries: bool


def write(
    book: SharedBook,
    written: Written,
    *,
    key: str,
    answers: ReadingNote | None = None,
    question_id: int | None = None,
    released_by: Actor | None = None,
    by: Actor,
) -> Noted:
    """Leave a note at a place. Its reader sees it when they come there (see ``shown``).

    The same key gives the same note. ``answers`` is one that lies before its author; the answer stands
    at the same place or a later one. ``released_by`` lets go what its author asked for: the guard has been
    heard, and it goes open. Raises ``Invalid``, ``Objected``, ``Paused``, or ``Conflict`` where the key
    was used for other words.
    """
    services.check_key(key)
    access.authorize(by, Permission.Note.WRITE, book)
    quote, body = html.normal(written.quote).strip(), html.normal(written.body).strip()
    worries = False
    if released_by is None:
        worries = _look(written.kind, quote, body, queries.words_before(by, key=key))
    with transaction() as current:
        services.hold_pair(book.pair)
        access.authorize(by, Permission.Note.WRITE, book)
        known = known_as(key, book, quote, body, by=by)
        if known is not None:
            return Noted(known, worries)
        if not book.is_read:
            raise IllegalMove
        leave_room(book, by)
        if released_by is None:
            held.take_out(KIND, key, by=by)
        note = ReadingNote(key=key, book=book, author_id=by.person_id, kind=written.kind)
        if answers is not None and answers.book_id == book.id:
            # One level deep: whoever answers an answer goes on about the same note.
            note.answers_id = answers.answers_id or answers.id
        if question_id in {question.id for question in queries.questions_for(book)}:
            note.question_id = question_id
        _put(note, written, quote, body, at_least=answers.place if answers else 0)
        if released_by is not None:
            note.envelope = Envelope.OPEN
        current.add(note)
        current.flush()
        trail.write(note, "write note", by=by)
        services.tell_partner(book, News.NOTED, by=by)
        worries = _settle(note, written, worries, by, look=released_by is None)
    return Noted(note, worries)


def known_as(key: str, book: SharedBook, quote: str, body: str, *, by: Actor) -> ReadingNote | None:
    """The note that came of this key already. Raises ``Conflict`` where that says something else."""
    known = queries.note_of_key(by.person_id, key)
    if known is None:
        return None
    if (known.quote, known.body) != (quote, body) or known.book_id != book.id:
        raise Conflict(_l("这一条已经记下了。你刚才写的还在下面，可以另记一条。"))
    return known


def edit(note: ReadingNote, written: Written, *, by: Actor) -> Noted:
    """Change a note of one's own, its place too, while the partner has not come to it."""
    access.authorize(by, Permission.Note.EDIT, note)
    quote, body = html.normal(written.quote).strip(), html.normal(written.body).strip()
    worries = _look(note.kind, quote, body, queries.words_before(by, key=note.key))
    with transaction() as current:
        services.hold_pair(note.book.pair)
        access.authorize(by, Permission.Note.EDIT, note)
        answered = current.get(ReadingNote, note.answers_id) if note.answers_id else None
        _put(note, written, quote, body, at_least=answered.place if answered else 0)
        note.edited_at = clock.now()
        current.flush()
        _keep_answers_behind(note)
        trail.write(note, "edit note", by=by)
        worries = _settle(note, written, worries, by)
    return Noted(note, worries)


def remove(note: ReadingNote, *, by: Actor) -> None:
    """Throw a note of one's own away that the partner has not come to."""
    with transaction() as current:
        services.hold_pair(note.book.pair)
        access.authorize(by, Permission.Note.EDIT, note)
        photos.attach("reading_note", note.id, (), by=by)
        trail.write(note, "remove note", by=by)
        current.delete(note)


def look(note: ReadingNote, *, by: Actor) -> None:
    """Choose to read a note before one has come to its place; from then on it stays in sight."""
    with transaction() as current:
        # Its author may be changing it this moment; pressed twice at once, the second waits.
        lock(note.book.pair)
        access.authorize(by, Permission.Note.LOOK, note)
        if shown.is_before(note, by.person_id or 0):
            return
        current.add(NoteLook(note_id=note.id, reader_id=by.person_id, chosen=True))
        trail.write(note, "look ahead", by=by)


def read_along(note: ReadingNote, *, by: Actor) -> None:
    """A teacher reads what its author left open; the first time stands on the trail."""
    access.authorize(by, Permission.Note.READ, note)
    if not trail.is_told(note, "read note along", by=by, since=note.written_at):
        with transaction():
            trail.write(note, "read note along", by=by)


def put_away(note: ReadingNote, *, by: Actor) -> None:
    """A teacher has read it along and wants to be reminded of it no more."""
    access.authorize(by, Permission.Note.READ, note)
    with transaction():
        trail.write(note, "put note away", by=by)


def _look(kind: NoteKind, quote: str, body: str, before: str) -> bool:
    return guarding.look(
        {"quote": (quote, Context.LETTER), "body": (body, Context.LETTER)},
        problems_of(kind, quote, body),
        before=before,
    )


def problems_of(kind: NoteKind, quote: str, body: str) -> dict[str, object]:
    """What is missing or too long, by field, whatever stands in it."""
    problems: dict[str, object] = {}
    if kind is NoteKind.QUOTE and not quote:
        problems["quote"] = _l("把书里的那句话抄在这里。")
    if kind is NoteKind.THOUGHT and not body:
        problems["body"] = _l("写一句，一句就行。")
    if len(quote) > QUOTE_MAX:
        problems["quote"] = _l("摘抄最多 300 个字，抄最打动你的那句。")
    if len(body) > NOTE_MAX:
        problems["body"] = _l("最多 2000 个字，再长就写成读书心得。")
    return problems


def leave_room(book: SharedBook, by: Actor) -> None:
    count = session().scalar(
        sa.select(sa.func.count()).where(
            ReadingNote.book_id == book.id, ReadingNote.author_id == by.person_id
        )
    )
    if (count or 0) >= MOST:
        raise Invalid(_l("这本书你已经记了五百条。先去掉几条还没到的，再记。"))


def _put(note: ReadingNote, written: Written, quote: str, body: str, *, at_least: int) -> None:
    book = note.book
    copy = queries.copies_of(book)[note.author_id]
    if written.chapter is None and written.page is None and note.answers_id is not None:
        place = at_least
    else:
        place = steps.place_of(
            book, copy, chapter=written.chapter, page=written.page, pages=written.pages
        )
    note.place, note.page = max(place, at_least), written.page
    note.quote, note.body, note.body_html = quote, body, str(html.plain(body))
    note.direction, note.sanitiser = html.direction(body or quote), html.VERSION
    note.envelope = written.envelope


def _keep_answers_behind(note: ReadingNote) -> None:
    """One's own answers to a note that moved on move on with it."""
    session().execute(
        sa.update(ReadingNote)
        .where(ReadingNote.answers_id == note.id, ReadingNote.place < note.place)
        .values(place=note.place)
    )


def _settle(
    note: ReadingNote, written: Written, worries: bool, by: Actor, *, look: bool = True
) -> bool:
    """Tie its photos to a note and tell of a worry. Gives whether help is to be shown."""
    if worries:
        guarding.worry(note.author_id, "reading_note", note.id)
    if written.photos is None:
        return worries
    return photos.attach("reading_note", note.id, written.photos, by=by, look=look) or worries
