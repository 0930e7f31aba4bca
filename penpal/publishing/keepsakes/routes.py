"""The pages of a letter book: ask for it, see how far it is, fetch it."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.kernel.press import press
from penpal.permissions import Permission
from penpal.publishing.keepsakes import clipping, queries, services
from penpal.publishing.keepsakes.models import BookState, LetterBook
from penpal.publishing.pieces.models import Submission
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard

blueprint = Blueprint("keepsakes", __name__, url_prefix="/us/book")
clippings = Blueprint("clippings", __name__, url_prefix="/publishing")


@blueprint.get("")
@needs(Permission.Keepsake.MAKE_BOOK)
def index() -> str:
    """The book of one's pair: what it will hold, how far it is, where it lies."""
    return _page(_card(request.args.get("pair")))


@blueprint.post("")
@needs(Permission.Keepsake.MAKE_BOOK)
def ask() -> AnyResponse | tuple[str, int]:
    card = _card(request.form.get("pair"))
    pair = access.load(Pair, actor(), card.pair.id)
    wanted = {**request.form.to_dict(), "language": str(get_locale())}
    try:
        services.ask(pair, wanted, by=actor())
    except Invalid as problem:
        return _page(card, problem), 422
    return redirect(url_for(".index", pair=card.pair.id))


@blueprint.get("/<int:book_id>/progress")
@needs(Permission.Keepsake.TAKE_BOOK)
def progress(book_id: int) -> dict[str, object]:
    """How far it is, for the page that waits."""
    ordered = access.load(LetterBook, actor(), book_id)
    access.authorize(actor(), Permission.Keepsake.TAKE_BOOK, ordered)
    return {"runs": ordered.progress in queries.RUNNING, "percent": ordered.percent}


@blueprint.post("/<int:book_id>/cancel")
@needs(Permission.Keepsake.TAKE_BOOK)
def cancel(book_id: int) -> AnyResponse:
    ordered = access.load(LetterBook, actor(), book_id)
    services.cancel(ordered, by=actor())
    flash(_("好了，这本书不做了。信都还在。"), "ok")
    return redirect(url_for(".index", pair=ordered.pair_id))


@blueprint.get("/<int:book_id>.pdf")
@needs(Permission.Keepsake.TAKE_BOOK)
def take(book_id: int) -> Response:
    ordered = access.load(LetterBook, actor(), book_id)
    return _file(services.content(ordered, by=actor()), _("我们的信.pdf"))


@clippings.get("/<int:submission_id>/clipping.pdf")
@needs(Permission.Keepsake.CLIP)
def clip(submission_id: int) -> Response:
    """One's own piece as it was printed."""
    piece = access.load(Submission, actor(), submission_id)
    title = piece.title
    with press.place(actor().person_id or 0):
        return _file(clipping.pdf(piece, by=actor()), f"{title}.pdf")


def _file(made: bytes, name: str) -> Response:
    answer = send_file(
        io.BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _card(typed: str | None) -> PairCard:
    """The pair that the page names, else the active one: for its two members alone."""
    number = numbers.typed(typed)
    if number is None:
        card = pairs.card_of(actor())
    else:
        pair = access.load(Pair, actor(), number)
        access.authorize(actor(), Permission.Keepsake.MAKE_BOOK, pair)
        card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def _page(card: PairCard, problem: Invalid | None = None) -> str:
    ordered = queries.last_of(card.pair.id, actor())
    return render_template(
        "publishing/keepsakes/book.html",
        card=card,
        ordered=ordered,
        states=BookState,
        is_running=ordered is not None and ordered.progress in queries.RUNNING,
        percent=ordered.percent if ordered else 0,
        days=queries.IS_KEPT.days,
        problem=problem,
    )
