"""The page of one book as one of its two readers sees it: all that is drawn, loaded before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.kernel.access import Actor
from penpal.media import queries as photos
from penpal.media.queries import Picture
from penpal.reading import positions, queries, shelf, wording
from penpal.reading.class_models import BookQuestion
from penpal.reading.models import Parcel, ReadingCopy, SharedBook
from penpal.reading.note_models import NoteKind, ReadingNote, Reflection
from penpal.safeguarding import held_queries, hold_queries, opening_queries, opening_wording
from penpal.safeguarding.held_queries import Waiting
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.opening_models import Opening
from penpal.twinning.queries import PairCard, Side


@dataclass(frozen=True, slots=True)
class Progress:
    """One row of the two: ``value`` of ``most``, and the same in words."""

    side: Side
    mine: bool
    value: int
    most: int
    words: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    number: int
    name: str
    mine: bool
    theirs: bool
    here: bool
    there: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note before its reader. ``may_change``: one's own, and the partner has not come to it."""

    id: int
    kind: NoteKind
    mine: bool
    quote: str
    body_html: str
    direction: str
    at: datetime
    is_open: bool
    may_change: bool
    pictures: tuple[Picture, ...]


@dataclass(slots=True)
class Thread:
    """A place at which the two say something: to a line of the book, to a teacher's question, or so."""

    place: int
    label: str
    quote: str = ""
    quote_mine: bool = False
    question: BookQuestion | None = None
    root_id: int | None = None
    notes: list[NoteView] = field(default_factory=list)
    partner_is_there: bool = True

    @property
    def mine(self) -> list[NoteView]:
        return [note for note in self.notes if note.mine]

    @property
    def theirs(self) -> list[NoteView]:
        return [note for note in self.notes if not note.mine]


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """What the partner left at one place further on."""

    label: str
    count: int
    ids: tuple[int, ...]


@dataclass(frozen=True)
class BookPage:
    book: SharedBook
    card: PairCard
    number: int
    mine: ReadingCopy | None
    progress: Sequence[Progress]
    chapters: Sequence[Chapter]
    threads: Sequence[Thread]
    held: Sequence[HeldGroup]
    reflections: Mapping[int, Reflection]
    partner_reflected: bool
    parcels: Sequence[Parcel]
    under_way: Parcel | None
    spines: Sequence[shelf.Spine]
    cover: Picture | None
    pictures: Mapping[int, tuple[Picture, ...]]
    waiting: Sequence[Waiting]
    released: Mapping[int, Hold]
    reflection_asked: Hold | None
    teacher: str
    openings: Sequence[tuple[Opening, str]]

    @property
    def reflection_waits(self) -> bool:
        return self.reflection_asked is not None and self.reflection_asked.state is HoldState.ASKED

    @property
    def reflection_released(self) -> Hold | None:
        asked = self.reflection_asked
        return asked if asked is not None and asked.state is HoldState.RELEASED else None

    @property
    def own_reflection(self) -> Reflection | None:
        return self.reflections.get(self.card.me.person_id)

    @property
    def their_reflection(self) -> Reflection | None:
        return self.reflections.get(self.card.partner.person_id)

    @property
    def next_chapter(self) -> int | None:
        """The chapter that would be finished next; None at the end and where pages count."""
        if self.mine is None or not self.book.counts_chapters:
            return None
        return self.mine.place + 1 if self.mine.place < len(self.book.chapters) else None


def of(book: SharedBook, card: PairCard, actor: Actor) -> BookPage:
    """Everything on the page, in a fixed number of queries."""
    books = queries.of_pair(card.pair, actor)
    copies = queries.copies_of(book)
    mine, theirs = copies.get(card.me.person_id), copies.get(card.partner.person_id)
    notes = queries.notes_before(book, actor)
    reflections = queries.reflections_before(book, actor)
    of_notes = photos.of("reading_note", [note.id for note in notes])
    of_reflections = photos.of("reflection", [one.id for one in reflections.values()])
    covers = photos.of("shared_book", [book.id]).get(book.id, ())
    unseen = queries.not_before(book, card.me.person_id, card.partner.person_id)
    parcels = queries.parcels_of(book)
    own = reflections.get(card.me.person_id)
    waiting = held_queries.waiting_in("reading_note", book.id, actor)
    teacher = teacher_of(card.me) if waiting else None
    # Only what is open, as it was then, can have been released: most books have nothing to ask about.
    opened = [
        note.id
        for note in notes
        if note.author_id == actor.person_id and not note.is_sealed and note.edited_at is None
    ]
    return BookPage(
        book=book,
        card=card,
        number=shelf.number_of(book, books),
        mine=mine,
        progress=_progress(book, card, mine, theirs),
        chapters=_chapters(book, mine, theirs),
        threads=_threads(book, notes, of_notes, unseen, mine, theirs),
        held=_held(book, queries.held_back(book, actor)),
        reflections=reflections,
        partner_reflected=queries.partner_has_finished_reflection(book, actor),
        parcels=parcels,
        under_way=next((one for one in parcels if one.arrived_on is None), None),
        spines=shelf.spines(books, card),
        cover=covers[0] if covers else None,
        pictures=of_reflections,
        waiting=waiting,
        released=held_queries.released("reading_note", opened, actor),
        reflection_asked=hold_queries.last("reflection", own.id) if own else None,
        teacher=teacher.shown_name if teacher else "",
        openings=_openings(book, notes, reflections.values(), actor),
    )


