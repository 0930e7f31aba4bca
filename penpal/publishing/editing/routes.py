"""The editors' desk: the pool, one piece, writing a version, asking its author, taking it or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted, PenpalError
from penpal.permissions import Permission
from penpal.publishing.editing import asking, desk_page, drafting, forms, pool, queries, services
from penpal.publishing.editing.typed import Typed
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews.models import Remark

blueprint = Blueprint("editing", __name__, url_prefix="/desk")

_KEYS = "penpal_keys"
_YEAR = 365 * 24 * 3600

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Submission.SEE_DESK)
def page() -> str:
    """The pool with the first piece; ``shown`` shows a phone the list instead."""
    access.authorize(actor(), Permission.Submission.SEE_DESK)
    return _page(None)


@blueprint.get("/<int:submission_id>")
@needs(Permission.Submission.SEE_DESK)
def item(submission_id: int) -> str:
    access.authorize(actor(), Permission.Submission.SEE_DESK)
    return _page(submission_id)


@blueprint.post("/<int:submission_id>/place")
@needs(Permission.Submission.EDIT)
def take_in_hand(submission_id: int) -> Answer:
    submission = _load(submission_id)
    return _do(submission, lambda: services.take_in_hand(submission, by=actor()), "", view="write")


@blueprint.post("/<int:submission_id>/place/removal")
@needs(Permission.Submission.EDIT)
def give_up(submission_id: int) -> Answer:
    submission = _load(submission_id)
    return _do(submission, lambda: services.give_up(submission, by=actor()), _("放下了。"))


@blueprint.post("/<int:submission_id>/version")
@needs(Permission.Submission.EDIT)
def save(submission_id: int) -> Answer:
    """Keep what was written; where it was saved elsewhere meanwhile, both texts are shown."""
    submission = _load(submission_id)
    typed = forms.typed(request.form)
    try:
        services.save(submission, typed, by=actor())
    except Conflict as problem:
        return _both(submission, typed, problem), problem.status
    except IllegalMove as problem:
        return _both(submission, typed, problem), problem.status
    except Invalid as problem:
        return _page(submission_id, view="write", problem=problem, typed=typed), problem.status
    if request.form.get("then") == "offer":
        return _do(submission, lambda: services.offer(submission, by=actor()), _("请作者看了。"))
    flash(_("存好了。"), "ok")
    return redirect(_address(submission_id, view="write"))


@blueprint.post("/<int:submission_id>/offer")
@needs(Permission.Submission.EDIT)
def offer(submission_id: int) -> Answer:
    submission = _load(submission_id)
    return _do(submission, lambda: services.offer(submission, by=actor()), _("请作者看了。"))


@blueprint.post("/<int:submission_id>/acceptance")
@needs(Permission.Submission.EDIT)
def take(submission_id: int) -> Answer:
    submission = _load(submission_id)
    return _do(
        submission, lambda: services.take(submission, by=actor()), _("定稿了，可以放进一期。")
    )


@blueprint.post("/<int:submission_id>/return")
@needs(Permission.Submission.EDIT)
def call_back(submission_id: int) -> Answer:
    submission = _load(submission_id)
    return _do(submission, lambda: services.call_back(submission, by=actor()), _("拿回来了。"))


@blueprint.post("/<int:submission_id>/refusal")
@needs(Permission.Submission.EDIT)
def turn_down(submission_id: int) -> Answer:
    """Not for the column; goes on with what comes next in the pool."""
    submission = _load(submission_id)
    filters = pool.filters(request.values)
    found = pool.ids(filters, actor())
    place = found.index(submission_id) if submission_id in found else -1
    following = found[place + 1] if 0 <= place < len(found) - 1 else None
    reason = request.form.get("words", "")
    return _do(
        submission,
        lambda: services.turn_down(submission, reason, by=actor()),
        _("告诉作者了。"),
        on=_address(following) if following else _address(None),
    )


@blueprint.post("/<int:submission_id>/removal")
@needs(Permission.Submission.TAKE_DOWN)
@confirmed
def take_down(submission_id: int) -> Answer:
    submission = access.load(Submission, actor(), submission_id)
    reason = request.form.get("words", "")
    return _do(
        submission,
        lambda: services.take_down(submission, reason, by=actor()),
        _("撤下了。公开的页面上已经没有它。"),
    )


@blueprint.post("/<int:submission_id>/remarks")
@needs(Permission.Submission.EDIT)
def ask(submission_id: int) -> Answer:
    submission = _load(submission_id)
    part_id = numbers.typed(request.form.get("part")) or 0
    quote, words = request.form.get("quote", ""), request.form.get("remark", "")
    return _do(
        submission,
        lambda: asking.ask(submission, part_id, quote, words, by=actor()),
        _("问过作者了。"),
    )


@blueprint.post("/remarks/<int:remark_id>/settlement")
@needs(Permission.Submission.EDIT)
def settle(remark_id: int) -> Answer:
    remark = access.load(Remark, actor(), remark_id)
    submission = _load(remark.submission_id)
    return _do(submission, lambda: asking.settle(remark, by=actor()), _("收起了。"))


@blueprint.get("/<int:submission_id>/versions")
@needs(Permission.Submission.SEE_DESK)
def versions(submission_id: int) -> str:
    """All versions, and any two of them compared: the newest with the one before it, if none are named."""
    submission = _load(submission_id, Permission.Submission.SEE_DESK)
    found = queries.versions_of(submission)
    of_number = {version.number: version for version in found}
    newest = found[0].number if found else 0
    second = of_number.get(_number("b", newest))
    first = of_number.get(_number("a", max(0, newest - 1)))
    shown = desk_page.compared(submission, first, second) if first and second else []
    return render_template(
        "publishing/editing/versions.html",
        submission=submission,
        versions=found,
        first=first,
        second=second,
        fields=shown,
        title=drafting.base(submission).title,
        back=_address(submission_id),
    )


@blueprint.post("/keys")
@needs(Permission.Submission.SEE_DESK)
def set_keys() -> Response:
    """Switch single keys on or off on this device (WCAG 2.1.4)."""
    access.authorize(actor(), Permission.Submission.SEE_DESK)
    settings: Settings = current_app.extensions["penpal.settings"]
    answer = redirect(_address(numbers.typed(request.form.get("back"))))
    answer.set_cookie(
        _KEYS,
        "off" if request.form.get("keys") == "off" else "on",
        max_age=_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.secure,
    )
    return answer


def _number(name: str, otherwise: int) -> int:
    """A version's number from the address; 0 is the frozen copy."""
    said = request.args.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else otherwise


