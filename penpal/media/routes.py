"""One photo in, and one out: to whoever may see it at this moment, and to no cache but their own."""

from __future__ import annotations

import hashlib

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound, PenpalError
from penpal.media import links, queries, services, shapes, store, uploads
from penpal.media.models import Photo
from penpal.permissions import Permission

_KEPT_SECONDS = 3600
"""On one's own device: a photo that was taken away is gone from the partner's screen after so long."""

blueprint = Blueprint("photos", __name__, url_prefix="/photos")


@blueprint.post("")
@needs(Permission.Photo.KEEP)
def keep() -> tuple[Response, int]:
    """A file in ``photo`` and its name on the page in ``key``; tells ``id``, size and addresses."""
    try:
        file = request.files.get("photo")
        if file is None:
            raise services.nothing()
        photo = uploads.keep(file, key=request.form.get("key", ""), by=actor())
    except PenpalError as problem:
        # Whatever the page accepts, the script that asks reads words.
        fields = problem.fields if isinstance(problem, Invalid) else {}
        words = str(fields.get("photo", problem))
        return jsonify(error=words, fields={name: str(said) for name, said in fields.items()}), (
            problem.status
        )
    picture = queries.picture(photo)
    return jsonify(
        id=photo.id,
        width=photo.width,
        height=photo.height,
        src=links.photo_src(picture, "small"),
        middle=links.photo_src(picture, "middle"),
    ), 201


@blueprint.post("/<int:photo_id>/removal")
@needs(Permission.Photo.DISCARD)
def discard(photo_id: int) -> tuple[str, int]:
    """A loose photo that its owner does not want after all."""
    photo = access.load(Photo, actor(), photo_id)
    services.discard(photo, by=actor())
    return "", 204


@blueprint.get("/<token>")
@needs(Permission.Photo.SEE)
def show(token: str) -> Response:
    asking = actor()
    link = links.read(token, reader_id=asking.person_id)
    photo = access.load(Photo, asking, link.photo_id)
    if not access.may(asking, Permission.Photo.SEE, photo):
        raise NotFound
    answer = Response(content_type=shapes.CONTENT_TYPES[link.format])
    answer.headers["Content-Disposition"] = "inline"
    if devices.here().keeps:
        seconds = min(link.seconds, _KEPT_SECONDS)
        answer.headers["Cache-Control"] = f"private, max-age={seconds}"
    else:
        answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(_mark(photo, link))
    answer.make_conditional(request)
    if answer.status_code != 304:
        try:
            answer.set_data(store.here().get(photo.name, link.size, link.format))
        except store.Gone as gone:
            raise NotFound from gone
    return answer


def _mark(photo: Photo, link: links.Link) -> str:
    """Tells one rendition from another without telling its name."""
    told = f"{photo.digest}.{link.size}.{link.format}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]