def _openings(
    book: SharedBook, notes: Sequence[ReadingNote], reflections: Iterable[Reflection], actor: Actor
) -> list[tuple[Opening, str]]:
    """Who of staff opened any of what lies before this reader."""
    things = {
        "shared_book": [book.id],
        "reading_note": [note.id for note in notes],
        "reflection": [one.id for one in reflections],
    }
    return opening_wording.told(opening_queries.shown_among(things, actor), actor.person_id)


def _progress(
    book: SharedBook, card: PairCard, mine: ReadingCopy | None, theirs: ReadingCopy | None
) -> list[Progress]:
    rows = []
    for side, copy in ((card.me, mine), (card.partner, theirs)):
        if copy is None:
            continue
        chapters = len(book.chapters)
        if chapters:
            value, most = copy.place, chapters
            words = f"{copy.place} / {chapters}"
        else:
            value, most = positions.share(copy.place, 0), 100
            words = f"{copy.page or 0} / {copy.pages}" if copy.pages else f"{value}%"
        rows.append(
            Progress(side, side is card.me, value, most, words, copy.finished_at is not None)
        )
    return rows


def _chapters(
    book: SharedBook, mine: ReadingCopy | None, theirs: ReadingCopy | None
) -> list[Chapter]:
    here, there = (mine.place if mine else 0), (theirs.place if theirs else 0)
    return [
        Chapter(number, name, number <= here, number <= there, number == here, number == there)
        for number, name in enumerate(book.chapters, start=1)
    ]


def _threads(
    book: SharedBook,
    notes: Sequence[ReadingNote],
    pictures: Mapping[int, tuple[Picture, ...]],
    unseen: set[int],
    mine: ReadingCopy | None,
    theirs: ReadingCopy | None,
) -> list[Thread]:
    """Grouped by what they are about. A note whose beginning is not in sight stands for itself."""
    me = mine.reader_id if mine else 0
    here, there = (mine.place if mine else 0), (theirs.place if theirs else 0)
    asked = {
        question.id: Thread(
            question.chapter,
            wording.chapter(book, question.chapter),
            question=question,
            partner_is_there=there >= question.chapter,
        )
        for question in queries.questions_for(book)
        if book.counts_chapters and question.chapter <= here
    }
    threads: dict[int, Thread] = {}
    for note in notes:
        view = NoteView(
            note.id,
            note.kind,
            note.author_id == me,
            note.quote,
            note.body_html,
            note.direction,
            note.written_at,
            not note.is_sealed,
            note.id in unseen,
            pictures.get(note.id, ()),
        )
        if note.question_id in asked:
            asked[note.question_id].notes.append(view)
        elif note.answers_id in threads:
            threads[note.answers_id].notes.append(view)
        else:
            label = wording.place(book, note.place, note.page)
            threads[note.id] = Thread(
                note.place, label, note.quote, view.mine, root_id=note.id, notes=[view]
            )
    return sorted([*asked.values(), *threads.values()], key=lambda one: one.place)


def _held(book: SharedBook, waiting: Iterable[queries.Held]) -> list[HeldGroup]:
    found: dict[int, list[int]] = defaultdict(list)
    for note in waiting:
        found[note.place].append(note.id)
    return [
        HeldGroup(wording.place(book, place), len(ids), tuple(ids)) for place, ids in found.items()
    ]


def teacher_of(side: Side) -> Person | None:
    """The teacher who may read along what this author leaves open."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0] if teachers else None
