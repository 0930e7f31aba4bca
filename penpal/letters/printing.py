"""Letters on paper: one's own to keep, and, for a class, those of students who have no device.

A sealed letter is the partner's alone. So a teacher prints one only where its author knew before
sending that it would be printed, or said afterwards that it may be; nothing of it shows on a page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from penpal.accounts.models import Enrolment, Person
from penpal.consent import queries as consent
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.letters import queries, readers, typesetting
from penpal.letters.models import Letter, PaperReader, Printing
from penpal.letters.states import LetterState
from penpal.letters.typesetting import Correspondent
from penpal.permissions import Permission
from penpal.places.models import Unit

AGAIN = timedelta(days=14)
"""How long after its first printing a letter can be printed once more: paper gets lost."""


# One's own letters.


def parts(pair_id: int, actor: Actor) -> list[list[int]]:
    """The letters of a pair that this member may print, in the order of delivery, by files of a bearable size."""
    statement = (
        _own(pair_id, actor).with_only_columns(Letter.id, _weight()).order_by(Letter.sequence)
    )
    found: list[list[int]] = [[]]
    characters = 0
    for letter_id, length in session().execute(statement):
        full = len(found[-1]) == typesetting.MOST_LETTERS
        if found[-1] and (full or characters + length > typesetting.MOST_CHARACTERS):
            found.append([])
            characters = 0
        found[-1].append(letter_id)
        characters += length
    return found


def _weight() -> sa.ColumnElement[int]:
    """How much of a file a letter takes, in characters."""
    photos: sa.ColumnElement[int] = queries.number_of_photos()
    return sa.func.length(Letter.body) + typesetting.PHOTO_WEIGHS * photos


def of_pair(pair_id: int, actor: Actor, letter_ids: Collection[int]) -> list[Letter]:
    """Those of these letters that this member of the pair may print, in the order of delivery."""
    statement = _own(pair_id, actor).where(Letter.id.in_(letter_ids)).order_by(Letter.sequence)
    return list(session().scalars(statement))


def _own(pair_id: int, actor: Actor) -> sa.Select[Letter]:
    """What one wrote and sent, and what one was sent and has opened."""
    return access.visible(Letter, actor).where(
        Letter.pair_id == pair_id,
        Letter.delivered_at.is_not(None),
        sa.or_(Letter.author_id == actor.person_id, Letter.state == LetterState.OPENED),
    )


# Who reads on paper.


def begin_paper(student: Person, *, by: Actor) -> None:
    """The class teacher says that a student has no device. Saying it twice changes nothing."""
    with transaction():
        access.authorize(by, Permission.Paper.BEGIN, student)
        if readers.running(student.id) is None:
            school_id = next(row.school_id for row in student.enrolments if row.until is None)
            _begin(student, school_id, by=by)


def _begin(student: Person, school_id: int, *, by: Actor) -> None:
    # What another school began has long stopped counting; now it also ends in the table.
    session().execute(
        sa.update(PaperReader)
        .where(PaperReader.person_id == student.id, PaperReader.until.is_(None))
        .values(until=clock.now())
    )
    session().add(PaperReader(person_id=student.id, school_id=school_id, set_by_id=by.person_id))
    trail.write(student, "reads on paper", by=by)


def end_paper(student: Person, *, by: Actor) -> None:
    """The teacher, or the student, says that letters need not be printed any more."""
    with transaction():
        access.authorize(by, Permission.Paper.END, student)
        row = readers.running(student.id)
        if row is not None:
            row.until = clock.now()
            trail.write(student, "reads on screen", by=by)


def hand_on(folded: Person, kept: Person, by: Actor) -> None:
    """Of two records of one child the one that stays goes on reading on paper. The caller has authorized."""
    with transaction():
        row = readers.running(folded.id)
        if row is None:
            return
        row.until = clock.now()
        trail.write(folded, "reads on screen", by=by)
        if readers.running(kept.id) is None:
            _begin(kept, row.school_id, by=by)


def let_print(letter: Letter, *, by: Actor) -> None:
    """The author of a letter that was sent before says that it may be printed for the partner."""
    with transaction():
        access.authorize(by, Permission.Letter.LET_PRINT, letter)
        if letter.paper_known_at is None:
            letter.paper_known_at = clock.now()
            trail.write(letter, "let print", by=by)


# A class's batch.


@dataclass(frozen=True, slots=True)
class Waiting:
    """A student who reads on paper: letters to print, and how many more whose authors have not said yes."""

    name: str
    number: str
    letter_ids: tuple[int, ...]
    unasked: int


@dataclass(frozen=True, slots=True)
class Printed:
    letter_id: int
    name: str
    number: str
    at: datetime


@dataclass(frozen=True)
class Batch:
    """What a class's page shows. ``letter_ids`` is what one file takes now; the rest comes after it."""

    students: Sequence[Waiting]
    letter_ids: Sequence[int]
    printed: Sequence[Printed]

    @property
    def waiting(self) -> int:
        return sum(len(student.letter_ids) for student in self.students)

    @property
    def unasked(self) -> int:
        return sum(student.unasked for student in self.students)


