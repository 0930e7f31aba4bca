"""The shelf of a pair, and the books of a class that one may choose the next one from."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from penpal.reading.models import SharedBook
from penpal.reading.states import BookState
from penpal.twinning.queries import PairCard

COLOURS, HEIGHTS = 6, 4
_ORDER = (BookState.FINISHED, BookState.READING, BookState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Spine:
    """A book on the shelf; colour and height follow from its title, so both see the same one."""

    id: int
    title: str
    author: str
    colour: int
    height: int
    mark: str
    is_running: bool


def spines(books: Iterable[SharedBook], card: PairCard) -> tuple[Spine, ...]:
    """What was read, then what is being read, then what one of the two would like to read."""
    shown = [book for book in books if book.state in _ORDER]
    shown.sort(key=lambda book: (_ORDER.index(book.state), book.proposed_at, book.id))
    return tuple(spine(book, card) for book in shown)


def spine(book: SharedBook, card: PairCard) -> Spine:
    drawn = zlib.crc32(book.folded.encode())
    return Spine(
        book.id,
        book.title,
        book.author,
        drawn % COLOURS + 1,
        drawn // COLOURS % HEIGHTS + 1,
        _mark(book, card),
        book.state is BookState.READING,
    )


def _mark(book: SharedBook, card: PairCard) -> str:
    if book.state is BookState.FINISHED:
        return _("读完")
    if book.state is BookState.READING:
        return _("在读")
    if book.proposed_by_id == card.partner.person_id:
        return _("%(name)s选的", name=card.partner.display_name)
    return _("想读")


def running(books: Sequence[SharedBook]) -> SharedBook | None:
    """The book that is being read; of several the one agreed on last."""
    reading = [book for book in books if book.state is BookState.READING]
    return max(
        reading, key=lambda book: (book.agreed_at or book.proposed_at, book.id), default=None
    )


def number_of(book: SharedBook, books: Iterable[SharedBook]) -> int:
    """The how-manieth book of the two this is, by the day on which both said yes; 0 before that."""
    if book.agreed_at is None:
        return 0
    agreed = sorted((one.agreed_at, one.id) for one in books if one.agreed_at is not None)
    return agreed.index((book.agreed_at, book.id)) + 1
