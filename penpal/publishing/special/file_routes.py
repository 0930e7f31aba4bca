"""What goes with the public pages and is no page: photos, cards, the feed, the maps for searchers."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from penpal.kernel import numbers
from penpal.kernel.access import public
from penpal.kernel.errors import NotFound
from penpal.media import shapes, store
from penpal.media.shapes import Format, Size
from penpal.publishing.special import cards, feed, page, queries
from penpal.publishing.special.newsstand import Stand
from penpal.publishing.special.page import View, shown

FEED = 20
"""Pieces in the feed."""
PHOTO_SECONDS = 300
"""So long a browser may show a photo without asking whether its piece is still out."""

blueprint = Blueprint("special_files", __name__)


@blueprint.get(f"{page.TOP}/feed.atom")
@public
@shown()
def atom(_view: View, stand: Stand) -> Response:
    return Response(
        feed.atom(stand.pieces(stand.entries[:FEED])),
        content_type="application/atom+xml; charset=utf-8",
    )


@blueprint.get(f"{page.TOP}/sitemap.xml")
@public
@shown()
def sitemap(_view: View, stand: Stand) -> Response:
    return Response(feed.sitemap(stand), content_type="application/xml; charset=utf-8")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    answer = Response(feed.robots(), content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get(f"{page.TOP}/<int:piece_id>/card.png")
@public
@shown()
def card(_view: View, stand: Stand, piece_id: int) -> Response:
    found = stand.piece(piece_id)
    if found is None:
        raise NotFound
    answer = Response(cards.png(found), content_type="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={PHOTO_SECONDS}"
    return answer


@blueprint.get(f"{page.TOP}/photos/<int:piece_id>/<int:photo_id>-<size>.<form>")
@public
def photo(piece_id: int, photo_id: int, size: str, form: str) -> Any:
    """Asked for at each visit: is the piece still out, is the photo in it."""
    try:
        which, kind = Size(size), Format(form)
    except ValueError as unknown:
        raise NotFound from unknown
    if not (0 < piece_id <= numbers.LARGEST and 0 < photo_id <= numbers.LARGEST):
        raise NotFound
    found = queries.photo(piece_id, photo_id)
    if found is None:
        raise NotFound
    answer = Response(content_type=shapes.CONTENT_TYPES[kind])
    answer.headers["Cache-Control"] = f"public, max-age={PHOTO_SECONDS}"
    answer.set_etag(hashlib.sha256(f"{found.digest}.{size}.{form}".encode()).hexdigest()[:32])
    answer.make_conditional(request)
    if answer.status_code != 304:
        try:
            answer.set_data(store.here().get(found.name, which, kind))
        except store.Gone as gone:
            raise NotFound from gone
    return answer
