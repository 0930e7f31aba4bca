"""What stands on the public pages, for those above all schools who may take it off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.publishing.editing import services
from penpal.publishing.pieces.models import Submission
from penpal.publishing.special import queries

blueprint = Blueprint("standing", __name__, url_prefix="/publishing/printed")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Submission.TAKE_DOWN)
def page() -> str:
    """The newest first; ``q`` looks in titles."""
    return _page()


@blueprint.post("/<int:submission_id>/removal")
@needs(Permission.Submission.TAKE_DOWN)
@confirmed
def take_down(submission_id: int) -> Answer:
    """Off the public pages at once. Whoever stands in it is told, and reads why on the page of the piece."""
    submission = access.load(Submission, actor(), submission_id)
    reason = request.form.get("words", "")
    try:
        services.take_down(submission, reason, by=actor())
    except Invalid as problem:
        return _page(at=submission_id, problem=problem, typed=reason), problem.status
    flash(_("撤下了。公开的页面上已经没有它。"), "ok")
    return redirect(url_for(".page"))


def _page(*, at: int = 0, problem: Invalid | None = None, typed: str = "") -> str:
    wanted = request.args.get("q", "").strip()
    return render_template(
        "publishing/special/standing.html",
        found=queries.standing(
            actor(), title=wanted, before=numbers.typed(request.args.get("before"))
        ),
        q=wanted,
        at=at,
        problems=problem.fields if problem else {},
        typed=typed,
    )
