"""A book that two read together, each one's own copy of it, the log, and parcels."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.reading.class_models import ClassBook
from penpal.reading.states import BOOK_MOVES, BookState
from penpal.twinning.models import Pair

TITLE_MAX, AUTHOR_MAX, EDITION_MAX, WHY_MAX = 60, 60, 60, 500
CHAPTERS_MAX, CHAPTER_MAX, PAGES_MAX = 200, 40, 5000


class SharedBook(Model):
    """``chapters`` are titles, '' where only their number is known; none at all where pages count.

    ``key`` is made by the proposer's page: asking twice finds the same proposal. ``holder_id`` says
    with one travelling copy whose turn it is; ``one_copy`` that there is only one. ``folded`` is what
    books are told apart by in a class. ``version`` counts what was said of it: one agrees to one version.
    """

    __tablename__ = "shared_book"
    __table_args__ = (
        sa.UniqueConstraint("pair_id", "key"),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)", name="finished_when"
        ),
        sa.CheckConstraint("holder_id IS NULL OR one_copy", name="turns_of_one_copy"),
        sa.Index("ix_shared_book_pair", "pair_id", "state"),
        sa.Index("ix_shared_book_folded", "folded"),
    )
    moves = BOOK_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    class_book_id: Mapped[int | None] = mapped_column(sa.ForeignKey("class_book.id"))
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    folded: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    author: Mapped[str] = mapped_column(sa.String(AUTHOR_MAX), default="")
    isbn: Mapped[str] = mapped_column(sa.String(13), default="")
    edition: Mapped[str] = mapped_column(sa.String(EDITION_MAX), default="")
    chapters: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    goal_on: Mapped[date | None]
    why: Mapped[str] = mapped_column(sa.Text, default="")
    why_html: Mapped[str] = mapped_column(sa.Text, default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    one_copy: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    holder_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    state: Mapped[BookState] = mapped_column(
        one_of(BookState, "book_state"), default=BookState.PROPOSED
    )
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    class_book: Mapped[ClassBook | None] = relationship()

    @property
    def counts_chapters(self) -> bool:
        return bool(self.chapters)

    @property
    def is_read(self) -> bool:
        """Whether both said yes to it: from then on notes can be written."""
        return self.state in (BookState.READING, BookState.FINISHED)


class ReadingCopy(Model):
    """How far one of the two is, by their own edition.

    ``place`` can be compared between the two whatever their editions (see ``positions``); ``page`` is
    what was typed. ``told_at`` says since when its reader would tell others of the book.
    """

    __tablename__ = "reading_copy"
    __table_args__ = (
        sa.UniqueConstraint("book_id", "reader_id"),
        sa.CheckConstraint("place >= 0", name="place"),
        sa.CheckConstraint(f"pages IS NULL OR pages BETWEEN 1 AND {PAGES_MAX}", name="pages"),
        sa.Index("ix_reading_copy_reader", "reader_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("shared_book.id"))
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    pages: Mapped[int | None]
    place: Mapped[int] = mapped_column(default=0)
    page: Mapped[int | None]
    logged_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    book: Mapped[SharedBook] = relationship()


class ReadingStep(Model):
    """One line of the reading log. ``key`` is made on the device: bringing it twice changes nothing.

    ``logged_at`` is when its reader said it, be it to a device without a line.
    """

    __tablename__ = "reading_step"
    __table_args__ = (
        sa.UniqueConstraint("reader_id", "key"),
        sa.Index("ix_reading_step_book", "book_id", "reader_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("shared_book.id"))
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    place: Mapped[int]
    page: Mapped[int | None]
    read_on: Mapped[date] = mapped_column(default=clock.today)
    logged_at: Mapped[datetime] = mapped_column(default=clock.now)


class Parcel(Model):
    """A book on its way from one of the two to the other; either side says that it came."""

    __tablename__ = "parcel"
    __table_args__ = (
        sa.CheckConstraint(
            "(arrived_on IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"
        ),
        sa.CheckConstraint("arrived_on IS NULL OR arrived_on >= sent_on", name="in_order"),
        sa.Index(
            "uq_parcel_under_way",
            "book_id",
            unique=True,
            sqlite_where=sa.text("arrived_on IS NULL"),
            postgresql_where=sa.text("arrived_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("shared_book.id"))
    sent_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    sent_on: Mapped[date]
    told_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    arrived_on: Mapped[date | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    book: Mapped[SharedBook] = relationship()


machine.guard(SharedBook)
