"""A letter, from its first words to the day it was opened."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.letters.states import MOVES, LetterState
from penpal.twinning.models import Pair

LONGEST = 20_000
"""Characters of a letter."""


class Envelope(StrEnum):
    """Who may read: only the partner (密封), or a named teacher along with them (明信片)."""

    SEALED = "sealed"
    OPEN = "open"


class Paper(StrEnum):
    """What the words stand on; the same words at the same places on each but the grid."""

    GREEN = "green"
    RED = "red"
    GRID = "grid"
    PLAIN = "plain"


class Hand(StrEnum):
    """The type that stands for the writer's hand: brush-like Kaiti, or printed Songti."""

    KAI = "kai"
    SONG = "song"


class Letter(Model):
    """``key`` is made by the writer's page and names the letter there: sending twice finds it again.

    ``number`` counts the author's letters in the pair (壹, 贰 …), ``sequence`` all letters of the
    pair in the order of delivery; both are given when it is delivered. ``revision`` counts the saves
    of a draft, so that a save from an older page never overwrites a newer one.

    A letter that was sent in the quiet hours of its recipient's school has ``posted_at``, and until the
    morning ``deliver_at``. One that its author took back meanwhile is a draft again, and the revision
    from which on it may be sent says so: a page from before does not send it again.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.UniqueConstraint("pair_id", "author_id", "number"),
        sa.UniqueConstraint("pair_id", "sequence"),
        sa.CheckConstraint("author_id <> recipient_id", name="two_people"),
        sa.CheckConstraint(
            "(state IN ('draft', 'posted')) = (delivered_at IS NULL) AND "
            "(delivered_at IS NULL) = (number IS NULL) AND (delivered_at IS NULL) = (sequence IS NULL)",
            name="numbered_when_delivered",
        ),
        sa.CheckConstraint(
            "(state = 'posted') = (deliver_at IS NOT NULL) AND "
            "(state <> 'posted' OR posted_at IS NOT NULL)",
            name="posted_until",
        ),
        sa.CheckConstraint(f"length(body) <= {LONGEST}", name="length"),
        # What the mailbox counts and lists, without touching the long texts beside it.
        sa.Index("ix_letter_box", "pair_id", "sequence", "author_id", "state", "delivered_at"),
        # The newest of a pair, as the timeline asks for them.
        sa.Index("ix_letter_time", "pair_id", "delivered_at"),
        sa.Index(
            "ix_letter_unopened",
            "recipient_id",
            sqlite_where=sa.text("state = 'delivered'"),
            postgresql_where=sa.text("state = 'delivered'"),
        ),
        sa.Index(
            "ix_letter_draft",
            "author_id",
            "pair_id",
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.Index(
            "ix_letter_posted",
            "author_id",
            "pair_id",
            sqlite_where=sa.text("state = 'posted'"),
            postgresql_where=sa.text("state = 'posted'"),
        ),
        sa.Index(
            "ix_letter_morning",
            "deliver_at",
            sqlite_where=sa.text("state = 'posted'"),
            postgresql_where=sa.text("state = 'posted'"),
        ),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    in_reply_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id"))
    beside_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id", ondelete="SET NULL"))
    envelope: Mapped[Envelope] = mapped_column(
        one_of(Envelope, "envelope"), default=Envelope.SEALED
    )
    paper: Mapped[Paper] = mapped_column(
        one_of(Paper, "paper"), default=Paper.GREEN, server_default=Paper.GREEN.value
    )
    hand: Mapped[Hand] = mapped_column(
        one_of(Hand, "hand"), default=Hand.KAI, server_default=Hand.KAI.value
    )
    lunar: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    body: Mapped[str] = mapped_column(sa.Text, default="")
    folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    revision: Mapped[int] = mapped_column(default=1)
    number: Mapped[int | None]
    sequence: Mapped[int | None]
    state: Mapped[LetterState] = mapped_column(
        one_of(LetterState, "letter_state"), default=LetterState.DRAFT
    )
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    posted_at: Mapped[datetime | None]
    deliver_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    taken_back_revision: Mapped[int | None]
    paper_known_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    recipient: Mapped[Person] = relationship(foreign_keys=[recipient_id])

    @property
    def is_sealed(self) -> bool:
        return self.envelope is Envelope.SEALED

    @property
    def is_draft(self) -> bool:
        return self.state is LetterState.DRAFT

    @property
    def is_posted(self) -> bool:
        return self.state is LetterState.POSTED

    @property
    def is_delivered(self) -> bool:
        return self.delivered_at is not None

    @property
    def is_opened(self) -> bool:
        return self.state is LetterState.OPENED


machine.guard(Letter)


class PaperReader(Model):
    """A student without a device, from one time until another: a teacher prints their letters.

    At most one running row for a person, by index. It counts only in the school where it was set.
    """

    __tablename__ = "paper_reader"
    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR until >= since", name="in_order"),
        sa.Index(
            "uq_paper_reader_running",
            "person_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    set_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Printing(Model):
    """A teacher took the file of a letter for its recipient; confirmed when the sheet is in hand.

    Every taking is a row of its own.
    """

    __tablename__ = "printing"
    __table_args__ = (sa.Index("ix_printing_letter", "letter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"))
    printed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]

    letter: Mapped[Letter] = relationship()
