"""What shared books tell the floors below: how to point at a thing of theirs, and what is news."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.media import register as photos
from penpal.reading import (
    note_asking,
    notes,
    noticing,
    queries,
    reading_along,
    reflections,
    together,
    wording,
)
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote, Reflection
from penpal.safeguarding import along, held, held_queries, items


def _name(person_id: int) -> str:
    return session().get_one(Person, person_id).name_for_partners


def _book_label(book: SharedBook) -> str:
    return _("%(name)s提的%(title)s", name=_name(book.proposed_by_id), title=wording.title(book))


def _note_label(note: ReadingNote) -> str:
    return _(
        "%(name)s在%(title)s里写的一条", name=_name(note.author_id), title=wording.title(note.book)
    )


def _reflection_label(one: Reflection) -> str:
    return _("%(name)s读%(title)s的心得", name=_name(one.author_id), title=wording.title(one.book))


def _seen(model: type[Any], number: int, actor: Actor) -> Any:
    return session().scalar(access.visible(model, actor).where(model.id == number))


def _describe_book(number: int, actor: Actor) -> str | None:
    book = _seen(SharedBook, number, actor)
    return _book_label(book) if book else None


def _describe_note(number: int, actor: Actor) -> str | None:
    """None for a note that does not lie before the actor: nobody points at what they may not read yet."""
    note = _seen(ReadingNote, number, actor)
    return _note_label(note) if note else None


def _describe_reflection(number: int, actor: Actor) -> str | None:
    one = _seen(Reflection, number, actor)
    return _reflection_label(one) if one else None


def _parties(book: SharedBook) -> tuple[int, int]:
    return book.pair.supported_student_id, book.pair.supporting_student_id


def _read_book(number: int) -> items.Content | None:
    book = session().get(SharedBook, number)
    if book is None:
        return None
    text = "\n".join(
        part for part in (book.title, book.author, book.edition, *book.chapters, book.why) if part
    )
    return items.Content(
        kind="shared_book",
        id=book.id,
        title=_book_label(book),
        author_id=book.proposed_by_id,
        parties=_parties(book),
        text=text,
        html=str(html.plain(text)),
        direction=html.direction(book.title),
        at=book.proposed_at,
        context={"pair": book.pair_id, "isbn": book.isbn, "state": book.state.value},
    )


def _read_note(number: int) -> items.Content | None:
    note = session().get(ReadingNote, number)
    if note is None:
        return None
    text = "\n\n".join(part for part in (note.quote, note.body) if part)
    return items.Content(
        kind="reading_note",
        id=note.id,
        title=_note_label(note),
        author_id=note.author_id,
        parties=_parties(note.book),
        text=text,
        html=str(html.plain(text)),
        direction=note.direction,
        at=note.edited_at or note.written_at,
        is_sealed=note.is_sealed,
        context={
            "pair": note.book.pair_id,
            "book": note.book_id,
            "note_kind": note.kind.value,
            "place": note.place,
            "page": note.page,
            "answers": note.answers_id,
        },
    )


def _read_reflection(number: int) -> items.Content | None:
    one = session().get(Reflection, number)
    if one is None:
        return None
    return items.Content(
        kind="reflection",
        id=one.id,
        title=_reflection_label(one),
        author_id=one.author_id,
        parties=_parties(one.book),
        text=one.body,
        html=one.body_html,
        direction=one.direction,
        # Nobody opens a draft, and what was sent back is one still.
        at=one.finished_at,
        is_sealed=one.is_sealed,
        context={"pair": one.book.pair_id, "book": one.book_id, "state": one.state.value},
    )


def _release_reflection(number: int, by: Actor) -> None:
    reflections.release(session().get_one(Reflection, number), by=by)


def _send_back(_number: int, _by: Actor) -> None:
    """It never left its author's drafts."""


def _mend_reflection(number: int) -> str:
    return url_for("reflections.page", book_id=session().get_one(Reflection, number).book_id)


def register() -> None:
    noticing.register()
    items.register("shared_book", items.Handler(_describe_book, _read_book))
    items.register("reading_note", items.Handler(_describe_note, _read_note))
    items.register(
        "reflection",
        items.Handler(
            _describe_reflection,
            _read_reflection,
            _release_reflection,
            _send_back,
            _mend_reflection,
            icon="feather",
        ),
    )
    held.register(notes.KIND, note_asking.ROOM)
    along.register(reading_along.NOTES)
    along.register(reading_along.REFLECTIONS)
    together.register()
    photos.visible("shared_book", _books_before)
    photos.visible("reading_note", _notes_before)
    photos.visible("reflection", _reflections_before)
    photos.visible("reflection", _reflections_asked_for)


def _books_before(actor: Actor) -> sa.Select[int]:
    return queries.visible_to(actor).with_only_columns(SharedBook.id)


def _notes_before(actor: Actor) -> sa.Select[int]:
    return queries.notes_visible_to(actor).with_only_columns(ReadingNote.id)


def _reflections_asked_for(actor: Actor) -> sa.Select[int]:
    return held_queries.asked_for("reflection", actor)


def _reflections_before(actor: Actor) -> sa.Select[int]:
    return queries.reflections_visible_to(actor).with_only_columns(Reflection.id)
