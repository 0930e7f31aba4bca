"""Who of a class takes part, week by week and without a word of it; who waits, and of whom nothing was heard.

Students stand in the order of their numbers, never of how much they did, and nothing adds it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Enrolment, Person
from penpal.consent import queries as consent
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.letters import participation as letters
from penpal.letters.participation import Awaiting, Owing
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import block_queries
from penpal.twinning import participation, reminding
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.participation import Kind
from penpal.twinning.reminding import About, Reminder


@dataclass(frozen=True, slots=True)
class Pupil:
    """A line of the table: for each week the kinds of things there were."""

    person_id: int
    name: str
    weeks: tuple[tuple[Kind, ...], ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Of whom nothing was heard since then, and when they were last reminded of anything."""

    person_id: int
    pair_id: int
    name: str
    since: date
    reminded_at: datetime | None

    @property
    def may_be_reminded(self) -> bool:
        return reminding.is_over(self.reminded_at)


@dataclass(frozen=True)
class ClassOverview:
    """``weeks`` are Mondays, the oldest first."""

    weeks: tuple[date, ...]
    pupils: tuple[Pupil, ...]
    without_partner: tuple[tuple[int, str], ...]
    awaiting: Sequence[Awaiting]
    silent: tuple[Silent, ...]


@dataclass(frozen=True, slots=True)
class ClassNumbers:
    """How many students of a class did each of the three in the last weeks, and how many were silent."""

    letter: int
    book: int
    thing: int
    silent: int


def of(
    class_: Unit,
    enrolments: Sequence[Enrolment],
    consents: Mapping[int, tuple[bool, bool]],
    tied: Sequence[Pair],
    owing: Sequence[Owing],
) -> ClassOverview:
    """The overview of a class whose students, consents, pairs and owed replies are loaded already."""
    done = participation.by_week(class_.id)
    weeks = participation.weeks()
    paired = {person_id for pair in tied for person_id in _both(pair)}
    return ClassOverview(
        weeks,
        tuple(
            Pupil(
                row.person_id,
                row.person.name,
                tuple(_kinds(done.get(row.person_id, {}).get(week)) for week in weeks),
            )
            for row in enrolments
            if row.person_id in paired
        ),
        tuple(
            (row.person_id, row.person.name)
            for row in enrolments
            if consents[row.person_id][0] and row.person_id not in paired
        ),
        letters.awaiting(class_),
        _silent(
            class_,
            # Whoever cannot sign in yet stands in other lists.
            [row for row in enrolments if consents[row.person_id][0] and row.person.activated_at],
            tied,
            {one.person_id for one in owing},
        ),
    )


def numbers(class_ids: Sequence[int]) -> dict[int, ClassNumbers]:
    """The same in numbers, for a school."""
    first = datetime.combine(participation.weeks()[0], time(), tzinfo=clock.CHINA)
    done = participation.numbers(class_ids, since=first)
    silent = _count_silent(class_ids)
    return {
        class_id: _numbers(done.get(class_id, {}), silent.get(class_id, 0))
        for class_id in class_ids
    }


def _numbers(done: Mapping[Kind, int], silent: int) -> ClassNumbers:
    return ClassNumbers(
        letter=done.get(Kind.LETTER, 0),
        book=done.get(Kind.BOOK, 0),
        thing=done.get(Kind.THING, 0),
        silent=silent,
    )


def remind(class_: Unit, person_id: int, *, by: Actor) -> Reminder:
    """The class teacher says a kind word to a student of whom nothing was heard for the school's term.

    Raises ``NotFound`` when there is no such student, ``Invalid`` when the week is not over or the page
    was an older one: somebody was heard of meanwhile.
    """
    access.authorize(by, Permission.Unit.REMIND, class_)
    with transaction() as current:
        enrolments = list(
            current.scalars(
                sa.select(Enrolment)
                .join(Enrolment.person)
                .where(
                    Enrolment.class_id == class_.id,
                    Enrolment.person_id == person_id,
                    Enrolment.until.is_(None),
                    *_can_take_part(),
                )
            )
        )
        if not enrolments:
            raise NotFound
        tied = pairs.active_pairs_of([person_id])
        silent = _silent(class_, enrolments, tied, set())
        if not silent:
            raise Invalid(_l("现在不用提醒这个孩子。这一页可能旧了，刷新看看。"))
        pair = next(pair for pair in tied if pair.id == silent[0].pair_id)
        return reminding.remind(class_, person_id, pair, About.SILENCE, by=by)


def _both(pair: Pair) -> tuple[int, int]:
    return pair.supported_student_id, pair.supporting_student_id


def _kinds(done: frozenset[Kind] | None) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if done and kind in done)


def _silent(
    class_: Unit, enrolments: Sequence[Enrolment], tied: Sequence[Pair], known: set[int]
) -> tuple[Silent, ...]:
    """Of whom nothing was heard; whoever owes a reply is asked about that already."""
    ids = [row.person_id for row in enrolments]
    last = participation.last_of([class_.id])
    reminded = reminding.last_of(ids)
    resting = _resting([pair.id for pair in tied])
    pair_of = {
        person_id: pair for pair in tied if pair.id not in resting for person_id in _both(pair)
    }
    before = clock.today() - timedelta(days=letters.term_of(class_))
    found = []
    for row in enrolments:
        pair = pair_of.get(row.person_id)
        if pair is None or row.person_id in known:
            continue
        at = last.get(row.person_id)
        since = max(pair.since, clock.local(at).date()) if at else pair.since
        if since < before:
            name = row.person.name
            found.append(Silent(row.person_id, pair.id, name, since, reminded.get(row.person_id)))
    return tuple(found)


def _can_take_part() -> tuple[sa.ColumnElement[bool], ...]:
    return Person.activated_at.is_not(None), consent.takes_part(Person)


def _resting(pair_ids: Sequence[int]) -> set[int]:
    """The pairs that are paused: nobody is asked to write where nothing can be sent."""
    return set(
        session().scalars(
            sa.select(Pair.id).where(Pair.id.in_(pair_ids), block_queries.running(Pair.id))
        )
    )


def _count_silent(class_ids: Sequence[int]) -> dict[int, int]:
    last = participation.last_of(class_ids)
    counted: dict[int, int] = {}
    today = clock.today()
    terms = letters.terms_of(class_ids)
    asked = pairs.since_of(class_ids, ~block_queries.running(Pair.id), *_can_take_part())
    for class_id, person_id, since in session().execute(asked):
        at = last.get(person_id)
        heard = max(since, clock.local(at).date()) if at else since
        if heard < today - terms[class_id]:
            counted[class_id] = counted.get(class_id, 0) + 1
    return counted
