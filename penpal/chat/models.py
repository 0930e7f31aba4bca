"""A room of two, where each of them sits in it, and the lines that they said."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.chat.states import MOVES, LineState
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.twinning.models import Pair

LONGEST = 1000
"""Characters of a line; who has more to say writes a letter."""
UNSEND_WITHIN = timedelta(minutes=2)

_KEPT_BACK = sa.text("state IN ('waiting', 'returned')")
_EVIDENCE = sa.text("state = 'unsent' AND erased_at IS NULL")


class ChatRoom(Model):
    """Where the lines of a pair are counted: whoever adds one holds this row, so no two get one number."""

    __tablename__ = "chat_room"
    __table_args__ = (sa.CheckConstraint("last_sequence >= 0", name="counts_up"),)

    pair_id: Mapped[int] = mapped_column(
        sa.ForeignKey("pair.id"), primary_key=True, autoincrement=False
    )
    last_sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    pair: Mapped[Pair] = relationship()


class ChatSeat(Model):
    """How far one of the two received and read.

    ``got_sequence`` is shown to the partner as 'delivered'; ``seen_sequence`` never is, for nobody
    is to be waited for: it counts what is unread.
    """

    __tablename__ = "chat_seat"
    __table_args__ = (
        sa.CheckConstraint("seen_sequence >= 0", name="counts_up"),
        sa.CheckConstraint("got_sequence >= seen_sequence", name="got_before_seen"),
        sa.Index("ix_chat_seat_person", "person_id"),
    )

    pair_id: Mapped[int] = mapped_column(
        sa.ForeignKey("chat_room.pair_id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    got_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    seen_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    shows_typing: Mapped[bool] = mapped_column(default=True, server_default=sa.true())


class ChatLine(Model):
    """``key`` is made by the writer's page: sending twice finds the same line.

    ``sequence`` is given when it is sent and orders the room for good; one that waits for a teacher
    has none. ``photos`` is how many go with it. ``is_open`` says that a teacher released it, so that
    the author's teacher may read it. ``erased_at`` says when the words of an unsent line, which stay
    as evidence for a term, were erased.
    """

    __tablename__ = "chat_line"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.UniqueConstraint("pair_id", "sequence"),
        sa.CheckConstraint(
            "(state IN ('waiting', 'returned')) = (sequence IS NULL) "
            "AND (sequence IS NULL) = (sent_at IS NULL)",
            name="numbered_when_sent",
        ),
        sa.CheckConstraint("(state = 'unsent') = (unsent_at IS NOT NULL)", name="unsent_when"),
        sa.CheckConstraint(
            "erased_at IS NULL OR (state = 'unsent' AND body = '' AND sticker IS NULL "
            "AND photos = 0)",
            name="erased_when_unsent",
        ),
        sa.CheckConstraint(
            "body <> '' OR sticker IS NOT NULL OR photos > 0 OR erased_at IS NOT NULL",
            name="says_something",
        ),
        sa.CheckConstraint(f"length(body) <= {LONGEST}", name="length"),
        sa.Index(
            "ix_chat_line_kept_back",
            "author_id",
            "pair_id",
            sqlite_where=_KEPT_BACK,
            postgresql_where=_KEPT_BACK,
        ),
        sa.Index(
            "ix_chat_line_evidence",
            "unsent_at",
            sqlite_where=_EVIDENCE,
            postgresql_where=_EVIDENCE,
        ),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("chat_room.pair_id"))
    sequence: Mapped[int | None]
    key: Mapped[str] = mapped_column(sa.String(64))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr", server_default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    sticker: Mapped[str | None] = mapped_column(sa.String(32))
    photos: Mapped[int] = mapped_column(default=0, server_default="0")
    quotes_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("chat_line.id", ondelete="SET NULL")
    )
    state: Mapped[LineState] = mapped_column(
        one_of(LineState, "chat_line_state"), default=LineState.WAITING
    )
    is_open: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    unsent_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship(
        primaryjoin="foreign(ChatLine.pair_id) == Pair.id", viewonly=True
    )
    author: Mapped[Person] = relationship(foreign_keys=[author_id])

    @property
    def is_sent(self) -> bool:
        """Whether it stands in the room, for both to read."""
        return self.state is LineState.SENT

    @property
    def is_kept_back(self) -> bool:
        """Whether it never left its author: it waits for a teacher, or came back."""
        return self.state in (LineState.WAITING, LineState.RETURNED)

    @property
    def unsend_until(self) -> datetime | None:
        """Until when its author can take it back."""
        return self.sent_at + UNSEND_WITHIN if self.is_sent and self.sent_at else None


machine.guard(ChatLine)