def batch(class_: Unit, *, by: Actor) -> Batch:
    """Who of a class waits for how many letters. Nothing of the letters is read."""
    access.authorize(by, Permission.Unit.PRINT_LETTERS, class_)
    rows = session().execute(
        _readers_of(class_)
        .outerjoin(
            Letter,
            sa.and_(
                Letter.recipient_id == Person.id,
                Letter.state == LetterState.DELIVERED,
                _not_printed(),
            ),
        )
        .with_only_columns(
            Person.id,
            Person.name,
            Enrolment.student_number,
            Letter.id,
            Letter.paper_known_at,
            _weight(),
        )
        .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number, Letter.id)
    )
    names: dict[int, tuple[str, str]] = {}
    known: defaultdict[int, list[int]] = defaultdict(list)
    unasked: Counter[int] = Counter()
    lengths: dict[int, int] = {}
    for person_id, name, number, letter_id, known_at, length in rows:
        names[person_id] = (name, number)
        if known_at is not None:
            known[person_id].append(letter_id)
            lengths[letter_id] = length
        elif letter_id is not None:
            unasked[person_id] += 1
    students = [
        Waiting(name, number, tuple(known[person_id]), unasked[person_id])
        for person_id, (name, number) in names.items()
    ]
    return Batch(
        students,
        _first_file([letter for student in students for letter in student.letter_ids], lengths),
        _lately_printed(class_),
    )


def _first_file(letter_ids: Sequence[int], lengths: dict[int, int]) -> list[int]:
    taken: list[int] = []
    characters = 0
    for letter_id in letter_ids[: typesetting.MOST_LETTERS]:
        characters += lengths[letter_id]
        if taken and characters > typesetting.MOST_CHARACTERS:
            break
        taken.append(letter_id)
    return taken


def _not_printed() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(Printing.letter_id == Letter.id, Printing.confirmed_at.is_not(None))


def _readers_of(class_: Unit) -> sa.Select[Person]:
    """The students of a class who read on paper and take part."""
    return (
        sa.select(Person)
        .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
        .join(PaperReader, sa.and_(PaperReader.person_id == Person.id, readers.counting()))
        .where(Enrolment.class_id == class_.id, consent.takes_part(Person))
    )


