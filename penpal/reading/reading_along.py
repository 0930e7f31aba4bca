"""Notes and reflections that their authors left open, as their teacher reads them along."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from penpal.permissions import Permission
from penpal.reading import notes, queries, reflections, wording
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote, Reflection
from penpal.safeguarding.along import Kind


def _note_title(name: str, book: str) -> str:
    return _("%(name)s在《%(title)s》里写的一条", name=name, title=book)


def _reflection_title(name: str, book: str) -> str:
    return _("%(name)s读《%(title)s》的心得", name=name, title=book)


def _of_note(note: ReadingNote) -> Mapping[str, object]:
    return {"written": note, "where": wording.place(note.book, note.place, note.page)}


def _of_reflection(one: Reflection) -> Mapping[str, object]:
    return {"written": one, "where": _("读书心得")}


def _book_title(written: ReadingNote | Reflection) -> str:
    return written.book.title


NOTES = Kind(
    name=notes.KIND,
    model=ReadingNote,
    permission=Permission.Note.READ,
    open=queries.notes_visible_to,
    at=ReadingNote.written_at,
    about=SharedBook.title,
    belongs=ReadingNote.book_id,
    title=_note_title,
    about_of=_book_title,
    template="reading/_along.html",
    data=_of_note,
    read=notes.read_along,
    reading="read note along",
    put_away=notes.put_away,
    away="put note away",
    icon="feather",
)
REFLECTIONS = Kind(
    name=reflections.KIND,
    model=Reflection,
    permission=Permission.Reflection.READ,
    open=queries.reflections_visible_to,
    at=Reflection.finished_at,
    about=SharedBook.title,
    belongs=Reflection.book_id,
    title=_reflection_title,
    about_of=_book_title,
    template="reading/_along.html",
    data=_of_reflection,
    read=reflections.read_along,
    reading="read reflection along",
    put_away=reflections.put_away,
    away="put reflection away",
    icon="feather",
)
