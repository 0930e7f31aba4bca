"""Selects over shared books: whose they are, and what of them lies before whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person, Role
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.places.models import Unit
from penpal.reading import shown
from penpal.reading.class_models import BookQuestion
from penpal.reading.models import Parcel, ReadingCopy, ReadingStep, SharedBook
from penpal.reading.note_models import Envelope, NoteKind, NoteLook, ReadingNote, Reflection
from penpal.reading.states import ReflectionState
from penpal.twinning.models import Pair, Two

_SPLIT = 4
"""So many of one's own last notes are looked at together with the new one."""


def _pairs_of(actor: Actor) -> sa.Select[int]:
    return sa.select(Pair.id).where(
        sa.or_(
            Pair.supported_student_id == actor.person_id,
            Pair.supporting_student_id == actor.person_id,
        )
    )


def _students_of(actor: Actor) -> sa.Select[int]:
    """The students of the classes that one teaches."""
    return (
        sa.select(Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Enrolment.until.is_(None), people.within(Unit.path, actor.tops(Role.TEACHER)))
    )


def visible_to(actor: Actor) -> sa.Select[SharedBook]:
    """Those of one's own pairs; nobody else sees what two read."""
    statement = sa.select(SharedBook)
    if actor.kind == "system":
        return statement
    return statement.where(SharedBook.pair_id.in_(_pairs_of(actor)))


def _of_own_books(actor: Actor) -> sa.Select[int]:
    return visible_to(actor).with_only_columns(SharedBook.id)


def copies_visible_to(actor: Actor) -> sa.Select[ReadingCopy]:
    """One's own, and how far the partner is in a book of both."""
    statement = sa.select(ReadingCopy)
    if actor.kind == "system":
        return statement
    return statement.where(ReadingCopy.book_id.in_(_of_own_books(actor)))


def steps_visible_to(actor: Actor) -> sa.Select[ReadingStep]:
    """One's own log: of the partner one sees where they are, not when they read."""
    statement = sa.select(ReadingStep)
    if actor.kind == "system":
        return statement
    return statement.where(ReadingStep.reader_id == actor.person_id)


def parcels_visible_to(actor: Actor) -> sa.Select[Parcel]:
    statement = sa.select(Parcel)
    if actor.kind == "system":
        return statement
    return statement.where(Parcel.book_id.in_(_of_own_books(actor)))


def notes_visible_to(actor: Actor) -> sa.Select[ReadingNote]:
    """One's own, the partner's as far as one has come; for a teacher the open ones of their students."""
    statement = sa.select(ReadingNote)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        return statement.where(
            ReadingNote.envelope == Envelope.OPEN, ReadingNote.author_id.in_(_students_of(actor))
        )
    return statement.where(
        ReadingNote.book_id.in_(_of_own_books(actor)), shown.note_to(actor.person_id)
    )


def looks_visible_to(actor: Actor) -> sa.Select[NoteLook]:
    statement = sa.select(NoteLook)
    if actor.kind == "system":
        return statement
    return statement.where(NoteLook.reader_id == actor.person_id)


def reflections_visible_to(actor: Actor) -> sa.Select[Reflection]:
    """One's own, the partner's once it is shown; for a teacher the open finished ones of their students."""
    statement = sa.select(Reflection)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        return statement.where(
            Reflection.envelope == Envelope.OPEN,
            Reflection.state == ReflectionState.FINISHED,
            Reflection.author_id.in_(_students_of(actor)),
        )
    return statement.where(
        Reflection.book_id.in_(_of_own_books(actor)), shown.reflection_to(actor.person_id)
    )


def of_pair(pair: Two, actor: Actor) -> list[SharedBook]:
    """All books of a pair in the order in which they were proposed."""
    statement = (
        access.visible(SharedBook, actor)
        .where(SharedBook.pair_id == pair.id)
        .order_by(SharedBook.proposed_at, SharedBook.id)
    )
    return list(session().scalars(statement))


def of_key(pair_id: int, key: str) -> SharedBook | None:
    return session().scalar(
        sa.select(SharedBook).where(SharedBook.pair_id == pair_id, SharedBook.key == key)
    )


def copies_of(book: SharedBook) -> dict[int, ReadingCopy]:
    """The copies of a book by reader."""
    found = session().scalars(sa.select(ReadingCopy).where(ReadingCopy.book_id == book.id))
    return {copy.reader_id: copy for copy in found}


def step_of_key(reader_id: int | None, key: str) -> ReadingStep | None:
    return session().scalar(
        sa.select(ReadingStep).where(ReadingStep.reader_id == reader_id, ReadingStep.key == key)
    )


def note_of_key(author_id: int | None, key: str) -> ReadingNote | None:
    return session().scalar(
        sa.select(ReadingNote).where(ReadingNote.author_id == author_id, ReadingNote.key == key)
    )


def words_before(actor: Actor, *, key: str) -> str:
    """One's own last notes but the one of this key, from the oldest: what is split over them is found."""
    last = session().execute(
        sa.select(ReadingNote.quote, ReadingNote.body)
        .where(ReadingNote.author_id == actor.person_id, ReadingNote.key != key)
        .order_by(ReadingNote.id.desc())
        .limit(_SPLIT)
    )
    return "\n".join(part for row in reversed(last.all()) for part in row if part)


def is_untouched(book: SharedBook) -> bool:
    """Whether nobody has logged or noted anything: only then may its places be counted another way."""
    touched = sa.or_(
        sa.exists().where(ReadingStep.book_id == book.id),
        sa.exists().where(ReadingNote.book_id == book.id),
    )
    return not session().scalar(sa.select(touched))


