"""Verbs of the letter book: ask for it, make it, give it up, take it, sweep it away."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

import sqlalchemy as sa
import structlog
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from penpal.accounts import snapshots
from penpal.kernel import access, clock, db, jobs
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, PenpalError
from penpal.media import store
from penpal.permissions import Permission
from penpal.publishing.keepsakes import book as setting
from penpal.publishing.keepsakes import gathering, queries
from penpal.publishing.keepsakes.models import BookState, LetterBook
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair

log = structlog.get_logger(__name__)

JOB = "keepsakes.make_book"
SIZES = ("a5", "a4")
MOST_TRIES = 3
"""A book that takes its worker down with it is not begun for ever."""
_PAGE = re.compile(rb"/Type ?/Page\b")
_EMPTY = _l("还没有能放进书里的东西。等有了第一封拆开的信再来。")
_RUNNING = _l("上一本还在做。等它做好，或者先取消它。")


class _GivenUp(Exception):
    """Whoever asked does not want it any more, or another worker has taken it over."""


def ask(pair: Pair, choices: Mapping[str, str], *, by: Actor) -> LetterBook:
    """Order the book of a pair; a worker makes it. Raises ``Invalid`` while another one is on its way."""
    access.authorize(by, Permission.Keepsake.MAKE_BOOK, pair)
    card = pairs.card(pair, by)
    if card is None:
        raise NotFound
    count = len(gathering.entries(card, by))
    if not count:
        raise Invalid(fields={"book": _EMPTY})
    with transaction() as current:
        db.lock(current.get_one(Pair, pair.id))
        last = queries.last_of(pair.id, by)
        if last is not None and last.progress in queries.RUNNING:
            raise Invalid(fields={"book": _RUNNING})
        if last is not None:
            _throw_away(last)
        size = choices.get("size", "")
        ordered = LetterBook(
            pair_id=pair.id,
            asked_by_id=by.person_id,
            choices={
                "size": size if size in SIZES else SIZES[0],
                "large": choices.get("letters") == "large",
                "language": choices.get("language", "zh_Hans"),
            },
            all_parts=count + 1,
        )
        current.add(ordered)
        current.flush()
    jobs.enqueue(JOB, book_id=ordered.id)
    return ordered


def cancel(ordered: LetterBook, *, by: Actor) -> None:
    """Give up an order that is not finished, or throw a finished book away."""
    access.authorize(by, Permission.Keepsake.TAKE_BOOK, ordered)
    with transaction() as current:
        current.execute(
            sa.update(LetterBook)
            .where(LetterBook.id == ordered.id)
            .values(progress=BookState.CANCELLED, ended_at=clock.now())
        )
        current.refresh(ordered)
        _throw_away(ordered)


def content(ordered: LetterBook, *, by: Actor) -> bytes:
    """The file. Raises ``NotFound`` where there is none, not yet or no more."""
    access.authorize(by, Permission.Keepsake.TAKE_BOOK, ordered)
    if ordered.progress is not BookState.DONE or not ordered.file_name:
        raise NotFound
    try:
        return store.here().get_file(ordered.file_name)
    except store.Gone as gone:
        raise NotFound from gone


def make(book_id: int) -> None:
    """Make what was asked for, once: of two workers one begins. Under the rules that hold now."""
    ordered = _begun(book_id)
    if ordered is None:
        return
    name = ordered.file_name
    try:
        made = _made(ordered, name)
    except _GivenUp:
        return
    except PenpalError as why:
        log.warning("letter_book_refused", book=book_id, problem=type(why).__name__)
        _end(book_id, name, progress=BookState.FAILED)
        return
    except Exception:
        log.exception("letter_book", book=book_id)
        _end(book_id, name, progress=BookState.FAILED)
        return
    store.here().put_file(name, made)
    if not _end(book_id, name, progress=BookState.DONE, pages=len(_PAGE.findall(made))):
        store.here().delete_file(name)


def _begun(book_id: int) -> LetterBook | None:
    """Take the order; None where another worker has it, or nobody wants it."""
    with transaction() as current:
        ordered = current.get_one(LetterBook, book_id, populate_existing=True, with_for_update=True)
        if ordered.progress is not BookState.WAITING:
            return None
        _throw_away(ordered)
        ordered.progress, ordered.begun_at, ordered.done_parts = BookState.MAKING, clock.now(), 0
        ordered.file_name = f"book-{secrets.token_hex(16)}.pdf"
        ordered.tries += 1
    return ordered


def _made(ordered: LetterBook, name: str) -> bytes:
    asker = snapshots.of(ordered.asked_by_id)
    pair = session().get_one(Pair, ordered.pair_id)
    if asker is None:
        raise NotFound
    access.authorize(asker, Permission.Keepsake.MAKE_BOOK, pair)
    card = pairs.card(pair, asker)
    if card is None:
        raise NotFound
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if not _set(ordered.id, name, done_parts=done):
            raise _GivenUp

    choices = dict(ordered.choices)
    with force_locale(str(choices.get("language", "zh_Hans"))):
        data = setting.described(
            card,
            gathering.entries(card, asker),
            size=str(choices.get("size", SIZES[0])),
            large=bool(choices.get("large")),
            step=step,
        )
        # Setting takes a while: the connection goes back first.
        session().close()
        return setting.pdf(data)


def _end(book_id: int, name: str, **values: object) -> bool:
    return _set(book_id, name, ended_at=clock.now(), done_parts=LetterBook.all_parts, **values)


def _set(book_id: int, name: str, **values: object) -> bool:
    """Write down how far it is; False where nobody wants it any more of this worker."""
    with transaction() as current:
        changed = current.execute(
            sa.update(LetterBook)
            .where(
                LetterBook.id == book_id,
                LetterBook.progress == BookState.MAKING,
                LetterBook.file_name == name,
            )
            .values(**values)
        )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _throw_away(ordered: LetterBook) -> None:
    if ordered.file_name:
        store.here().delete_file(ordered.file_name)
        ordered.file_name = ""


def tidy() -> None:
    """Take up what was left behind, and throw away what has lain long enough. Safe to run twice."""
    for book_id in queries.left_behind():
        with transaction() as current:
            ordered = current.get_one(
                LetterBook, book_id, populate_existing=True, with_for_update=True
            )
            if ordered.progress not in queries.RUNNING:
                continue
            is_over = ordered.tries >= MOST_TRIES
            ordered.progress = BookState.FAILED if is_over else BookState.WAITING
            ordered.asked_at = clock.now()
            ordered.ended_at = clock.now() if is_over else None
        if not is_over:
            jobs.enqueue(JOB, book_id=book_id)
    with transaction():
        for ordered in queries.outdated():
            _throw_away(ordered)
