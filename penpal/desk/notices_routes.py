"""One's own notices: the page, one line for a page that is open, what is put aside, what is told live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.notices import kinds, queries, services
from penpal.notices.models import Notice
from penpal.permissions import Permission

blueprint = Blueprint("notices", __name__)

_KEEPING = "Penpal-Keeping"
"""What the worker of a device says when it fetches pages to keep them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the words of whoever reads it."""

    id: int
    words: str
    url: str
    icon: str
    at: datetime
    is_new: bool


@blueprint.get("/notices")
@needs(Permission.Notice.SEE)
def index() -> str:
    """All of them, newest first, or those of one topic."""
    asking = actor()
    assert asking.person_id is not None
    offered = kinds.topics_for(child=asking.is_student)
    named = request.args.get("topic", "")
    topic = next((each for each in offered if each.value == named), None)
    before = request.args.get("before", "")
    page = queries.page(asking.person_id, topic=topic, before=before)
    return render_template(
        "notices/page.html",
        lines=[line for notice in page.rows if (line := _line(notice))],
        newest=page.rows[0].id if page.rows else 0,
        older=url_for("notices.index", topic=topic, before=page.older) if page.older else "",
        begun=bool(before),
        topics=[(each.value, kinds.LABELS[each]) for each in offered],
        topic=topic.value if topic else "",
        unseen=asking.unseen,
    )


@blueprint.get("/notices/<int:notice_id>/line")
@needs(Permission.Notice.SEE)
def line(notice_id: int) -> dict[str, object]:
    """What an open page says aloud of a notice, and how many are new by now."""
    notice = access.load(Notice, actor(), notice_id)
    found, kind = _line(notice), kinds.of(notice.kind)
    is_private = kind is not None and kind.private
    return {
        "words": _("有一条新消息。") if is_private else found.words if found else "",
        "url": found.url if found else "",
        "unseen": actor().unseen,
        "label": _bell_label(actor().unseen),
    }


@blueprint.post("/notices/seen")
@needs(Permission.Notice.SEE)
def see_all() -> Response:
    """Put aside what had come when the page was made."""
    newest = request.form.get("newest", 0, type=int)
    services.see_page(access.load(Notice, actor(), newest), by=actor())
    flash(_("都放到看过的里面了。"), "ok")
    return redirect(url_for("notices.index"))


@blueprint.post("/notices/<int:notice_id>/seen")
@needs(Permission.Notice.SEE)
def see(notice_id: int) -> Response:
    services.see(access.load(Notice, actor(), notice_id).id, by=actor())
    return redirect(url_for("notices.index"))


def _line(notice: Notice) -> Line | None:
    kind = kinds.of(notice.kind)
    if kind is None:
        return None
    return Line(
        notice.id,
        kind.words(notice.params),
        _following(kind.url(notice.about_id, notice.params), notice.id),
        kind.icon,
        notice.at,
        notice.seen_at is None,
    )


def _bell_label(unseen: int) -> str:
    return _("消息，%(number)s 条新的", number=unseen) if unseen else _("消息")


class Bell(NamedTuple):
    """What the header shows of them."""

    unseen: int
    label: str


def bell() -> Bell:
    """Counted with whoever is signed in, without a question of its own."""
    unseen = max(actor().unseen - g.get("notices_visited", 0), 0)
    return Bell(unseen, _bell_label(unseen))


def register(app: Flask) -> None:
    """Whoever follows a notice, or comes to what it is about by another way, has seen it."""

    @app.before_request
    def visit() -> None:
        asking = actor()
        if not asking.unseen or request.method != "GET":
            return
        # A page that is fetched to be kept on the device was not looked at yet.
        if _KEEPING in request.headers:
            return
        followed = numbers.typed(request.args.get("notice", ""))
        if followed is not None:
            g.notices_visited = services.see(followed, by=asking)
        elif kinds.is_shown_at(request.endpoint):
            g.notices_visited = services.visit(request.path, by=asking)


def _following(url: str, number: int) -> str:
    """The address with the number of the notice in it, before what names a place on the page."""
    path, mark, place = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}notice={number}{mark}{place}"
