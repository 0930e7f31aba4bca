"""What two do together: the proposal with its versions and nods, and the lines in which they talk it over."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.activities.states import ACTIVITY_MOVES, ActivityState, IdeaKind, ShownTo
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.twinning.models import Pair

TITLE_MAX, PLAN_MAX, WORD_MAX = 30, 600, 200
"""Characters."""
MOST_WORDS = 60
"""Lines that two write on one proposal; what is longer belongs into a letter."""
MOST_PROPOSED = 5
"""Proposals of one person that wait for a nod at a time."""


class Activity(Model):
    """One thing that two agreed, or are about to agree, to do, each in their own place.

    ``key`` is made by the proposer's page: proposing twice finds it again. Every change of the
    words is a new ``version`` by ``worded_by``; whoever words it has nodded to that version, so that
    the other's nod to the same one makes it agreed. ``asked_date`` is a later day that one of them
    asked for and the other has not nodded to.
    """

    __tablename__ = "activity"
    __table_args__ = (
        sa.UniqueConstraint("proposed_by_id", "key"),
        sa.CheckConstraint(
            "(state IN ('proposed', 'declined', 'withdrawn')) = (agreed_version IS NULL)",
            name="agreed_when",
        ),
        sa.CheckConstraint(
            "(agreed_version IS NULL) = (agreed_at IS NULL) "
            "AND (agreed_version IS NULL OR agreed_version = version)",
            name="agreed_to_what_stands",
        ),
        sa.CheckConstraint(
            "(state IN ('stepped_out', 'declined', 'withdrawn')) = (ended_at IS NOT NULL) "
            "AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name="ended_by",
        ),
        sa.CheckConstraint("(state IN ('done', 'shared')) = (done_at IS NOT NULL)", name="done_at"),
        sa.CheckConstraint("(state = 'shared') = (shown_to IS NOT NULL)", name="shown_to_whom"),
        sa.CheckConstraint(
            "(asked_date IS NULL) = (asked_date_by_id IS NULL) "
            "AND (asked_date IS NULL OR state = 'agreed')",
            name="asked_date_by",
        ),
        sa.CheckConstraint(f"length(plan) <= {PLAN_MAX}", name="plan_length"),
        sa.Index("ix_activity_pair", "pair_id", "id"),
        sa.Index("ix_activity_theme", "theme_id"),
    )
    moves = ACTIVITY_MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("pair.id"))
    idea: Mapped[IdeaKind] = mapped_column(one_of(IdeaKind, "activity_idea"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    plan: Mapped[str] = mapped_column(sa.Text, default="")
    plan_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    do_by: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    worded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    worded_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[ActivityState] = mapped_column(
        one_of(ActivityState, "activity_state"), default=ActivityState.PROPOSED
    )
    agreed_version: Mapped[int | None]
    agreed_at: Mapped[datetime | None]
    asked_date: Mapped[date | None]
    asked_date_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    shown_to: Mapped[ShownTo | None] = mapped_column(one_of(ShownTo, "activity_shown_to"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    pair: Mapped[Pair] = relationship()

    @property
    def is_proposed(self) -> bool:
        return self.state is ActivityState.PROPOSED

    @property
    def is_agreed(self) -> bool:
        return self.state is ActivityState.AGREED

    @property
    def is_done(self) -> bool:
        """Both have done it."""
        return self.state in (ActivityState.DONE, ActivityState.SHARED)

    @property
    def is_over(self) -> bool:
        """It ended without being done."""
        return self.ended_at is not None

    @property
    def is_side_by_side(self) -> bool:
        """An essay or a drawing on one theme: the two are looked at next to each other."""
        return self.idea in (IdeaKind.ESSAY, IdeaKind.DRAWING)


class ActivityNod(Model):
    """One of the two says yes to one version of the words; who words it says yes by doing so."""

    __tablename__ = "activity_nod"
    __table_args__ = (sa.UniqueConstraint("activity_id", "version", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    version: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ActivityWord(Model):
    """A line in which the two talk a proposal over. ``key`` comes from the page: pressing twice says it once.

    ``is_open``: its author asked a teacher to release it, so it is no longer for the two alone.
    """

    __tablename__ = "activity_word"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.Index("ix_activity_word_activity", "activity_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.String(WORD_MAX))
    is_open: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    activity: Mapped[Activity] = relationship()
    author: Mapped[Person] = relationship()


machine.guard(Activity)
