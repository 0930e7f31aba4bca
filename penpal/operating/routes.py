"""Pages for machines: does the process answer, can it work, what does it count."""

from __future__ import annotations

import hmac
from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.wrappers import Response

from penpal.config import Settings
from penpal.kernel.access import public
from penpal.operating import metrics as counting
from penpal.operating.readiness import WELL, Readiness

blueprint = Blueprint("operating", __name__)

_READINESS = "penpal.readiness"
_TOKEN = "penpal.metrics_token"  # noqa: S105


def register(app: Flask, settings: Settings) -> None:
    """The page of figures is there only where somebody has a token for it."""
    app.extensions[_READINESS] = Readiness(app, settings)
    app.register_blueprint(blueprint)
    token = settings.metrics_token.get_secret_value()
    if token:
        app.extensions[_TOKEN] = f"Bearer {token}".encode()
        app.add_url_rule("/metrics", "operating.metrics", metrics)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """This process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    found = cast(Readiness, current_app.extensions[_READINESS]).findings()
    ready = all(words == WELL for words in found.values())
    return jsonify({"ready": ready, **found}), 200 if ready else 503


@public
def metrics() -> Response:
    shown = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(shown, current_app.extensions[_TOKEN]):
        refused = Response("a token is needed\n", 401, mimetype="text/plain")
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    return Response(counting.of(current_app).text(), content_type=CONTENT_TYPE_LATEST)
