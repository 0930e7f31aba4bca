"""The books that a teacher sets out for a class, and the questions they leave at a chapter."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html
from penpal.kernel.db import Model
from penpal.places.models import Unit

LIST_MAX, QUESTIONS_MAX, QUESTION_MAX = 60, 60, 200


class ClassBook(Model):
    """One book of a class's list; taken off it stays, for pairs may be reading it."""

    __tablename__ = "class_book"
    __table_args__ = (
        sa.Index("ix_class_book_class", "class_id", "id"),
        sa.CheckConstraint("title <> ''", name="has_a_title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(sa.String(60))
    folded: Mapped[str] = mapped_column(sa.String(60))
    author: Mapped[str] = mapped_column(sa.String(60), default="")
    isbn: Mapped[str] = mapped_column(sa.String(13), default="")
    why: Mapped[str] = mapped_column(sa.Text, default="")
    why_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]

    class_: Mapped[Unit] = relationship()
    added_by: Mapped[Person] = relationship()


class BookQuestion(Model):
    """老师留的一问: a question at a chapter of a listed book; whoever comes there may answer it."""

    __tablename__ = "book_question"
    __table_args__ = (
        sa.Index("ix_book_question_book", "class_book_id", "chapter"),
        sa.CheckConstraint("chapter > 0", name="chapter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_book_id: Mapped[int] = mapped_column(sa.ForeignKey("class_book.id"))
    chapter: Mapped[int]
    words: Mapped[str] = mapped_column(sa.String(QUESTION_MAX))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]

    class_book: Mapped[ClassBook] = relationship()
