"""The pages that anybody may read. Each is made of what is out, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request

from penpal.kernel import numbers, search
from penpal.kernel.access import public
from penpal.kernel.errors import NotFound
from penpal.publishing.issues import sections
from penpal.publishing.pieces import themes as known_themes
from penpal.publishing.special import described, page, queries
from penpal.publishing.special.newsstand import Stand
from penpal.publishing.special.page import View, render, shown
from penpal.publishing.special.queries import Entry

PAGE = 20
"""Pieces on one page of a list."""
PAST = 6
"""Issues that the home names."""
STAMPS = 6

blueprint = Blueprint("special", __name__, url_prefix=page.TOP)


@blueprint.get("")
@public
@shown()
def home(view: View, stand: Stand) -> str:
    newest = next(iter(stand.issues), None)
    return render(
        "publishing/special/home.html",
        view,
        issue=newest,
        front=stand.front(newest),
        places=stand.places[:STAMPS],
        past=[issue for issue in stand.issues if issue is not newest][:PAST],
    )


@blueprint.get("/issues/<int:issue_id>")
@public
@shown()
def issue(view: View, stand: Stand, issue_id: int) -> str:
    found = stand.issue(issue_id)
    if found is None:
        raise NotFound
    return render(
        "publishing/special/issue.html",
        view,
        issue=found,
        front=stand.front(found),
    )


@blueprint.get("/<int:piece_id>")
@public
@shown()
def piece(view: View, stand: Stand, piece_id: int) -> str | tuple[str, int]:
    found = stand.piece(piece_id)
    if found is None:
        return _gone(view, piece_id)
    return render(
        "publishing/special/piece.html",
        view,
        piece=found,
        issue=found.issue,
        corrections=[each for each in stand.corrections if each.submission_id == piece_id],
        near=stand.near(found),
        takes_words=stand.takes_words,
        told=described.article(found),
    )


@blueprint.get("/sections/<section_key>")
@public
@shown("before")
def section(view: View, stand: Stand, section_key: str) -> str:
    if section_key not in sections.SECTIONS:
        raise NotFound
    return _list(
        view, stand, stand.of_section(section_key), str(sections.SECTIONS[section_key]), section_key
    )


@blueprint.get("/themes")
@public
@shown()
def themes(view: View, stand: Stand) -> str:
    every = [(theme, stand.themes.get(key, 0)) for key, theme in known_themes.every().items()]
    return render("publishing/special/themes.html", view, themes=every)


@blueprint.get("/themes/<theme_key>")
@public
@shown("before")
def theme(view: View, stand: Stand, theme_key: str) -> str:
    if theme_key not in known_themes.every():
        raise NotFound
    return _list(view, stand, stand.of_theme(theme_key), known_themes.name_of(theme_key))


@blueprint.get("/places")
@public
@shown()
def places(view: View, stand: Stand) -> str:
    return render("publishing/special/places.html", view, places=stand.places)


@blueprint.get("/places/<int:here>-<int:there>")
@public
@shown()
def place(view: View, stand: Stand, here: int, there: int) -> str:
    found = stand.between(here, there)
    if found is None:
        raise NotFound
    return render("publishing/special/place.html", view, places=found[0], pieces=found[1])


@blueprint.get("/moments")
@public
@shown()
def moments(view: View, stand: Stand) -> str:
    return render("publishing/special/moments.html", view, pieces=stand.moments)


@blueprint.get("/archive")
@public
@shown()
def archive(view: View, stand: Stand) -> str:
    years = sorted({issue.year for issue in stand.issues}, reverse=True)
    return render(
        "publishing/special/archive.html",
        view,
        years=[(year, [each for each in stand.issues if each.year == year]) for year in years],
    )


@blueprint.get("/search")
@public
@shown("words")
def find(view: View, stand: Stand) -> str:
    asked = search.asked(request.args.get("words", ""))
    found = stand.find(asked.words) if asked.words else []
    return render(
        "publishing/special/search.html", view, asked=asked, found=found[:PAGE], total=len(found)
    )


@blueprint.get("/about")
@public
@shown()
def about(view: View, _stand: Stand) -> str:
    return render("publishing/special/about.html", view)


@blueprint.get("/take-part")
@public
@shown()
def take_part(view: View, _stand: Stand) -> str:
    return render("publishing/special/take_part.html", view)


@blueprint.get("/corrections")
@public
@shown()
def corrections(view: View, stand: Stand) -> str:
    return render(
        "publishing/special/corrections.html",
        view,
        corrections=[(stand.title_of(each.submission_id), each) for each in stand.corrections],
        gone=stand.gone,
    )


def _list(view: View, stand: Stand, entries: Sequence[Entry], title: str, section: str = "") -> str:
    """A page of a list, the newest first, from behind the piece that the address names."""
    begin = _begin(entries)
    chosen = entries[begin : begin + PAGE]
    return render(
        "publishing/special/list.html",
        view,
        title=title,
        section=section,
        pieces=stand.pieces(chosen),
        older=chosen[-1].id if begin + PAGE < len(entries) else None,
    )


def _begin(entries: Sequence[Entry]) -> int:
    asked = request.args.get("before")
    if asked is None:
        return 0
    found = [number for number, entry in enumerate(entries, start=1) if str(entry.id) == asked]
    if not found:
        raise NotFound
    return found[0]


def _gone(view: View, piece_id: int) -> tuple[str, int]:
    """What was out and is gone says so, and no more: searchers of the web take it out of their lists."""
    if not 0 < piece_id <= numbers.LARGEST or not queries.was_out(piece_id):
        raise NotFound
    return render("publishing/special/gone.html", view), 410
