"""Verbs of a parcel: a book is in the post, a book has come; and with one copy whose turn it is."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.reading import queries, services
from penpal.reading.events import News
from penpal.reading.models import Parcel, SharedBook
from penpal.reading.states import BookState

_WHILE = timedelta(days=120)
_OPEN = (BookState.PROPOSED, BookState.READING, BookState.FINISHED)


def send(book: SharedBook, *, from_partner: bool, sent_on: date, by: Actor) -> Parcel:
    """Put on record that the book is on its way; either of the two may say so of either's parcel."""
    with transaction() as current:
        services.hold_pair(book.pair)
        access.authorize(by, Permission.Book.KEEP, book)
        if book.state not in _OPEN:
            raise IllegalMove
        running = queries.parcel_under_way(book)
        if running is not None:
            return running
        if not clock.today() - _WHILE <= sent_on <= clock.today():
            raise Invalid(fields={"sent_on": _l("选寄出的那天，今天或者以前。")})
        sender = book.pair.partner_id_of(by.person_id) if from_partner else by.person_id
        parcel = Parcel(
            book_id=book.id, sent_by_id=sender, sent_on=sent_on, told_by_id=by.person_id
        )
        current.add(parcel)
        current.flush()
        trail.write(parcel, "sent parcel", by=by)
        services.tell_partner(book, News.SENT, by=by)
    return parcel


def arrive(book: SharedBook, *, arrived_on: date, by: Actor) -> None:
    """The book has come; saying it twice changes nothing. With one copy it is the other's turn now."""
    with transaction():
        services.hold_pair(book.pair)
        access.authorize(by, Permission.Book.KEEP, book)
        parcel = queries.parcel_under_way(book)
        if parcel is None:
            return
        if not parcel.sent_on <= arrived_on <= clock.today():
            raise Invalid(fields={"arrived_on": _l("选收到的那天，在寄出那天和今天之间。")})
        parcel.arrived_on, parcel.confirmed_by_id = arrived_on, by.person_id
        if book.one_copy:
            book.holder_id = book.pair.partner_id_of(parcel.sent_by_id)
        trail.write(parcel, "received parcel", by=by)
