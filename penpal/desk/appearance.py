"""Light or dark, text size and language: cookies of the device, kept by the server, no account needed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, current_app, has_request_context, redirect, request
from werkzeug.wrappers import Response

from penpal.kernel.access import public

LANGUAGES = ("zh_Hans", "en")
_CHOICES = {"theme": ("light", "dark", "system"), "text": ("normal", "large"), "lang": LANGUAGES}
_YEAR = 365 * 24 * 3600

blueprint = Blueprint("appearance", __name__)


@dataclass(frozen=True)
class Page:
    """What a layout needs to know of the reader's device."""

    lang: str
    dir: str
    theme: str
    text: str


@blueprint.post("/appearance")
@public
def update() -> Response:
    wanted = request.form.get("next", "/")
    # Browsers drop tabs and line ends from an address, and so does urlsplit: "/\t/x" names a host.
    local = (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and not urlsplit(wanted).netloc
    )
    answer = redirect(wanted if local else "/")
    for name, choices in _CHOICES.items():
        if request.form.get(name) in choices:
            answer.set_cookie(
                f"penpal_{name}",
                request.form[name],
                max_age=_YEAR,
                samesite="Lax",
                httponly=True,
                secure=current_app.extensions["penpal.settings"].secure,
            )
    return answer


def chosen(name: str) -> str:
    """What this device chose, or the first choice."""
    value = request.cookies.get(f"penpal_{name}", "")
    return value if value in _CHOICES[name] else {"theme": "system"}.get(name, _CHOICES[name][0])


def language() -> str:
    """The language of the page: Chinese until the device chooses otherwise, whatever its browser was sold with."""
    return chosen("lang") if has_request_context() else LANGUAGES[0]


def page() -> Page:
    lang = language()
    return Page(
        lang="zh-Hans" if lang == "zh_Hans" else lang,
        dir="ltr",
        theme=chosen("theme"),
        text=chosen("text"),
    )
