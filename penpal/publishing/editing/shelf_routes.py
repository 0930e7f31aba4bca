"""What editors keep for each other: lists of pieces, and notes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.publishing.editing import pool, queries, shelving
from penpal.publishing.editing.models import Shortlist
from penpal.publishing.pieces.models import Submission

blueprint = Blueprint("shelves", __name__, url_prefix="/desk")

Answer = str | Response | tuple[str, int]


@blueprint.get("/lists")
@needs(Permission.Submission.SEE_DESK)
def lists() -> str:
    access.authorize(actor(), Permission.Submission.SEE_DESK)
    return _lists()


@blueprint.post("/lists")
@needs(Permission.Submission.SEE_DESK)
def begin() -> Answer:
    try:
        shelving.begin_list(request.form.get("name", ""), by=actor())
    except Invalid as problem:
        return _lists(problem), problem.status
    return redirect(url_for("shelves.lists"))


@blueprint.post("/lists/<int:list_id>/removal")
@needs(Permission.Submission.SEE_DESK)
def drop(list_id: int) -> Answer:
    shelving.drop_list(access.load(Shortlist, actor(), list_id), by=actor())
    flash(_("候选单删掉了，稿子都还在。"), "ok")
    return redirect(url_for("shelves.lists"))


@blueprint.post("/lists/several")
@needs(Permission.Submission.SEE_DESK)
def put_several() -> Answer:
    """The ticked pieces of the pool onto a list, or onto a new one."""
    wanted = [number for each in request.form.getlist("item") if (number := numbers.typed(each))]
    statement = access.visible(Submission, actor()).where(Submission.id.in_(wanted[:300]))
    chosen = list(session().scalars(statement))
    if not chosen:
        flash(_("还没有选。在每一篇前面打钩，再放进候选单。"), "wait")
        return _back()
    try:
        number = shelving.put(_wanted(), chosen, by=actor())
    except Invalid as problem:
        flash(str(next(iter(problem.fields.values()), problem)), "wait")
        return _back()
    flash(ngettext("放进去 %(num)s 篇。", "放进去 %(num)s 篇。", number), "ok")
    return _back()


@blueprint.post("/<int:submission_id>/lists")
@needs(Permission.Submission.SEE_DESK)
def put(submission_id: int) -> Answer:
    """Put the piece on a list, or take it off with ``off``."""
    submission = access.load(Submission, actor(), submission_id)
    try:
        if "off" in request.form:
            number = numbers.typed(request.form["off"]) or 0
            shelving.take_off(access.load(Shortlist, actor(), number), submission, by=actor())
        else:
            shelving.put(_wanted(), [submission], by=actor())
    except Invalid as problem:
        flash(str(next(iter(problem.fields.values()), problem)), "wait")
    return _back(submission_id)


@blueprint.post("/<int:submission_id>/notes")
@needs(Permission.Submission.EDIT)
def note(submission_id: int) -> Answer:
    submission = access.load(Submission, actor(), submission_id)
    try:
        shelving.note(submission, request.form.get("note", ""), by=actor())
    except Invalid as problem:
        flash(str(next(iter(problem.fields.values()), problem)), "wait")
    return _back(submission_id)


def _wanted() -> Shortlist:
    """The list that was chosen, or the one whose name was typed."""
    name = request.form.get("name", "")
    number = numbers.typed(request.form.get("list_id"))
    if name.strip() or number is None:
        return shelving.begin_list(name, by=actor())
    return access.load(Shortlist, actor(), number)


def _lists(problem: Invalid | None = None) -> str:
    return render_template(
        "publishing/editing/lists.html",
        lists=queries.lists(actor()),
        error=problem.fields if problem else {},
        typed=request.form.get("name", ""),
    )


def _back(submission_id: int | None = None) -> Response:
    """To the piece, or to the pool as it was narrowed."""
    number = submission_id or numbers.typed(request.form.get("back"))
    query = pool.filters(request.values).as_query()
    if number is None:
        return redirect(url_for("editing.page", **query))  # type: ignore[arg-type]
    return redirect(
        url_for("editing.item", submission_id=number, _anchor="item", **query)  # type: ignore[arg-type]
    )
