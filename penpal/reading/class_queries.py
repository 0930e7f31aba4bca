"""What a class reads, without a name: its list, how many pairs read a book, what several enjoyed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment
from penpal.accounts.predicates import SCHOOL_STAFF
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.reading.class_models import BookQuestion, ClassBook
from penpal.reading.models import ReadingCopy, SharedBook
from penpal.reading.states import BookState
from penpal.twinning.models import Pair
from penpal.twinning.states import PairState

FEW = 2
"""A title that fewer pairs read is not shown: it would tell of one pair what they chose."""


def books_visible_to(actor: Actor) -> sa.Select[ClassBook]:
    """The lists of the classes one answers for; a student's own, and what a book of theirs was chosen from."""
    statement = sa.select(ClassBook)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        led = sa.select(Unit.id).where(people.within(Unit.path, actor.tops(*SCHOOL_STAFF)))
        return statement.where(ClassBook.class_id.in_(led))
    if not actor.is_student:
        return statement.where(sa.false())
    chosen = (
        sa.select(SharedBook.class_book_id)
        .join(Pair, Pair.id == SharedBook.pair_id)
        .where(
            SharedBook.class_book_id.is_not(None),
            sa.or_(
                Pair.supported_student_id == actor.person_id,
                Pair.supporting_student_id == actor.person_id,
            ),
        )
    )
    return statement.where(sa.or_(ClassBook.class_id == actor.unit_id, ClassBook.id.in_(chosen)))


def questions_visible_to(actor: Actor) -> sa.Select[BookQuestion]:
    statement = sa.select(BookQuestion)
    if actor.kind == "system":
        return statement
    books = books_visible_to(actor).with_only_columns(ClassBook.id)
    return statement.where(BookQuestion.class_book_id.in_(books))


def listed(class_id: int) -> list[ClassBook]:
    """What stands on a class's list, the latest first."""
    statement = (
        sa.select(ClassBook)
        .where(ClassBook.class_id == class_id, ClassBook.removed_at.is_(None))
        .order_by(ClassBook.id.desc())
    )
    return list(session().scalars(statement))


def listed_for(actor: Actor) -> list[ClassBook]:
    """The list of one's own class."""
    if actor.unit_id is None:
        return []
    statement = (
        access.visible(ClassBook, actor)
        .where(ClassBook.class_id == actor.unit_id, ClassBook.removed_at.is_(None))
        .order_by(ClassBook.id.desc())
    )
    return list(session().scalars(statement))


def listed_as(class_id: int | None, folded: str, isbn: str) -> ClassBook | None:
    """The book of a class's list that this title or number means."""
    if class_id is None:
        return None
    same = ClassBook.folded == folded
    if isbn:
        same = sa.or_(same, ClassBook.isbn == isbn)
    return session().scalar(
        sa.select(ClassBook)
        .where(ClassBook.class_id == class_id, ClassBook.removed_at.is_(None), same)
        .order_by(ClassBook.id)
        .limit(1)
    )


def questions_of(books: Sequence[ClassBook]) -> dict[int, list[BookQuestion]]:
    """The questions at the chapters of listed books, by book."""
    found: dict[int, list[BookQuestion]] = defaultdict(list)
    statement = (
        sa.select(BookQuestion)
        .where(
            BookQuestion.class_book_id.in_([book.id for book in books]),
            BookQuestion.removed_at.is_(None),
        )
        .order_by(BookQuestion.chapter, BookQuestion.id)
    )
    for question in session().scalars(statement):
        found[question.class_book_id].append(question)
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """A book that several pairs of a class read or have read."""

    title: str
    author: str
    pairs: int


@dataclass(frozen=True, slots=True)
class ClassReading:
    """``others`` counts the books that fewer than ``FEW`` pairs read, which are not named."""

    books: Sequence[Read]
    others: int


def read_in(class_id: int) -> ClassReading:
    """Which books the pairs of a class read together, and how many pairs; never who."""
    rows = session().execute(
        sa.select(SharedBook.folded, SharedBook.title, SharedBook.author, SharedBook.pair_id)
        .join(Pair, Pair.id == SharedBook.pair_id)
        .join(
            Enrolment,
            sa.and_(
                Enrolment.until.is_(None),
                Enrolment.class_id == class_id,
                Enrolment.person_id.in_([Pair.supported_student_id, Pair.supporting_student_id]),
            ),
        )
        .where(
            Pair.state == PairState.ACTIVE,
            SharedBook.state.in_([BookState.READING, BookState.FINISHED]),
        )
    )
    pairs: dict[str, set[int]] = defaultdict(set)
    named: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for folded, title, author, pair_id in rows:
        pairs[folded].add(pair_id)
        named[folded][title, author] += 1
    books = [
        Read(*_usual(named[folded]), len(reading))
        for folded, reading in pairs.items()
        if len(reading) >= FEW
    ]
    books.sort(key=lambda book: (-book.pairs, book.title))
    return ClassReading(tuple(books), len(pairs) - len(books))


@dataclass(frozen=True, slots=True)
class Liked:
    title: str
    author: str


def liked_in(actor: Actor, *, size: int = 12) -> list[Liked]:
    """Books that at least two classmates would tell others of and one's own pairs have not read."""
    if actor.unit_id is None:
        return []
    own = (
        sa.select(SharedBook.folded)
        .join(Pair, Pair.id == SharedBook.pair_id)
        .where(
            sa.or_(
                Pair.supported_student_id == actor.person_id,
                Pair.supporting_student_id == actor.person_id,
            )
        )
    )
    rows = session().execute(
        sa.select(SharedBook.folded, SharedBook.title, SharedBook.author, ReadingCopy.reader_id)
        .join(ReadingCopy, ReadingCopy.book_id == SharedBook.id)
        .join(
            Enrolment,
            sa.and_(Enrolment.person_id == ReadingCopy.reader_id, Enrolment.until.is_(None)),
        )
        .where(
            Enrolment.class_id == actor.unit_id,
            ReadingCopy.told_at.is_not(None),
            ReadingCopy.reader_id != actor.person_id,
            SharedBook.folded.not_in(own),
        )
    )
    tellers: dict[str, set[int]] = defaultdict(set)
    named: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for folded, title, author, reader_id in rows:
        tellers[folded].add(reader_id)
        named[folded][title, author] += 1
    liked = [Liked(*_usual(named[folded])) for folded, who in tellers.items() if len(who) >= FEW]
    return sorted(liked, key=lambda one: one.title)[:size]


def _usual(names: Counter[tuple[str, str]]) -> tuple[str, str]:
    """The way of writing a title that most used; of several the same each time."""
    return min(names, key=lambda name: (-names[name], name))
