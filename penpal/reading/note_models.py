"""Notes at a place in a book, who looked at them ahead of their place, and reflections."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.reading.class_models import BookQuestion
from penpal.reading.models import SharedBook
from penpal.reading.states import REFLECTION_MOVES, ReflectionState

QUOTE_MAX, NOTE_MAX, REFLECTION_MAX = 300, 2000, 10_000


class NoteKind(StrEnum):
    MARK = "mark"
    QUOTE = "quote"
    THOUGHT = "thought"


class Envelope(StrEnum):
    """Who reads: only the two, or a teacher of its author's along with them, by its author's choice."""

    SEALED = "sealed"
    OPEN = "open"


class ReadingNote(Model):
    """A mark, a quotation or a thought at a place, and answers to one.

    Its reader sees it from ``place`` on (see ``shown``). ``page`` is that of its author's edition. An
    answer stands at the place of what it answers, or later.
    """

    __tablename__ = "reading_note"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.CheckConstraint("place >= 0", name="place"),
        sa.CheckConstraint(f"length(body) <= {NOTE_MAX}", name="length"),
        sa.CheckConstraint("kind <> 'quote' OR quote <> ''", name="quotes_something"),
        sa.CheckConstraint("kind <> 'thought' OR body <> ''", name="says_something"),
        sa.Index("ix_reading_note_book", "book_id", "place", "id"),
        sa.Index("ix_reading_note_author", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("shared_book.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    answers_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("reading_note.id", ondelete="SET NULL")
    )
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("book_question.id"))
    kind: Mapped[NoteKind] = mapped_column(one_of(NoteKind, "note_kind"))
    envelope: Mapped[Envelope] = mapped_column(
        one_of(Envelope, "note_envelope"), default=Envelope.SEALED
    )
    place: Mapped[int]
    page: Mapped[int | None]
    quote: Mapped[str] = mapped_column(sa.Text, default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]

    book: Mapped[SharedBook] = relationship()
    author: Mapped[Person] = relationship()
    question: Mapped[BookQuestion | None] = relationship()

    @property
    def is_sealed(self) -> bool:
        return self.envelope is Envelope.SEALED


class NoteLook(Model):
    """A reader has this note before them for good, wherever they are in the book.

    ``chosen``: they wanted to look ahead. Otherwise they had come to its place and went back since.
    """

    __tablename__ = "note_look"
    __table_args__ = (sa.UniqueConstraint("note_id", "reader_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(sa.ForeignKey("reading_note.id", ondelete="CASCADE"))
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    chosen: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Reflection(Model):
    """What a book leaves with one of its two readers (读书心得), one for each.

    The partner reads it once both have finished theirs, or from ``shared_at`` on.
    """

    __tablename__ = "reflection"
    __table_args__ = (
        sa.UniqueConstraint("book_id", "author_id"),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)", name="finished_when"
        ),
        sa.CheckConstraint("shared_at IS NULL OR state = 'finished'", name="shared_when_finished"),
        sa.CheckConstraint(f"length(body) <= {REFLECTION_MAX}", name="length"),
        sa.Index("ix_reflection_author", "author_id"),
    )
    moves = REFLECTION_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("shared_book.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    envelope: Mapped[Envelope] = mapped_column(
        one_of(Envelope, "reflection_envelope"), default=Envelope.SEALED
    )
    body: Mapped[str] = mapped_column(sa.Text, default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    state: Mapped[ReflectionState] = mapped_column(
        one_of(ReflectionState, "reflection_state"), default=ReflectionState.DRAFT
    )
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]

    book: Mapped[SharedBook] = relationship()
    author: Mapped[Person] = relationship()

    @property
    def is_sealed(self) -> bool:
        return self.envelope is Envelope.SEALED

    @property
    def is_draft(self) -> bool:
        return self.state is ReflectionState.DRAFT


machine.guard(Reflection)
