"""How a public page is asked for and made: by its address alone, without a session, a cookie or a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, make_response, request
from flask_babel import force_locale
from werkzeug.wrappers import Response

from penpal.config import Settings
from penpal.publishing.special import dates, newsstand
from penpal.publishing.special.front import Front
from penpal.publishing.special.newsstand import Piece, Stand
from penpal.publishing.special.queries import IssueRow

TOP = "/special"
MAKING = "penpal.special"
SECONDS = 60
"""For which a browser or a cache on the way may show a page without asking again."""

_PIECE = re.compile(f"{TOP}/([0-9]+)")
_CHOICES = {"lang": ("en",), "set": ("vertical",), "size": ("large",)}
_LANGUAGES = {"": ("zh_Hans", "zh-Hans"), "en": ("en", "en")}


class Making:
    """What passes between the layer that keeps pages and the page that is made; in the environ.

    ``number`` is the edition that was asked for before, ``keep`` the endpoint of a page for everybody.
    """

    __slots__ = ("keep", "number")

    def __init__(self, number: int) -> None:
        self.number, self.keep = number, ""


@dataclass(frozen=True)
class View:
    """What a reader chose by links, and where they are.

    ``preview`` is where editors see an issue that is not out yet, with its pieces below.
    """

    path: str
    lang: str = ""
    set: str = ""
    size: str = ""
    preview: str = ""

    @property
    def language(self) -> str:
        return _LANGUAGES[self.lang][0]

    @property
    def tag(self) -> str:
        return _LANGUAGES[self.lang][1]

    def link(self, path: str, **more: object) -> str:
        """The address of another page, in the same language, size and setting."""
        if self.preview and (found := _PIECE.fullmatch(path)):
            path = f"{self.preview}/{found[1]}"
        if not (self.lang or self.set or self.size or more):
            return path
        asked = {"lang": self.lang, "set": self.set, "size": self.size} | more
        written = urlencode({name: value for name, value in asked.items() if value})
        return f"{path}?{written}" if written else path

    def here(self, **choice: str) -> str:
        """This page with another choice."""
        return replace(self, **choice).link(self.path)


def shown(*asks: str) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Hand a page its ``View`` and its stand, in the language that the address names.

    Its answer is kept where nothing stands in the address but known choices and what the page ``asks``.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def answer(**values: Any) -> Response:
            # No hook of the house then looks up whose browser this is, or tells of it.
            g.without_person = True
            chosen = _asked(request.args)
            asked = View(request.path, **chosen)
            with force_locale(asked.language):
                made = make_response(view(asked, stand(), **values))
            if made.status_code == 200:
                made.headers.setdefault("Cache-Control", f"public, max-age={SECONDS}")
                making = _making()
                if making and request.args.keys() <= chosen.keys() | set(asks):
                    making.keep = request.endpoint or ""
            return made

        return answer

    return declare


def stand() -> Stand:
    """What is out, of the edition that was asked for before this page is made."""
    making = _making()
    return newsstand.here().at(making.number if making else None)


def _making() -> Making | None:
    found: Making | None = request.environ.get(MAKING)
    return found


def render(template: str, view: View, **values: object) -> str:
    """Past the house's context: nothing of whoever is signed in may lie on a page that all are shown."""
    made: str = current_app.jinja_env.get_or_select_template(template).render(
        **{"view": view, "address": address, "dates": dates, "photo_path": photo_path} | values,
        teased=partial(_teased, view),
        fronted=partial(_fronted, view, values.get("photo_path", photo_path)),
    )
    return made


def _teased(view: View, piece: Piece) -> object:
    """A piece as it stands in columns: drawn once for all pages that name it."""
    key = (replace(view, path=""), "teaser")
    if key not in piece.drawn:
        piece.drawn[key] = _macros("_pieces").teaser(piece, view)
    return piece.drawn[key]


def _fronted(view: View, photos: object, front: Front, issue: IssueRow) -> object:
    """The front of an issue."""
    key = replace(view, path="")
    if key not in front.drawn:
        teased = partial(_teased, view)
        front.drawn[key] = _macros("_front").whole(front, issue, view, dates, photos, teased)
    return front.drawn[key]


def _macros(name: str) -> Any:
    """The parts of pages in one file, in the language of the moment."""
    environment: Any = current_app.jinja_env
    return environment.get_or_select_template(f"publishing/special/{name}.html").module


def photo_path(piece_id: int, photo_id: int, size: str, form: str) -> str:
    return f"{TOP}/photos/{piece_id}/{photo_id}-{size}.{form}"


def card_path(piece_id: int) -> str:
    return f"{TOP}/{piece_id}/card.png"


def address(path: str) -> str:
    """A whole address, for what is read elsewhere. Without a public one, only the path is known."""
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings.public_url.rstrip("/") + path


def _asked(args: Mapping[str, str]) -> dict[str, str]:
    return {name: args[name] for name, known in _CHOICES.items() if args.get(name) in known}
