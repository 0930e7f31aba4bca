"""Verbs of a shared book: propose, agree or kindly not, put aside, pick up again, finish, tell others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.reading import class_queries, guarding, noticing, proposals, queries
from penpal.reading.events import News
from penpal.reading.models import ReadingCopy, SharedBook
from penpal.reading.proposals import Clean, Typed
from penpal.reading.states import (
    AGREE,
    DECLINE,
    FINISH,
    GO_ON,
    PICK_UP,
    PUT_ASIDE,
    TAKE_BACK,
    BookState,
)
from penpal.safeguarding import block_queries
from penpal.safeguarding.blocking import Paused
from penpal.twinning.models import Pair

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHANGED = _l("伙伴刚改过这本书。看看现在写的，再决定。")
OPEN_MAX = 12
"""Proposals of one pair that wait for a yes; more would be a wish list, not a question."""


def check_key(key: str) -> None:
    """Keys are made by pages, so a wrong one is an old page."""
    if not _KEY.fullmatch(key):
        raise Invalid(_l("这一页太旧了。刷新以后再来，你写的字先复制下来。"))


def hold_pair(pair: Pair) -> None:
    """Hold the pair, so that nothing slips through beside a pause. Raises ``Paused``."""
    lock(pair)
    if block_queries.is_paused(pair.id):
        raise Paused


def tell_partner(book: SharedBook, news: News, *, by: Actor) -> None:
    """Leave word for the other one, in the transaction of the act itself."""
    assert by.person_id is not None
    name = session().get_one(Person, by.person_id).name_for_partners
    recipient = book.pair.partner_id_of(by.person_id)
    noticing.moved(book, news, recipient_id=recipient, name=name)


def propose(pair: Pair, typed: Typed, *, key: str, by: Actor) -> SharedBook:
    """Say which book one would like to read together. The same key gives the same proposal.

    Raises ``Invalid`` with words for each field, the guard's too, and ``Paused``.
    """
    check_key(key)
    access.authorize(by, Permission.Book.PROPOSE, pair)
    said = proposals.clean(typed)
    with transaction() as current:
        hold_pair(pair)
        access.authorize(by, Permission.Book.PROPOSE, pair)
        book = queries.of_key(pair.id, key)
        if book is not None:
            if book.proposed_by_id != by.person_id or book.folded != said.folded:
                raise Conflict(_l("这一本已经提过了。回到书架看看。"))
            return book
        _leave_room(pair, by)
        book = SharedBook(key=key, pair=pair, proposed_by_id=by.person_id)
        _fill(book, said, typed, by)
        current.add(book)
        current.flush()
        current.add(ReadingCopy(book_id=book.id, reader_id=by.person_id, pages=said.pages))
        trail.write(book, "propose book", by=by, to_state=book.state.value)
        tell_partner(book, News.PROPOSED, by=by)
        if said.worries:
            guarding.worry(book.proposed_by_id, "shared_book", book.id)
    return book


def _leave_room(pair: Pair, by: Actor) -> None:
    waiting = sum(book.state is BookState.PROPOSED for book in queries.of_pair(pair, by))
    if waiting >= OPEN_MAX:
        raise Invalid(_l("想读的已经有十二本了。先读完一本，或者收回一本，再添。"))


def edit(book: SharedBook, typed: Typed, *, by: Actor) -> bool:
    """Correct what is said of a book. Gives whether there are words of despair in it.

    How places are counted stays once anybody has logged or noted something: notes stand at them.
    """
    access.authorize(by, Permission.Book.EDIT, book)
    said = proposals.clean(typed)
    with transaction() as current:
        hold_pair(book.pair)
        access.authorize(by, Permission.Book.EDIT, book)
        if len(said.chapters) != len(book.chapters) and not queries.is_untouched(book):
            raise Invalid(
                fields={"chapters": _l("已经有人读过、写过了，章数不能再变。章名可以改。")}
            )
        before = _said_of(book)
        _fill(book, said, typed, by)
        book.version += before != _said_of(book)
        copy = queries.copies_of(book).get(book.proposed_by_id)
        if copy is not None and said.pages is not None:
            copy.pages = said.pages
        current.flush()
        trail.write(book, "edit book", by=by)
        if said.worries:
            guarding.worry(book.proposed_by_id, "shared_book", book.id)
    return said.worries


def _said_of(book: SharedBook) -> tuple[object, ...]:
    """What the other one reads before they say yes."""
    return (
        book.title,
        book.author,
        book.isbn,
        book.edition,
        book.goal_on,
        list(book.chapters),
        book.why,
        book.one_copy,
    )


def _fill(book: SharedBook, said: Clean, typed: Typed, by: Actor) -> None:
    book.title, book.folded, book.author = said.title, said.folded, said.author
    book.isbn, book.edition, book.goal_on = said.isbn, said.edition, said.goal_on
    book.chapters = said.chapters
    book.why, book.why_html, book.sanitiser = said.why, str(html.plain(said.why)), html.VERSION
    book.one_copy = typed.one_copy
    book.holder_id = (book.holder_id or by.person_id) if typed.one_copy else None
    listed = class_queries.listed_as(by.unit_id, said.folded, said.isbn)
    book.class_book_id = listed.id if listed else None


def set_cover(book: SharedBook, chosen: Sequence[Chosen], *, by: Actor) -> None:
    """The photo of its cover, by whoever proposed it; without one a spine is drawn."""
    with transaction():
        hold_pair(book.pair)
        access.authorize(by, Permission.Book.EDIT, book)
        photos.attach("shared_book", book.id, list(chosen)[:1], by=by)


def agree(book: SharedBook, *, version: int, by: Actor) -> None:
    """Both want it: from now on it is read together.

    Raises ``Conflict`` when what is said of it is no longer what the page showed.
    """
    with transaction() as current:
        hold_pair(book.pair)
        current.refresh(book)
        if book.state is BookState.PROPOSED and book.version != version:
            access.authorize(by, AGREE.permission, book)
            raise Conflict(_CHANGED)
        machine.fire(AGREE, book, by=by, agreed_at=clock.now())
        readers = (book.pair.supported_student_id, book.pair.supporting_student_id)
        for reader_id in set(readers) - set(queries.copies_of(book)):
            current.add(ReadingCopy(book_id=book.id, reader_id=reader_id))
        # Agreed on from a class's list by whoever sits in it, too: the questions there are for both.
        if book.class_book_id is None:
            listed = class_queries.listed_as(by.unit_id, book.folded, book.isbn)
            book.class_book_id = listed.id if listed else None
        tell_partner(book, News.AGREED, by=by)


def decline(book: SharedBook, *, by: Actor) -> None:
    """Not this one, for now; either can bring it up again."""
    _move(DECLINE, book, by=by)


def take_back(book: SharedBook, *, by: Actor) -> None:
    _move(TAKE_BACK, book, by=by)


def put_aside(book: SharedBook, *, by: Actor) -> None:
    """Either of the two can: what they wrote stays, and it can be picked up again."""
    _move(PUT_ASIDE, book, by=by)


def pick_up(book: SharedBook, *, by: Actor) -> None:
    """Propose it anew, with all that was logged and written before."""
    with transaction():
        hold_pair(book.pair)
        _leave_room(book.pair, by)
        machine.fire(
            PICK_UP,
            book,
            by=by,
            proposed_by_id=by.person_id,
            proposed_at=clock.now(),
            version=book.version + 1,
        )
        tell_partner(book, News.PROPOSED, by=by)


def go_on(book: SharedBook, *, by: Actor) -> None:
    """It was not finished after all, or is read a second time."""
    with transaction():
        hold_pair(book.pair)
        machine.fire(GO_ON, book, by=by, finished_at=None)
        copy = queries.copies_of(book)[by.person_id or 0]
        copy.finished_at = None


def finish_when_both_have(book: SharedBook, *, by: Actor) -> None:
    """Inside the transaction of the step with which the second of the two came to the end."""
    copies = queries.copies_of(book).values()
    if len(copies) == 2 and all(copy.finished_at for copy in copies):
        machine.fire(FINISH, book, by=by, finished_at=clock.now())


def tell_others(book: SharedBook, *, tells: bool, by: Actor) -> None:
    """Say whether one would tell others of this book; its title alone is ever shown, with no name."""
    with transaction():
        access.authorize(by, Permission.Book.KEEP, book)
        copy = queries.copies_of(book).get(by.person_id or 0)
        if copy is None or (tells and copy.finished_at is None):
            raise IllegalMove(_l("读完了再说，也不迟。"))
        copy.told_at = (copy.told_at or clock.now()) if tells else None


def _move(step: machine.Move, book: SharedBook, *, by: Actor) -> None:
    with transaction():
        lock(book.pair)
        machine.fire(step, book, by=by)
