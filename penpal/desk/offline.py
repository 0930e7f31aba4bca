"""What makes the site an app that works without a line: its worker, its manifest, and what a device is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    get_flashed_messages,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts.signed_in import actor
from penpal.desk import appearance
from penpal.kernel.access import needs, public
from penpal.letters import queries as letters
from penpal.permissions import Permission

blueprint = Blueprint("offline", __name__)

_AHEAD = 20
"""Letters that a device fetches before anyone asks for them."""

_EXTENSION = "penpal.worker"


def register(app: Flask, dist: Path) -> None:
    """Read the built worker once; it is small and every page load asks whether it is still the same."""
    names: dict[str, str] = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    app.extensions[_EXTENSION] = (dist / names["worker.js"]).read_bytes()
    app.register_blueprint(blueprint)


@blueprint.get("/service-worker.js")
@public
def worker() -> Response:
    answer = Response(current_app.extensions[_EXTENSION], mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    asset = cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])
    page = appearance.page()
    answer = jsonify(
        id="/",
        name=_("结对小伙伴"),
        short_name=_("结对子"),
        description=_("和远方的伙伴写信。"),
        lang=page.lang,
        dir=page.dir,
        start_url=url_for("desk.home"),
        scope="/",
        display="standalone",
        background_color="#f2f0e9",
        theme_color="#f2f0e9",
        icons=[
            {"src": asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("icon-maskable.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/offline")
@public
def page() -> Response:
    """What comes up in place of a page that is not on the device. It is the same for everyone."""
    g.without_person = True
    answer = make_response(render_template("offline/page.html"))
    answer.headers["Penpal-Look"] = _look()
    return answer


@blueprint.get("/device")
@needs(Permission.Account.SEE)
def device() -> dict[str, object]:
    """Who is signed in here, a fresh token, and what is worth having before the line goes."""
    asking = actor()
    here = devices.here()
    keeping = letters.worth_keeping(asking, size=_AHEAD) if here.keeps and asking.takes_part else []
    drafts = [row for row in keeping if row.is_draft]
    pages = [
        *(url_for("letters.edit", letter_id=row.id) for row in drafts),
        *(url_for("letters.read", letter_id=row.id) for row in keeping if not row.is_draft),
    ]
    return {
        "person": here.person,
        "keeps": here.keeps,
        "token": generate_csrf(),
        "pages": pages,
        "drafts": [row.key for row in drafts],
    }


@blueprint.app_context_processor
def _context() -> dict[str, object]:
    return {"device": devices.UNKNOWN if g.get("without_person") else devices.here()}


@blueprint.after_app_request
def _tell(answer: Response) -> Response:
    """Say to the worker whose page this is and whether it may stay. A page with news on it is out of date at once."""
    if answer.mimetype != "text/html" or answer.status_code != 200 or g.get("without_person"):
        return answer
    here = devices.here()
    answer.headers["Penpal-Look"] = _look()
    if here.state:
        answer.headers["Penpal-Person"] = here.person if here.keeps else here.state
    if here.keeps and devices.is_kept() and not get_flashed_messages():
        answer.headers["Penpal-Keep"] = "yes"
    return answer


def _look() -> str:
    """Language and colours: the page that stands in for others is fetched again when they change."""
    shown = appearance.page()
    return " ".join((shown.lang, shown.theme, shown.text))
