"""A guardian's page of one piece: a link, the child's number, the piece as it would be printed, yes or no."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from penpal.accounts.limits import by_address
from penpal.config import Settings
from penpal.consent.models import Relation
from penpal.kernel.access import public
from penpal.kernel.errors import IllegalMove, Invalid, NotFound
from penpal.media import services as media
from penpal.media.queries import Picture
from penpal.media.shapes import Size
from penpal.publishing.pieces import forms, freezing, guardian_words, links, naming
from penpal.publishing.pieces.models import SubmissionLink

blueprint = Blueprint("piece_guardians", __name__, url_prefix="/piece")
Page = str | Response | tuple[str, int]
PHOTO_SECONDS = 3600


@blueprint.get("/<code>")
@public
def door(code: str) -> str:
    """Asks for the student number; a found link tells nothing about the child or the piece."""
    link = links.find(code, settings=_settings())
    if link is None:
        return _over("over")
    if links.can_withdraw(link):
        return _door(code, link, "withdraw")
    return _door(code, link, "read")


@blueprint.post("/<code>")
@public
@by_address
def read(code: str) -> Page:
    """The piece, once the number was right."""
    link = links.find(code, settings=_settings())
    if link is None or not links.can_answer(link):
        return _over("over")
    return _piece(code, link, {})


@blueprint.post("/<code>/answers")
@public
@by_address
def answer(code: str) -> Page:
    link = links.find(code, settings=_settings())
    if link is None or not links.can_answer(link):
        return _over("over")
    shows_photos = bool(_pictures(link))
    try:
        said = forms.guardian(request.form, shows_photos)
        links.answer(link, number=request.form.get("number", ""), said=said)
    except Invalid as problem:
        again = links.find(code, settings=_settings())
        if again is None or not links.can_answer(again):
            return _over("over")
        if "number" in problem.fields:
            return _door(code, again, "read", "number_wrong"), 422
        return _piece(code, again, {name: str(word) for name, word in problem.fields.items()})
    except IllegalMove:
        return _over("over")
    return redirect(url_for(".door", code=code))


@blueprint.post("/<code>/withdrawal")
@public
@by_address
def withdraw(code: str) -> Page:
    """The same link takes the yes back, whatever became of the piece."""
    link = links.find(code, settings=_settings())
    if link is None or not links.can_withdraw(link):
        return _over("over")
    try:
        links.withdraw(link, number=request.form.get("number", ""))
    except Invalid:
        again = links.find(code, settings=_settings())
        return (_door(code, again, "withdraw", "number_wrong"), 422) if again else _over("over")
    except IllegalMove:
        return _over("over")
    return _over("withdrawn")


@blueprint.get("/<code>/photos/<token>")
@public
def photo(code: str, token: str) -> Response:
    """A photo of the piece, for an hour, to whoever was shown the page that names it."""
    link = links.find(code, settings=_settings())
    if link is None or not links.can_answer(link):
        raise NotFound
    try:
        link_id, photo_id = _signer().loads(token, max_age=PHOTO_SECONDS)
    except (BadData, ValueError, TypeError) as problem:
        raise NotFound from problem
    if link_id != link.id or photo_id not in {picture.id for picture in _pictures(link)}:
        raise NotFound
    found = Response(media.jpeg(photo_id, Size.MIDDLE), content_type="image/jpeg")
    found.headers["Content-Disposition"] = "inline"
    return found


def _piece(code: str, link: SubmissionLink, lacking: dict[str, str]) -> Page:
    number = request.form.get("number", "")
    try:
        asked = links.recognise(link, number)
    except Invalid:
        again = links.find(code, settings=_settings())
        return (_door(code, again, "read", "number_wrong"), 422) if again else _over("over")
    submission = link.party.submission
    parts = submission.current_parts()
    pictures = freezing.pictures_of(parts)
    page = render_template(
        "publishing/pieces/guardian/piece.html",
        code=code,
        number=number,
        asked=asked,
        piece=submission,
        printed=naming.printed(link.party),
        parts=[
            {
                "heading": part.heading,
                "body_html": part.body_html,
                "direction": part.direction,
                "pictures": [
                    (picture, _signer().dumps([link.id, picture.id]))
                    for picture in pictures.get(part.id, ())
                ],
            }
            for part in parts
        ],
        said=request.form,
        lacking=lacking,
        languages=guardian_words.languages_for(link.party.person_id),
        version=links.version_of(link),
        relations=list(Relation),
    )
    return (page, 422) if lacking else page


def _pictures(link: SubmissionLink) -> list[Picture]:
    shown = freezing.pictures_of(link.party.submission.current_parts())
    return [picture for pictures in shown.values() for picture in pictures]


def _door(code: str, link: SubmissionLink, what: str, problem: str = "") -> str:
    return render_template(
        "publishing/pieces/guardian/door.html",
        code=code,
        what=what,
        languages=guardian_words.languages_for(link.party.person_id),
        problem=problem,
    )


def _over(state: str) -> str:
    """It tells neither whose link it was nor what became of the piece."""
    return render_template(
        "publishing/pieces/guardian/over.html", languages=guardian_words.every(), state=state
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="piece-photos")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings
