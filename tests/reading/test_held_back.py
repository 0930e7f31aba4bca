"""Notes are held back until their reader comes to them, whatever is logged, edited, shared or looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from penpal.kernel import access, trail
from penpal.kernel.db import db, session
from penpal.kernel.errors import NotFound, NotPermitted
from penpal.reading import notes, pages, positions, queries, steps
from penpal.reading.models import ReadingCopy, SharedBook
from penpal.reading.note_models import Envelope, NoteKind, ReadingNote
from penpal.safeguarding import items
from penpal.twinning import queries as pairs
from tests.cast import Cast
from tests.reading.sharing import agreed, fresh, noted, read

MOST = 6
READERS = ("xiaohe", "xiaomai")


def before(cast: Cast, who: str) -> set[int]:
    """What lies before a reader by the scope that every page goes through."""
    seen = access.visible(ReadingNote, cast.actor(who)).with_only_columns(ReadingNote.id)
    return set(session().scalars(seen))


class Reading(RuleBasedStateMachine):
    """Two read by chapters or by pages of unlike editions; a model of its own says who may see what."""

    cast: Cast
    by_pages: bool

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        self.restore()
        changes: dict[str, object] = {"chapters": "", "pages": "120"} if self.by_pages else {}
        self.book_id = agreed(self.cast, **changes).id
        self.editions = {"xiaohe": 120, "xiaomai": 90}
        if self.by_pages:
            for who, length in self.editions.items():
                steps.keep_edition(self.book(), pages=length, by=self.cast.actor(who))
        self.at = dict.fromkeys(READERS, 0.0)
        self.notes: dict[int, tuple[str, float]] = {}
        self.had: dict[str, set[int]] = {who: set() for who in READERS}

    restore: Callable[[], None]

    def book(self) -> Any:
        return session().get_one(SharedBook, self.book_id)

    def place(self, who: str, sixth: int) -> dict[str, int]:
        if self.by_pages:
            return {"page": self.editions[who] * sixth // MOST}
        return {"chapter": sixth}

    def share(self, who: str, sixth: int) -> float:
        return self.place(who, sixth)["page"] / self.editions[who] if self.by_pages else sixth

    def reached(self, who: str) -> set[int]:
        """By the model: one's own, what one has come to at this moment, and what one had before."""
        return {
            number
            for number, (author, at) in self.notes.items()
            if author == who or at <= self.at[who] or number in self.had[who]
        }

    def remember(self) -> None:
        for who in READERS:
            self.had[who] |= self.reached(who) - {
                number for number, (author, _at) in self.notes.items() if author == who
            }

    @rule(who=st.sampled_from(READERS), sixth=st.integers(0, MOST - 1))
    def log(self, who: str, sixth: int) -> None:
        steps.log(self.book(), key=fresh(), by=self.cast.actor(who), **self.place(who, sixth))
        self.at[who] = self.share(who, sixth)
        self.remember()

    @rule(
        who=st.sampled_from(READERS),
        sixth=st.integers(0, MOST),
        envelope=st.sampled_from(Envelope),
    )
    def write(self, who: str, sixth: int, envelope: Envelope) -> None:
        written = notes.Written(
            kind=NoteKind.THOUGHT, body="一句", envelope=envelope, **self.place(who, sixth)
        )
        made = notes.write(self.book(), written, key=fresh(), by=self.cast.actor(who)).note
        self.notes[made.id] = (who, self.share(who, sixth))
        self.remember()

    @precondition(lambda self: self.notes)
    @rule(data=st.data(), who=st.sampled_from(READERS), sixth=st.integers(0, MOST))
    def answer(self, data: Any, who: str, sixth: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.reached(who)) or [0]))
        if not number:
            return
        about = session().get_one(ReadingNote, number)
        written = notes.Written(kind=NoteKind.THOUGHT, body="再一句", **self.place(who, sixth))
        made = notes.write(
            self.book(), written, key=fresh(), answers=about, by=self.cast.actor(who)
        ).note
        self.notes[made.id] = (who, max(self.notes[number][1], self.share(who, sixth)))
        self.remember()

    @precondition(lambda self: self.notes)
    @rule(data=st.data(), sixth=st.integers(0, MOST))
    def edit(self, data: Any, sixth: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.notes)))
        author, _at = self.notes[number]
        other = READERS[1 - READERS.index(author)]
        note = session().get_one(ReadingNote, number)
        answered = note.answers_id
        written = notes.Written(body="改过的一句", **self.place(author, sixth))
        if number in self.reached(other):
            with pytest.raises(NotPermitted):
                notes.edit(note, written, by=self.cast.actor(author))
            return
        notes.edit(note, written, by=self.cast.actor(author))
        least = self.notes[answered][1] if answered else 0
        moved = max(self.share(author, sixth), least)
        self.notes[number] = (author, moved)
        for one in session().scalars(
            sa.select(ReadingNote.id).where(ReadingNote.answers_id == number)
        ):
            who, stood = self.notes[one]
            self.notes[one] = (who, max(stood, moved))
        self.remember()

    @precondition(lambda self: self.notes)
    @rule(data=st.data())
    def choose_to_look(self, data: Any) -> None:
        number = data.draw(st.sampled_from(sorted(self.notes)))
        author, _at = self.notes[number]
        reader = READERS[1 - READERS.index(author)]
        notes.look(queries.held_note(number, self.cast.actor(reader)), by=self.cast.actor(reader))
        self.had[reader].add(number)

    @precondition(lambda self: self.by_pages)
    @rule(who=st.sampled_from(READERS), length=st.integers(60, 200))
    def correct_the_edition(self, who: str, length: int) -> None:
        """Where one is does not change by it: only the next step counts by the new length."""
        steps.keep_edition(self.book(), pages=length, by=self.cast.actor(who))
        self.editions[who] = length

    @invariant()
    def each_has_before_them_what_they_came_to_or_chose(self) -> None:
        if not hasattr(self, "book_id"):
            return
        for who in READERS:
            mine, hidden = self.reached(who), set(self.notes) - self.reached(who)
            assert before(self.cast, who) == mine
            actor = self.cast.actor(who)
            assert {held.id for held in queries.held_back(self.book(), actor)} == hidden
            for number in hidden:
                assert items.resolve(f"reading_note:{number}", actor) is None


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by_pages", [False, True])
def test_no_sequence_shows_a_note_ahead_of_its_reader_without_their_choice(
    app: Flask, cast: Cast, store: Any, by_pages: bool
) -> None:
    machine = type(
        "OfTwo",
        (Reading,),
        {"cast": cast, "by_pages": by_pages, "restore": staticmethod(store.restore)},
    )

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_note_waits_and_is_announced_by_its_place_alone(cast: Cast) -> None:
    book = agreed(cast)
    note = noted(cast, book, chapter=3, body="翅膀是薄的。")
    he = cast.actor("xiaohe")

    page = pages.of(book, pairs.card_of(he), he)  # type: ignore[arg-type]

    assert [(group.label, group.count) for group in page.held] == [("第 3 章\u3000螳螂捕食", 1)]
    assert page.threads == []
    with pytest.raises(NotFound):
        access.load(ReadingNote, he, note.id)


