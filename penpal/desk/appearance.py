"""Light or dark, text size and language: cookies of the device, kept by the server, no account needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from babel import Locale
from flask import Blueprint, current_app, has_request_context, redirect, request
from werkzeug.wrappers import Response

from penpal.config import Settings
from penpal.kernel.access import public


class Language(NamedTuple):
    """``code`` is what Babel calls it, ``tag`` what browsers do (BCP 47), ``name`` what it calls itself."""

    code: str
    tag: str
    name: str


OFFERED = (Language("zh_Hans", "zh-Hans", "中文"), Language("en", "en", "English"))
PSEUDO = Language("ar", "ar-XB", "测试：从右到左")
"""For tests alone: tools/pseudo_language.py makes it, and a setting shows it."""

_CHOICES = {"theme": ("light", "dark", "system"), "text": ("normal", "large", "larger")}
_FIRST = {"theme": "system", "text": "normal"}
_YEAR = 365 * 24 * 3600

blueprint = Blueprint("appearance", __name__)


@dataclass(frozen=True)
class Page:
    """What a layout needs to know of the reader's device."""

    lang: str
    dir: str
    theme: str
    text: str
    language: str
    languages: tuple[Language, ...]


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
    for name in ("theme", "text", "lang"):
        if request.form.get(name) in _choices(name):
            answer.set_cookie(
                f"penpal_{name}",
                request.form[name],
                max_age=_YEAR,
                samesite="Lax",
                httponly=True,
                secure=_settings().secure,
            )
    return answer


def chosen(name: str) -> str:
    """What this device chose, or the first choice."""
    value = request.cookies.get(f"penpal_{name}", "")
    return value if value in _choices(name) else _FIRST.get(name, OFFERED[0].code)


def language() -> str:
    """The language of the page: Chinese until the device chooses otherwise, whatever its browser was sold with."""
    return chosen("lang") if has_request_context() else OFFERED[0].code


def page() -> Page:
    return _page(_languages(), language(), chosen("theme"), chosen("text"))


@cache
def _page(languages: tuple[Language, ...], code: str, theme: str, text: str) -> Page:
    return Page(
        lang=next(each.tag for each in languages if each.code == code),
        dir=str(Locale.parse(code).text_direction),
        theme=theme,
        text=text,
        language=code,
        languages=languages,
    )


def _choices(name: str) -> tuple[str, ...]:
    return tuple(each.code for each in _languages()) if name == "lang" else _CHOICES[name]


def _languages() -> tuple[Language, ...]:
    return (*OFFERED, PSEUDO) if _settings().pseudo_language else OFFERED


def _settings() -> Settings:
    found: Settings = current_app.extensions["penpal.settings"]
    return found
