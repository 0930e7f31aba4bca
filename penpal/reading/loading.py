"""What the routes of this room load alike: a book that one may read, its pair as one sees it, where help is."""

from __future__ import annotations

from flask import request

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotFound, PenpalError
from penpal.media import queries as photos
from penpal.media import uploads
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.reading.models import SharedBook
from penpal.safeguarding import helplines
from penpal.safeguarding.helplines import Line
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard


def book(book_id: int) -> SharedBook:
    """A book of one's own pair, the one that still runs or an earlier one. Else ``NotFound``."""
    found = access.load(SharedBook, actor(), book_id)
    access.authorize(actor(), Permission.Book.READ, found)
    return found


def card_of(pair: Pair, asking: Actor) -> PairCard:
    card = pairs.card(pair, asking)
    if card is None:
        raise NotFound
    return card


def help_lines(*, always: bool = False) -> list[Line]:
    """Where help is, for whoever wrote words of despair just now."""
    return helplines.near(actor().path) if always or "help" in request.args else []


def wants_json() -> bool:
    """Whether a script asks, which stays on its page."""
    return request.accept_mimetypes.best == "application/json"


def pictures_again(problem: PenpalError) -> tuple[Picture, ...]:
    """The photos of a form that is shown again, those among them that came with it just now."""
    kept = (
        problem.chosen if isinstance(problem, uploads.NotAllTaken) else uploads.chosen(request.form)
    )
    return photos.chosen(kept, by=actor())