def test_a_reader_may_choose_to_look_and_that_stands_in_a_row(cast: Cast) -> None:
    book = agreed(cast)
    note = noted(cast, book, chapter=5)
    he = cast.actor("xiaohe")

    notes.look(queries.held_note(note.id, he), by=he)
    notes.look(queries.held_note(note.id, he), by=he)

    assert before(cast, "xiaohe") == {note.id}
    assert [entry.move for entry in trail.of(note)] == ["write note", "look ahead"]
    for stranger in ("xiaolin", "teacher_ht"):
        with pytest.raises(NotFound):
            queries.held_note(note.id, cast.actor(stranger))
        with pytest.raises(NotPermitted):
            notes.look(note, by=cast.actor(stranger))


def test_going_back_hides_nothing_and_brings_nothing_new(cast: Cast) -> None:
    book = agreed(cast)
    seen = noted(cast, book, chapter=4)
    read(cast, book, "xiaohe", 5)

    read(cast, book, "xiaohe", 2)
    later = noted(cast, book, chapter=4)

    assert before(cast, "xiaohe") == {seen.id}
    read(cast, book, "xiaohe", 4)
    assert before(cast, "xiaohe") == {seen.id, later.id}


def test_unlike_editions_are_compared_by_their_share(cast: Cast) -> None:
    book = agreed(cast, chapters="", pages="300")
    steps.keep_edition(book, pages=200, by=cast.actor("xiaomai"))
    written = notes.Written(kind=NoteKind.THOUGHT, page=100, body="正好一半。")
    note = notes.write(book, written, key=fresh(), by=cast.actor("xiaomai")).note

    steps.log(book, key=fresh(), page=149, by=cast.actor("xiaohe"))
    assert before(cast, "xiaohe") == set()
    steps.log(book, key=fresh(), page=150, by=cast.actor("xiaohe"))

    assert before(cast, "xiaohe") == {note.id}
    assert positions.of_page(1, 5000) > positions.of_page(0, 4999)
    assert positions.of_page(2499, 4999) < positions.of_page(2500, 5000)
    assert session().scalars(sa.select(ReadingCopy.page).order_by(ReadingCopy.id)).all() == [
        150,
        None,
    ]