def _load(
    submission_id: int, permission: Permission.Submission = Permission.Submission.EDIT
) -> Submission:
    submission = access.load(Submission, actor(), submission_id)
    access.authorize(actor(), permission, submission)
    return submission


def _do(
    submission: Submission,
    verb: Callable[[], object],
    said: str,
    *,
    view: str = "",
    on: str = "",
) -> Answer:
    """One verb, one answer; what is in the way is said on the piece, with what was typed."""
    submission_id = submission.id
    try:
        verb()
    except Invalid as problem:
        if not problem.fields:
            flash(str(problem), "wait")
        return _page(submission_id, problem=problem), problem.status
    except (IllegalMove, NotPermitted) as problem:
        flash(str(problem), "wait")
        return _page(submission_id), problem.status
    if said:
        flash(said, "ok")
    return redirect(on or _address(submission_id, view=view))


def _page(
    chosen: int | None,
    *,
    view: str = "",
    problem: PenpalError | None = None,
    typed: Typed | None = None,
) -> str:
    filters = pool.filters(request.values)
    if chosen is not None and "tab" not in request.values:
        # Led here from elsewhere: the list beside the piece is the one that it stands in.
        submission = access.load(Submission, actor(), chosen)
        filters = replace(filters, tab=pool.tab_of(submission.state))
    found = desk_page.of(actor(), filters, chosen=chosen, view=view or request.args.get("view", ""))
    return render_template(
        "publishing/editing/desk.html",
        desk=found,
        filters=filters,
        query=filters.as_query(),
        typed=asdict(typed) if typed else None,
        error=problem.fields if isinstance(problem, Invalid) else {},
        form=request.form,
        pool=pool,
        keys=request.cookies.get(_KEYS) != "off",
        only_list="shown" in request.args,
    )


def _both(submission: Submission, typed: Typed, problem: PenpalError) -> str:
    """What one wrote beside what is kept: nothing of either is lost."""
    draft = queries.draft_of(submission)
    place = queries.place_of(submission)
    return render_template(
        "publishing/editing/conflict.html",
        submission=submission,
        typed=typed,
        kept=drafting.base(submission),
        parts=drafting.parts_of(submission),
        saved=draft.saved if draft else 0,
        can_save=place is None or place.editor_id == actor().person_id,
        message=str(problem),
        back=_address(submission.id, view="write"),
    )


def _address(submission_id: int | None, *, view: str = "") -> str:
    """Of a piece in the pool as it is narrowed now."""
    values: dict[str, Any] = pool.filters(request.values).as_query()
    if view:
        values["view"] = view
    if submission_id is None:
        return url_for("editing.page", **values)
    return url_for("editing.item", submission_id=submission_id, _anchor="item", **values)