def _lately_printed(class_: Unit) -> list[Printed]:
    first = sa.func.min(Printing.confirmed_at)
    statement = (
        _readers_of(class_)
        .join(Letter, Letter.recipient_id == Person.id)
        .join(Printing, Printing.letter_id == Letter.id)
        .with_only_columns(
            Letter.id, Person.name, Letter.number, sa.type_coerce(first, Printing.taken_at.type)
        )
        .where(Letter.state == LetterState.DELIVERED)
        .group_by(Letter.id, Person.name, Letter.number)
        .having(first > clock.now() - AGAIN)
        .order_by(first.desc(), Letter.id.desc())
    )
    return [Printed(row[0], row[1], row[2], row[3]) for row in session().execute(statement)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter that a teacher prints, with what its cover says."""

    letter: Letter
    author: Correspondent
    to: str
    to_name: str
    class_name: str
    number: str


def take(class_: Unit, letter_ids: Collection[int], *, by: Actor) -> list[Sheet]:
    """The letters for a file, in the order of the page. Their authors are told; none counts as printed yet."""
    with transaction() as current:
        sheets = _sheets(class_, letter_ids, by=by)
        for sheet in sheets:
            current.add(Printing(letter_id=sheet.letter.id, printed_by_id=by.person_id))
            trail.write(sheet.letter, "set for printing", by=by)
    return sheets


def record(class_: Unit, letter_ids: Collection[int], *, by: Actor) -> int:
    """The teacher has the sheets in hand: their authors are told. Returns how many letters it were.

    Only what was taken can be in hand. What somebody recorded meanwhile is left alone; what was
    opened or ended meanwhile is on paper all the same.
    """
    with transaction() as current:
        _may_print(class_, letter_ids, by=by)
        taken = current.scalars(
            sa.select(Printing)
            .join(Letter, Letter.id == Printing.letter_id)
            .join(
                Enrolment,
                sa.and_(Enrolment.person_id == Letter.recipient_id, Enrolment.until.is_(None)),
            )
            .options(contains_eager(Printing.letter))
            .where(
                Letter.id.in_(letter_ids),
                Enrolment.class_id == class_.id,
                Printing.confirmed_at.is_(None),
            )
            .order_by(Printing.id)
        ).all()
        letters = {row.letter_id: row.letter for row in taken}
        for row in taken:
            row.confirmed_at = clock.now()
        for letter in letters.values():
            trail.write(letter, "printed", by=by)
    return len(letters)


def take_again(class_: Unit, letter_id: int, *, by: Actor) -> list[Sheet]:
    """A letter that was printed within the last two weeks, once more. It counts at once."""
    with transaction() as current:
        access.authorize(by, Permission.Unit.PRINT_LETTERS, class_)
        if letter_id not in {printed.letter_id for printed in _lately_printed(class_)}:
            raise NotFound
        sheets = _sheets(class_, [letter_id], by=by, again=True)
        current.add(
            Printing(letter_id=letter_id, printed_by_id=by.person_id, confirmed_at=clock.now())
        )
        trail.write(sheets[0].letter, "printed again", by=by)
    return sheets


def _may_print(class_: Unit, letter_ids: Collection[int], *, by: Actor) -> None:
    access.authorize(by, Permission.Unit.PRINT_LETTERS, class_)
    if len(letter_ids) > typesetting.MOST_LETTERS:
        raise Invalid(_TOO_MANY)


def _sheets(
    class_: Unit, letter_ids: Collection[int], *, by: Actor, again: bool = False
) -> list[Sheet]:
    """Unopened letters to students of this class, not printed yet unless ``again``; each is asked for by itself."""
    _may_print(class_, letter_ids, by=by)
    author, written, home, town = aliased(Person), aliased(Enrolment), aliased(Unit), aliased(Unit)
    rows = (
        session()
        .execute(
            sa.select(Letter, Person, Enrolment.student_number, author, town)
            .join(Person, Person.id == Letter.recipient_id)
            .join(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.until.is_(None)))
            .join(author, author.id == Letter.author_id)
            .outerjoin(written, sa.and_(written.person_id == author.id, written.until.is_(None)))
            .outerjoin(home, home.id == written.class_id)
            .outerjoin(town, town.id == home.town_id)
            .options(
                contains_eager(Letter.recipient),
                selectinload(Letter.recipient, Person.enrolments).joinedload(Enrolment.class_),
                joinedload(Letter.pair),
            )
            .where(
                Letter.id.in_(letter_ids),
                Letter.state == LetterState.DELIVERED,
                sa.true() if again else _not_printed(),
                Enrolment.class_id == class_.id,
            )
            .order_by(sa.func.length(Enrolment.student_number), Enrolment.student_number, Letter.id)
        )
        .all()
    )
    if not rows:
        raise Invalid(_NOTHING)
    for row in rows:
        access.authorize(by, Permission.Letter.PRINT_FOR, row[0])
    return [
        Sheet(
            letter,
            Correspondent(
                writer.name_for_partners,
                place.name if place else "",
                place.short_name if place else "",
                place.stamp if place else "default",
            ),
            reader.name,
            reader.shown_name,
            class_.name,
            number,
        )
        for letter, reader, number, writer, place in rows
    ]


_TOO_MANY = _l("一次最多印 60 封。先印这些，剩下的再印一次。")
_NOTHING = _l("现在没有要印的信。")
