"""Verbs of the letter book: ask for it, make it, give it up, take it, sweep it away."""

from __future__ import annotations

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
from penpal.kernel.errors import Invalid, NotFound
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
_EMPTY = _l("还没有能放进书里的东西。等有了第一封拆开的信再来。")
_RUNNING = _l("上一本还在做。等它做好，或者先取消它。")


class _GivenUp(Exception):
    """Whoever asked does not want it any more."""


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
    with transaction() as current:
        begun = current.execute(
            sa.update(LetterBook)
            .where(LetterBook.id == book_id, LetterBook.progress == BookState.WAITING)
            .values(progress=BookState.MAKING, begun_at=clock.now(), done_parts=0)
        )
    if not begun.rowcount:  # type: ignore[attr-defined]
        return
    ordered = session().get_one(LetterBook, book_id)
    try:
        made = _made(ordered)
    except _GivenUp:
        return
    except Exception:
        log.exception("letter_book", book=book_id)
        _end(book_id, progress=BookState.FAILED)
        return
    name = f"book-{secrets.token_hex(16)}.pdf"
    store.here().put_file(name, made)
    pages = made.count(b"/Type /Page\n") or made.count(b"/Type/Page/") or 0
    if not _end(book_id, progress=BookState.DONE, file_name=name, pages=pages):
        store.here().delete_file(name)


def _made(ordered: LetterBook) -> bytes:
    asker = snapshots.of(ordered.asked_by_id)
    pair = session().get_one(Pair, ordered.pair_id)
    if asker is None:
        raise _GivenUp
    access.authorize(asker, Permission.Keepsake.MAKE_BOOK, pair)
    card = pairs.card(pair, asker)
    if card is None:
        raise NotFound
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        _tell(ordered.id, done)

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


def _tell(book_id: int, done: int) -> None:
    """Write down how far it is. Raises ``_GivenUp`` where nobody wants it any more."""
    if not _set(book_id, done_parts=done):
        raise _GivenUp


def _end(book_id: int, **values: object) -> bool:
    return _set(book_id, ended_at=clock.now(), done_parts=LetterBook.all_parts, **values)


def _set(book_id: int, **values: object) -> bool:
    with transaction() as current:
        changed = current.execute(
            sa.update(LetterBook)
            .where(LetterBook.id == book_id, LetterBook.progress == BookState.MAKING)
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
            current.execute(
                sa.update(LetterBook)
                .where(LetterBook.id == book_id, LetterBook.progress.in_(queries.RUNNING))
                .values(progress=BookState.WAITING, asked_at=clock.now())
            )
        jobs.enqueue(JOB, book_id=book_id)
    with transaction():
        for ordered in queries.outdated():
            _throw_away(ordered)
