"""The queue of staff: what waits, one item, a decision, several at once, sentences, single keys."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted, PenpalError
from penpal.permissions import Permission
from penpal.safeguarding import phrases, queue, queue_page
from penpal.safeguarding.queue import Row
from penpal.safeguarding.queue_models import Phrase

blueprint = Blueprint("queue", __name__, url_prefix="/queue")

_KEYS = "penpal_keys"
_YEAR = 365 * 24 * 3600

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Queue.SEE)
def page() -> str:
    """What waits, with the first of it; ``list`` shows a phone the list instead."""
    return _page(None)


@blueprint.get("/<kind>/<int:item_id>")
@needs(Permission.Queue.SEE)
def item(kind: str, item_id: int) -> str:
    return _page((kind, item_id))


@blueprint.post("/<kind>/<int:item_id>/decision")
@needs(Permission.Queue.CLEAR)
def decide(kind: str, item_id: int) -> Answer:
    """Decide, and go on with what comes next. A sentence of one's own is put into the word instead."""
    asking = actor()
    if "phrase" in request.form:
        return _page((kind, item_id), words=_joined())
    tab = queue_page.tab_of(request.form.get("tab", ""))
    before = queue_page.in_tab(queue.rows(asking), tab)
    action = request.form.get("action", "")
    try:
        said = queue.decide(kind, item_id, action, request.form, by=asking)
    except Invalid as problem:
        written = request.form.get("words", "")
        if not problem.fields:
            flash(str(problem), "wait")
        return _page((kind, item_id), words=written, problem=problem), problem.status
    except (IllegalMove, NotPermitted) as problem:
        # Only whoever may see it learns that somebody was faster, or what is in the way.
        queue.path(kind, item_id, by=asking)
        flash(str(problem), "wait")
        return _page((kind, item_id)), problem.status
    flash(str(said), "ok")
    now = queue_page.in_tab(queue.rows(asking), tab)
    return _on(queue_page.next_after(f"{kind}:{item_id}", before, now), tab.key)


@blueprint.post("/several")
@needs(Permission.Queue.CLEAR)
def several() -> str | Response:
    """Ask once more before deciding about several, and say what then happens."""
    chosen = _chosen()
    tab = request.form.get("tab", "")
    if not chosen:
        flash(_("还没有选。在每一件前面打钩，再一起办。"), "wait")
        return redirect(_address(tab))
    groups = [
        (queue.source_of(kind).together, [row for row in chosen if row.kind == kind])
        for kind in dict.fromkeys(row.kind for row in chosen)
    ]
    return render_template("queue/several.html", groups=groups, count=len(chosen), tab=tab)


@blueprint.post("/several/decisions")
@needs(Permission.Queue.CLEAR)
def decide_several() -> Response:
    outcome = queue.decide_several(_chosen(), by=actor())
    for manner, said in queue_page.told_of(outcome.done, outcome.left):
        flash(said, manner)
    tab = queue_page.tab_of(request.form.get("tab", ""))
    left = queue_page.in_tab(queue.rows(actor()), tab)
    return _on(left[0] if left else None, tab.key)


@blueprint.post("/phrases")
@needs(Permission.Queue.KEEP_PHRASES)
def add_phrase() -> Response:
    try:
        phrases.add(request.form.get("phrase", ""), by=actor())
    except Invalid as problem:
        flash(str(problem.fields["phrase"]), "warn")
    return _back()


@blueprint.post("/phrases/<int:phrase_id>/place")
@needs(Permission.Queue.KEEP_PHRASES)
def raise_phrase(phrase_id: int) -> Response:
    phrases.raise_(access.load(Phrase, actor(), phrase_id), by=actor())
    return _back()


@blueprint.post("/phrases/<int:phrase_id>/removal")
@needs(Permission.Queue.KEEP_PHRASES)
def remove_phrase(phrase_id: int) -> Response:
    phrases.remove(access.load(Phrase, actor(), phrase_id), by=actor())
    return _back()


@blueprint.post("/keys")
@needs(Permission.Queue.SEE)
def set_keys() -> Response:
    """Switch single keys on or off on this device (WCAG 2.1.4)."""
    access.authorize(actor(), Permission.Queue.SEE)
    settings: Settings = current_app.extensions["penpal.settings"]
    answer = _back()
    answer.set_cookie(
        _KEYS,
        "off" if request.form.get("keys") == "off" else "on",
        max_age=_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.secure,
    )
    return answer


def _page(
    chosen: tuple[str, int] | None, *, words: str = "", problem: PenpalError | None = None
) -> str:
    asking = actor()
    tab = queue_page.tab_of(request.values.get("tab", ""))
    found = queue_page.of(
        asking, tab=tab, chosen=chosen, how=request.values, only_list="list" in request.args
    )
    drawn = render_template(
        "queue/page.html",
        queue=found,
        words=words,
        error=problem.fields if isinstance(problem, Invalid) else {},
        problem=problem,
        keys=request.cookies.get(_KEYS) != "off",
    )
    if found.item is not None:
        # Drawn before it is recorded, for a transaction lets go of what was loaded; shown after.
        queue.shown(found.item.row.kind, found.item.row.id, by=asking)
    return drawn


def _chosen() -> list[Row]:
    """The rows that were ticked, as far as they still wait for whoever asks."""
    ticked = set(request.form.getlist("item"))
    return [row for row in queue.rows(actor()) if row.key in ticked]


def _joined() -> str:
    """The word so far with a sentence put behind it."""
    parts: Sequence[str] = (request.form.get("words", ""), request.form.get("phrase", ""))
    return " ".join(part.strip() for part in parts if part.strip())


def _on(row: Row | None, tab: str) -> Response:
    if row is None:
        return redirect(_address(tab))
    return redirect(_address(tab, kind=row.kind, item_id=row.id))


def _address(tab: str, **values: str | int) -> str:
    """Of an item, or of the list; a browser goes straight to the item on the page."""
    if tab and tab != queue_page.ALL.key:
        values["tab"] = tab
    if "kind" in values:
        return url_for("queue.item", **values, _anchor="item")  # type: ignore[arg-type]
    return url_for("queue.page", **values, _anchor="item")  # type: ignore[arg-type]


def _back() -> Response:
    """To the item from which somebody changed how the page works."""
    found = queue.pointer(request.form.get("back", ""))
    tab = request.form.get("tab", "")
    return redirect(_address(tab, kind=found[0], item_id=found[1]) if found else _address(tab))
