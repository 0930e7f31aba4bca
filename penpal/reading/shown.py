"""The one rule of what is held back: a note is not before its reader until they come to its place.

Pages, the timeline, counts, reports and evidence all ask here. A reader has a note before them when
they wrote it, when they are at its place or past it, or when a row says so for good: they chose to
look, or they had been at its place and went back. Likewise for reflections: a finished one is shown
once both are finished, or from the day on which its author shared it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from penpal.kernel.db import session
from penpal.reading.models import ReadingCopy
from penpal.reading.note_models import NoteLook, ReadingNote, Reflection
from penpal.reading.states import ReflectionState


def note_to(reader_id: Any, note: Any = ReadingNote) -> sa.ColumnElement[bool]:
    """SQL for: this note lies before this reader. Who belongs to the book is asked elsewhere.

    ``note`` is the model, or the columns of its table.
    """
    # Names of their own: a statement around this may speak of copies itself.
    copy, look = _table(ReadingCopy), _table(NoteLook)
    is_there = sa.exists().where(
        copy.book_id == note.book_id, copy.reader_id == reader_id, copy.place >= note.place
    )
    has_looked = sa.exists().where(look.note_id == note.id, look.reader_id == reader_id)
    return sa.or_(note.author_id == reader_id, is_there, has_looked)


def reflection_to(reader_id: Any, reflection: Any = Reflection) -> sa.ColumnElement[bool]:
    """SQL for: this reflection lies before this reader."""
    own = _table(Reflection)
    finished: Any = sa.literal_column(f"'{ReflectionState.FINISHED.value}'")
    both_finished = sa.exists().where(
        own.book_id == reflection.book_id, own.author_id == reader_id, own.state == finished
    )
    return sa.or_(
        reflection.author_id == reader_id,
        sa.and_(
            reflection.state == finished,
            sa.or_(reflection.shared_at.is_not(None), both_finished),
        ),
    )


def is_before(note: ReadingNote, reader_id: int) -> bool:
    """Whether a note lies before this reader at this moment."""
    statement = sa.select(note_to(reader_id)).where(ReadingNote.id == note.id)
    return bool(session().scalar(statement))


def is_reflection_before(reflection: Reflection, reader_id: int) -> bool:
    """The same for a reflection."""
    statement = sa.select(reflection_to(reader_id)).where(Reflection.id == reflection.id)
    return bool(session().scalar(statement))


def _table(model: type[Any]) -> Any:
    return sa.inspect(model).local_table.alias().c
