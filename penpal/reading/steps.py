"""The reading log: how far one is, once for each key; and one's own edition."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.reading import positions, queries, services, shown
from penpal.reading.models import PAGES_MAX, ReadingCopy, ReadingStep, SharedBook
from penpal.reading.note_models import NoteLook, ReadingNote
from penpal.reading.states import BookState

_LONG_AGO = timedelta(days=400)


def log(
    book: SharedBook,
    *,
    key: str,
    chapter: int | None = None,
    page: int | None = None,
    pages: int | None = None,
    read_on: date | None = None,
    said_at: datetime | None = None,
    by: Actor,
) -> ReadingStep:
    """Say how far one is: how many chapters are finished, or which page one is at.

    The same key gives the same step. ``said_at`` is when a device without a line was told. What was
    meant earlier than another step, by its day or its moment, is kept and leads forward only: it came
    late. Going back is allowed; what lay before the reader by then goes on to do so.
    """
    services.check_key(key)
    access.authorize(by, Permission.Book.KEEP, book)
    with transaction() as current:
        services.hold_pair(book.pair)
        access.authorize(by, Permission.Book.KEEP, book)
        known = queries.step_of_key(by.person_id, key)
        if known is not None:
            return known
        if book.state is not BookState.READING:
            raise IllegalMove
        copy = queries.copies_of(book)[by.person_id or 0]
        place = place_of(book, copy, chapter=chapter, page=page, pages=pages)
        day, at = _day(read_on), min(said_at or clock.now(), clock.now())
        step = ReadingStep(
            key=key,
            book_id=book.id,
            reader_id=by.person_id,
            place=place,
            page=page if not book.counts_chapters else None,
            read_on=day,
            logged_at=at,
        )
        is_late = _is_older(book, day, at, by)
        current.add(step)
        if not is_late or place > copy.place:
            _go(book, copy, step)
        current.flush()
        services.finish_when_both_have(book, by=by)
    return step


def place_of(
    book: SharedBook,
    copy: ReadingCopy,
    *,
    chapter: int | None,
    page: int | None,
    pages: int | None = None,
) -> int:
    """The place that a chapter or a page means for this reader. Raises ``Invalid`` where it means none.

    ``pages`` is taken down as the length of the reader's own edition.
    """
    if book.counts_chapters:
        if chapter is None or not 0 <= chapter <= len(book.chapters):
            raise Invalid(fields={"chapter": _l("选一章。")})
        return chapter
    if pages is not None:
        if not 1 <= pages <= PAGES_MAX:
            raise Invalid(fields={"pages": _l("页数写数字，比如 320。")})
        copy.pages = pages
    if copy.pages is None:
        raise Invalid(fields={"pages": _l("先写你手里这本一共多少页，两本书才比得上。")})
    if page is None or not 0 <= page <= copy.pages:
        raise Invalid(fields={"page": _l("写页码，不超过你这本的最后一页。")})
    return positions.of_page(page, copy.pages)


def keep_edition(book: SharedBook, *, pages: int, by: Actor) -> None:
    """How many pages one's own edition has. Where one is stays as it was until the next step."""
    with transaction():
        access.authorize(by, Permission.Book.KEEP, book)
        copy = queries.copies_of(book).get(by.person_id or 0)
        if copy is None:
            raise IllegalMove
        if not 1 <= pages <= PAGES_MAX:
            raise Invalid(fields={"pages": _l("页数写数字，比如 320。")})
        copy.pages = pages


def _day(read_on: date | None) -> date:
    today = clock.today()
    if read_on is None or read_on > today or read_on < today - _LONG_AGO:
        return today
    return read_on


def _is_older(book: SharedBook, day: date, at: datetime, by: Actor) -> bool:
    """Whether the reader has said something since then: of a later day, or later on the same one."""
    later = sa.exists().where(
        ReadingStep.book_id == book.id,
        ReadingStep.reader_id == by.person_id,
        sa.or_(
            ReadingStep.read_on > day,
            sa.and_(ReadingStep.read_on == day, ReadingStep.logged_at > at),
        ),
    )
    return bool(session().scalar(sa.select(later)))


def _go(book: SharedBook, copy: ReadingCopy, step: ReadingStep) -> None:
    if step.place < copy.place:
        _leave_before_them(book, copy)
    copy.place, copy.page, copy.logged_at = step.place, step.page, clock.now()
    is_over = step.place >= positions.end(len(book.chapters))
    copy.finished_at = (copy.finished_at or clock.now()) if is_over else None


def _leave_before_them(book: SharedBook, copy: ReadingCopy) -> None:
    """Before a reader goes back: what they have come to stays theirs to read."""
    reached = sa.select(ReadingNote.id).where(
        ReadingNote.book_id == book.id,
        ReadingNote.author_id != copy.reader_id,
        shown.note_to(copy.reader_id),
        ReadingNote.id.not_in(
            sa.select(NoteLook.note_id).where(NoteLook.reader_id == copy.reader_id)
        ),
    )
    for note_id in session().scalars(reached).all():
        session().add(NoteLook(note_id=note_id, reader_id=copy.reader_id, chosen=False))
    session().flush()
