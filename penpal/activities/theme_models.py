"""Themes that students put up for others to do, in the words of the notice: by their own initiative."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.activities.models import TITLE_MAX
from penpal.activities.states import THEME_MOVES, IdeaKind, ThemeState
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit

THEME_WORDS_MAX, REASON_MAX = 300, 200
"""Characters."""
MOST_THEMES = 5
"""Themes of one student that hang at a time."""


class Theme(Model):
    """A theme on the wall of a class. ``class_id`` is where its author sat when it was put up."""

    __tablename__ = "theme"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_by_id IS NULL)", name="opened_by"),
        sa.CheckConstraint("state <> 'opened' OR opened_at IS NOT NULL", name="opened_at"),
        sa.CheckConstraint(
            "(state = 'taken_down') = (taken_down_at IS NOT NULL) "
            "AND (taken_down_at IS NULL) = (taken_down_by_id IS NULL)",
            name="taken_down_by",
        ),
        sa.Index("ix_theme_class", "class_id", "id"),
    )
    moves = THEME_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    class_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    idea: Mapped[IdeaKind] = mapped_column(one_of(IdeaKind, "theme_idea"))
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    words_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    state: Mapped[ThemeState] = mapped_column(
        one_of(ThemeState, "theme_state"), default=ThemeState.PUT_UP
    )
    put_up_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    taken_down_at: Mapped[datetime | None]
    taken_down_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(sa.String(REASON_MAX), default="")
    """What the teacher who took it down wrote to its author."""

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    class_: Mapped[Unit] = relationship()

    @property
    def is_up(self) -> bool:
        return self.state is not ThemeState.TAKEN_DOWN


machine.guard(Theme)