def notes_before(book: SharedBook, actor: Actor) -> list[ReadingNote]:
    """What lies before this reader, by place and time; an answer comes after what it answers."""
    statement = (
        access.visible(ReadingNote, actor)
        .where(ReadingNote.book_id == book.id)
        .order_by(ReadingNote.place, ReadingNote.written_at, ReadingNote.id)
    )
    return list(session().scalars(statement))


@dataclass(frozen=True, slots=True)
class Held:
    """A note of the partner's further on in the book: that it is there and where, not a word of it."""

    id: int
    place: int
    kind: NoteKind
    is_answer: bool


def held_back(book: SharedBook, actor: Actor) -> list[Held]:
    """The partner's notes that wait until this reader comes to their place."""
    statement = (
        sa.select(
            ReadingNote.id, ReadingNote.place, ReadingNote.kind, ReadingNote.answers_id.is_not(None)
        )
        .where(
            ReadingNote.book_id == book.id,
            ReadingNote.book_id.in_(_of_own_books(actor)),
            ~shown.note_to(actor.person_id),
        )
        .order_by(ReadingNote.place, ReadingNote.id)
    )
    return [Held(row[0], row[1], row[2], bool(row[3])) for row in session().execute(statement)]


def held_note(note_id: int, actor: Actor) -> ReadingNote:
    """One of them, for the verb by which its reader chooses to look ahead of its place."""
    statement = sa.select(ReadingNote).where(
        ReadingNote.id == note_id, ReadingNote.book_id.in_(_of_own_books(actor))
    )
    note = session().scalar(statement)
    if note is None:
        raise NotFound
    return note


def not_before(book: SharedBook, author_id: int, reader_id: int) -> set[int]:
    """The notes of one of the two that do not lie before the other yet: their author may change them."""
    statement = sa.select(ReadingNote.id).where(
        ReadingNote.book_id == book.id,
        ReadingNote.author_id == author_id,
        ~shown.note_to(reader_id),
    )
    return set(session().scalars(statement))


def reflections_of(book: SharedBook) -> dict[int, Reflection]:
    """Both reflections by author, whatever their state: for verbs, never for a page."""
    found = session().scalars(sa.select(Reflection).where(Reflection.book_id == book.id))
    return {one.author_id: one for one in found}


def reflections_before(book: SharedBook, actor: Actor) -> dict[int, Reflection]:
    """Those that lie before this reader, by author."""
    statement = access.visible(Reflection, actor).where(Reflection.book_id == book.id)
    return {one.author_id: one for one in session().scalars(statement)}


def partner_has_finished_reflection(book: SharedBook, actor: Actor) -> bool:
    """That there is one, for whoever may not read it yet."""
    statement = sa.exists().where(
        Reflection.book_id == book.id,
        Reflection.author_id != actor.person_id,
        Reflection.state == ReflectionState.FINISHED,
    )
    return bool(session().scalar(sa.select(statement)))


def parcel_under_way(book: SharedBook) -> Parcel | None:
    return session().scalar(
        sa.select(Parcel).where(Parcel.book_id == book.id, Parcel.arrived_on.is_(None))
    )


def parcels_of(book: SharedBook) -> list[Parcel]:
    return list(
        session().scalars(sa.select(Parcel).where(Parcel.book_id == book.id).order_by(Parcel.id))
    )


def questions_for(book: SharedBook) -> list[BookQuestion]:
    """What the teacher asked at the chapters of this book, where it was chosen from a list."""
    if book.class_book_id is None:
        return []
    statement = (
        sa.select(BookQuestion)
        .where(BookQuestion.class_book_id == book.class_book_id, BookQuestion.removed_at.is_(None))
        .order_by(BookQuestion.chapter, BookQuestion.id)
    )
    return list(session().scalars(statement))


@dataclass(frozen=True, slots=True)
class Open:
    """Something that its author let the teacher read along."""

    kind: str
    id: int
    author_name: str
    title: str
    at: datetime


def open_in(class_: Unit, actor: Actor, *, size: int = 30) -> list[Open]:
    """Open notes and reflections of a class that the actor may read along, newest first."""
    here = sa.select(Enrolment.person_id).where(
        Enrolment.class_id == class_.id, Enrolment.until.is_(None)
    )
    found: list[Open] = []
    models: tuple[tuple[str, Any, Any], ...] = (
        ("note", ReadingNote, ReadingNote.written_at),
        ("reflection", Reflection, Reflection.finished_at),
    )
    for kind, model, at in models:
        statement = (
            access.visible(model, actor)
            .join(Person, Person.id == model.author_id)
            .join(SharedBook, SharedBook.id == model.book_id)
            .where(model.author_id.in_(here))
            .with_only_columns(model.id, Person.name, SharedBook.title, at)
            .order_by(model.id.desc())
            .limit(size)
        )
        found += [Open(kind, *row) for row in session().execute(statement)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:size]


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """How many books, notes, reflections and steps each of these people has in this room."""
    counted: dict[int, int] = {}
    for column in (
        SharedBook.proposed_by_id,
        ReadingNote.author_id,
        Reflection.author_id,
        ReadingStep.reader_id,
    ):
        rows = session().execute(
            sa.select(column, sa.func.count()).where(column.in_(person_ids)).group_by(column)
        )
        for person_id, number in rows:
            counted[person_id] = counted.get(person_id, 0) + number
    return counted


def with_people(book_id: int) -> SharedBook | None:
    """A book with its pair and both students, for what tells of it."""
    statement = (
        sa.select(SharedBook)
        .options(
            joinedload(SharedBook.pair).joinedload(Pair.supported_student),
            joinedload(SharedBook.pair).joinedload(Pair.supporting_student),
        )
        .where(SharedBook.id == book_id)
    )
    return session().scalar(statement)
