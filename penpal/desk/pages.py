"""Error pages, and the way to the door for whoever is not signed in."""

from __future__ import annotations

import structlog
from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from penpal.kernel.db import db
from penpal.kernel.errors import Invalid, NotFound, NotPermitted, PenpalError, TooMany
from penpal.media import uploads

Answer = Response | tuple[Response | str, int]
_WRITTEN = ("quote", "body", "text", "gave", "plan", "why", "introduction", "words", "answer")
"""Fields of all forms in which somebody writes more than a line."""

log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(PenpalError, _ours)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def ask_to_sign_in() -> Answer:
    """To the door and back again; what speaks JSON, or brought a text along, is told so instead."""
    if _wants_json() or _typed(401):
        return _ours_like(401, _("先登录，再接着写。你写的还在这一页上。"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("desk.home")
    return redirect(url_for("accounts.sign_in", next=None if wanted == "/" else wanted))


def _ours(error: PenpalError) -> Answer:
    if _wants_json():
        fields = (
            {name: str(words) for name, words in error.fields.items()}
            if isinstance(error, Invalid)
            else {}
        )
        return jsonify(error=str(error), fields=fields), error.status
    return _page(error.status, str(error))


def _http(error: HTTPException) -> Answer:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    words = {
        403: NotPermitted.message,
        404: NotFound.message,
        405: NotFound.message,
        413: uploads.too_much(),
        429: TooMany.message,
    }.get(status, PenpalError.message)
    return _ours_like(status, str(words))


def _expired_form(_error: CSRFError) -> Answer:
    """The page was open so long that its form no longer counts; its text goes back on the screen."""
    return _ours_like(400, _("这一页开得太久了，还没有存上。回到上一页，刷新后再试一次。"))


def _unexpected(error: Exception) -> Answer:
    log.error("unexpected", endpoint=request.endpoint, exc_info=error)
    db.session.rollback()
    g.without_person = True
    return _ours_like(500, str(PenpalError.message))


def _ours_like(status: int, words: str) -> Answer:
    if _wants_json():
        return jsonify(error=words), status
    return _page(status, words)


def _page(status: int, words: str) -> tuple[str, int]:
    # What waits is counted for pages that somebody came for.
    g.without_badges = True
    return render_template(
        "errors/error.html", status=status, words=words, typed=_typed(status)
    ), status


def _typed(status: int) -> str:
    """What was written in a refused form, so that it can be copied from the page."""
    if request.method not in ("POST", "PUT") or status == 413:
        return ""
    written = (request.form.get(name, "").strip() for name in _WRITTEN)
    return "\n\n".join(text for text in written if text)


def _wants_json() -> bool:
    return request.method == "PUT" or request.accept_mimetypes.best == "application/json"
