"""Selects over what pairs do together: what the pages show of it, and numbers without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts.models import Enrolment, Person
from penpal.activities import eyes
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ActivityState, IdeaKind, RecordState, ShownTo
from penpal.activities.theme_models import Theme
from penpal.kernel import trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.trail import TrailEntry
from penpal.places.models import Unit
from penpal.twinning.models import Pair, Two

MOST = 60
"""What two did together is shown to this number; the timeline has all of it."""
FEW = 5
"""A smaller number of pairs is not told: it would point at children."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing in the list of a pair, as one of the two sees it."""

    id: int
    idea: IdeaKind
    title: str
    plan_html: str
    state: ActivityState
    do_by: date
    worded_by_id: int
    proposed_by_id: int
    proposed_at: datetime
    done_at: datetime | None
    mine: RecordState | None
    """How far one's own record is; None before the first word."""
    is_partner_done: bool
    is_partner_shared: bool

    @property
    def is_open(self) -> bool:
        return self.state in (ActivityState.PROPOSED, ActivityState.AGREED)


def of_pair(pair: Two, actor: Actor) -> list[Row]:
    """What two do together, newest first, in one query."""
    mine, theirs = aliased(ActivityRecord), aliased(ActivityRecord)
    statement = (
        sa.select(
            Activity.id,
            Activity.idea,
            Activity.title,
            Activity.plan_html,
            Activity.state,
            Activity.do_by,
            Activity.worded_by_id,
            Activity.proposed_by_id,
            Activity.proposed_at,
            Activity.done_at,
            mine.state,
            sa.func.coalesce(theirs.state == RecordState.DONE, sa.false()),
            theirs.shared_at.is_not(None),
        )
        .outerjoin(
            mine, sa.and_(mine.activity_id == Activity.id, mine.author_id == actor.person_id)
        )
        .outerjoin(
            theirs, sa.and_(theirs.activity_id == Activity.id, theirs.author_id != actor.person_id)
        )
        .where(Activity.pair_id == pair.id)
        .order_by(Activity.id.desc())
        .limit(MOST)
    )
    found: list[Any] = list(session().execute(statement))
    return [Row(*row) for row in found]


def of_key(person_id: int | None, key: str) -> Activity | None:
    return session().scalar(
        sa.select(Activity).where(Activity.proposed_by_id == person_id, Activity.key == key)
    )


def waiting_proposals(pair: Two, person_id: int | None) -> int:
    """How many proposals of one of the two nobody has answered."""
    return (
        session().scalar(
            sa.select(sa.func.count(Activity.id)).where(
                Activity.pair_id == pair.id,
                Activity.proposed_by_id == person_id,
                Activity.state == ActivityState.PROPOSED,
            )
        )
        or 0
    )


def words_of(activity: Activity) -> list[ActivityWord]:
    """How the two talked it over, from the first line."""
    return list(
        session().scalars(
            sa.select(ActivityWord)
            .where(ActivityWord.activity_id == activity.id)
            .order_by(ActivityWord.id)
        )
    )


def word_of_key(person_id: int | None, key: str) -> ActivityWord | None:
    return session().scalar(
        sa.select(ActivityWord).where(ActivityWord.author_id == person_id, ActivityWord.key == key)
    )


def records_of(activity: Activity, actor: Actor) -> dict[int, ActivityRecord]:
    """The records of an activity that the actor may read, by author."""
    found = session().scalars(
        eyes.records(actor)
        .where(ActivityRecord.activity_id == activity.id)
        .options(joinedload(ActivityRecord.author))
        .order_by(ActivityRecord.id)
    )
    return {record.author_id: record for record in found}


def standing_of(activity: Activity, person_id: int) -> RecordState | None:
    """How far somebody's record is, and nothing of what stands in it."""
    return session().scalar(
        sa.select(ActivityRecord.state).where(
            ActivityRecord.activity_id == activity.id, ActivityRecord.author_id == person_id
        )
    )


def record_of(activity: Activity, person_id: int | None) -> ActivityRecord | None:
    return session().scalar(
        sa.select(ActivityRecord).where(
            ActivityRecord.activity_id == activity.id, ActivityRecord.author_id == person_id
        )
    )


READ_ALONG = "read record along"
"""That a teacher had on their page what its author, or both, let them see."""


def readers_of(record: ActivityRecord) -> list[tuple[Person, datetime]]:
    """Which teachers have read a record, and when first: its author is shown it."""
    rows = session().execute(
        sa.select(Person, TrailEntry.at)
        .join(Person, Person.id == TrailEntry.actor_id)
        .where(
            TrailEntry.subject_kind == trail.kind_of(ActivityRecord),
            TrailEntry.subject_id == record.id,
            TrailEntry.move == READ_ALONG,
        )
        .order_by(TrailEntry.id)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Doing:
    """How many pairs do one kind of thing. ``pairs`` is None where they are too few to be told."""

    idea: IdeaKind
    pairs: int | None


def doing_around(school_id: int) -> tuple[list[Doing], dict[int, int | None]]:
    """What the pairs of a school do, by kind and by theme; no names, no titles, no small numbers."""
    here = sa.select(Enrolment.person_id).where(
        Enrolment.school_id == school_id, Enrolment.until.is_(None)
    )
    rows = session().execute(
        sa.select(Activity.pair_id, Activity.idea, Activity.theme_id)
        .join(Pair, Pair.id == Activity.pair_id)
        .where(
            Activity.state.in_([ActivityState.AGREED, ActivityState.DONE, ActivityState.SHARED]),
            sa.or_(Pair.supported_student_id.in_(here), Pair.supporting_student_id.in_(here)),
        )
        .distinct()
    )
    kinds: set[tuple[int, IdeaKind]] = set()
    themes: set[tuple[int, int]] = set()
    for pair_id, idea, theme_id in rows:
        kinds.add((pair_id, idea))
        if theme_id is not None:
            themes.add((pair_id, theme_id))
    by_kind = Counter(idea for _pair, idea in kinds)
    by_theme = Counter(theme_id for _pair, theme_id in themes)
    doing = [Doing(kind, _told(by_kind[kind])) for kind in IdeaKind if by_kind[kind]]
    return doing, {theme_id: _told(number) for theme_id, number in by_theme.items()}


def _told(number: int) -> int | None:
    return number if number >= FEW else None


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """What a student of a class lets their teacher see, in a list."""

    activity_id: int
    author_name: str
    title: str
    done_at: datetime
    is_shown_to_classes: bool


def open_records(class_: Unit, actor: Actor, *, size: int = 40) -> list[OpenRecord]:
    """Those of a class that the actor may read, newest first."""
    statement = (
        eyes.records(actor)
        .join(Activity, Activity.id == ActivityRecord.activity_id)
        .join(Person, Person.id == ActivityRecord.author_id)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .where(Enrolment.class_id == class_.id)
        .with_only_columns(
            Activity.id,
            sa.func.coalesce(sa.func.nullif(Person.display_name, ""), Person.name),
            Activity.title,
            ActivityRecord.done_at,
            sa.func.coalesce(Activity.shown_to == ShownTo.CLASSES, sa.false()),
        )
        .order_by(ActivityRecord.done_at.desc())
        .limit(size)
    )
    return [OpenRecord(*row) for row in session().execute(statement)]


_WROTE = (
    Activity.proposed_by_id,
    ActivityWord.author_id,
    ActivityRecord.author_id,
    Theme.author_id,
)


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many proposals, lines, records and themes each of these people wrote."""
    counted: Counter[int] = Counter()
    for column in _WROTE:
        rows = session().execute(
            sa.select(column, sa.func.count()).where(column.in_(person_ids)).group_by(column)
        )
        for person_id, number in rows:
            counted[person_id] += number
    return dict(counted)
