"""What the pairs of the demo read together: the shelf of the first one, a book for others, a teacher's list."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person, RoleGrant
from penpal.demo import library
from penpal.kernel import html, machine
from penpal.kernel.db import session
from penpal.reading import titles
from penpal.reading.class_models import BookQuestion, ClassBook
from penpal.reading.models import ReadingCopy, ReadingStep, SharedBook
from penpal.reading.note_models import NoteKind, ReadingNote, Reflection
from penpal.reading.states import BookState, ReflectionState
from penpal.twinning.models import Pair

_STAR = "xiaomai"
_BEGAN = date(2026, 10, 8)
_SHARE = 0.5
"""Of the other pairs that read a book."""


def lay(chance: random.Random) -> None:
    """Inside the load of the demo."""
    told = library.reading()
    for pair in session().scalars(sa.select(Pair).order_by(Pair.id)):
        people = (pair.supported_student, pair.supporting_student)
        if pair.supported_student.login_name == _STAR:
            listed = _list(told["listed"], pair)
            for book in told["stars"]:
                _star(pair, book, listed)
        elif all(person.activated_at for person in people) and chance.random() < _SHARE:
            _other(pair, chance.choice(told["others"]), chance)
    session().flush()


def _list(told: list[dict[str, Any]], pair: Pair) -> dict[str, ClassBook]:
    """The list of the class of 小禾, by title."""
    class_id = (
        session()
        .scalars(
            sa.select(Enrolment.class_id).where(Enrolment.person_id == pair.supporting_student_id)
        )
        .one()
    )
    teacher_id = (
        session().scalars(sa.select(RoleGrant.person_id).where(RoleGrant.unit_id == class_id)).one()
    )
    listed = {}
    for book in told:
        row = ClassBook(
            class_id=class_id,
            added_by_id=teacher_id,
            title=book["title"],
            folded=titles.folded(book["title"]),
            author=book["author"],
            why=book["why"],
            why_html=str(html.plain(book["why"])),
            added_at=_afternoon(date(2026, 9, 12)),
        )
        session().add(row)
        session().flush()
        for chapter, words in book["questions"]:
            session().add(
                BookQuestion(
                    class_book_id=row.id, chapter=chapter, words=words, asked_by_id=teacher_id
                )
            )
        listed[book["title"]] = row
    session().flush()
    return listed


def _star(pair: Pair, told: dict[str, Any], listed: dict[str, ClassBook]) -> None:
    people = {
        person.display_name: person for person in (pair.supported_student, pair.supporting_student)
    }
    book = _book(pair, told, people[told["from"]], key=f"demo-{told['key']}")
    book.class_book_id = listed[told["title"]].id if told["title"] in listed else None
    session().flush()
    if "agreed" not in told:
        _copy(book, people[told["from"]], 0, told.get("pages"))
        return
    for name, place in told["places"].items():
        copy = _copy(book, people[name], place, None)
        _walk(book, copy, told["agreed"], told.get("finished"))
        if name in told.get("tells", ()):
            copy.told_at = copy.finished_at
    written: list[ReadingNote] = []
    for number, note in enumerate(told.get("notes", ())):
        written.append(_note(book, note, people[note["from"]], number, written))
    for one in told.get("reflections", ()):
        _reflection(book, one, people[one["from"]])


def _other(pair: Pair, told: dict[str, Any], chance: random.Random) -> None:
    proposer, other = chance.sample([pair.supported_student, pair.supporting_student], 2)
    agreed = chance.random() < 0.8
    day = _BEGAN + timedelta(days=chance.randrange(20))
    dated = {"proposed": day, **({"agreed": day + timedelta(days=2)} if agreed else {})}
    book = _book(pair, told | dated, proposer, key=f"demo-book-{pair.id}")
    session().flush()
    for person in (proposer, other) if agreed else (proposer,):
        place = chance.randrange(min(told["chapter_count"], 12)) if agreed else 0
        copy = _copy(book, person, place, None)
        if agreed:
            _walk(book, copy, dated["agreed"], None)


def _book(pair: Pair, told: dict[str, Any], proposer: Person, *, key: str) -> SharedBook:
    agreed, finished = told.get("agreed"), told.get("finished")
    state = BookState.FINISHED if finished else BookState.READING if agreed else BookState.PROPOSED
    with machine.beginning():
        book = SharedBook(
            key=key,
            pair=pair,
            proposed_by_id=proposer.id,
            title=told["title"],
            folded=titles.folded(told["title"]),
            author=told["author"],
            chapters=told.get("chapters") or [""] * told.get("chapter_count", 0),
            goal_on=told.get("goal"),
            why=told.get("why", ""),
            why_html=str(html.plain(told.get("why", ""))),
            state=state,
            proposed_at=_afternoon(told["proposed"]),
            agreed_at=_afternoon(agreed) if agreed else None,
            finished_at=_afternoon(finished) if finished else None,
        )
    session().add(book)
    return book


def _copy(book: SharedBook, person: Person, place: int, pages: int | None) -> ReadingCopy:
    copy = ReadingCopy(book_id=book.id, reader_id=person.id, place=place, pages=pages)
    session().add(copy)
    return copy


def _walk(book: SharedBook, copy: ReadingCopy, began: date, finished: date | None) -> None:
    """A step for each chapter, a few days apart."""
    end = finished or date(2026, 11, 18)
    apart = max((end - began).days // max(copy.place, 1), 1)
    for chapter in range(1, copy.place + 1):
        day = min(began + timedelta(days=apart * chapter), end)
        session().add(
            ReadingStep(
                key=f"demo-step-{chapter:03}-{book.id}",
                book_id=book.id,
                reader_id=copy.reader_id,
                place=chapter,
                read_on=day,
                logged_at=_afternoon(day),
            )
        )
        copy.logged_at = _afternoon(day)
    copy.finished_at = _afternoon(finished) if finished else None


def _note(
    book: SharedBook,
    told: dict[str, Any],
    author: Person,
    number: int,
    written: list[ReadingNote],
) -> ReadingNote:
    quote = told.get("quote", "")
    answers = written[told["answers"]] if "answers" in told else None
    note = ReadingNote(
        key=f"demo-note-{book.id}-{number}",
        book=book,
        author_id=author.id,
        kind=NoteKind.QUOTE if quote else NoteKind.THOUGHT,
        place=told["chapter"],
        quote=quote,
        body=told["body"],
        body_html=str(html.plain(told["body"])),
        written_at=_afternoon(told["on"]),
        answers_id=answers.id if answers else None,
        question_id=_question(book, told["chapter"]) if told.get("question") else None,
    )
    session().add(note)
    session().flush()
    return note


def _question(book: SharedBook, chapter: int) -> int:
    return (
        session()
        .scalars(
            sa.select(BookQuestion.id).where(
                BookQuestion.class_book_id == book.class_book_id, BookQuestion.chapter == chapter
            )
        )
        .one()
    )


def _reflection(book: SharedBook, told: dict[str, Any], author: Person) -> None:
    body, moment = told["body"].strip(), _afternoon(told["on"])
    with machine.beginning():
        one = Reflection(
            book=book,
            author_id=author.id,
            body=body,
            body_html=str(html.plain(body)),
            state=ReflectionState.FINISHED,
            saved_at=moment,
            finished_at=moment,
        )
    session().add(one)


def _afternoon(day: date) -> datetime:
    return datetime.combine(day, time(10, 40), UTC)
