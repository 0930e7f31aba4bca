"""The author's page of changes, made for a phone: yes or no to each, a word to it; and editors' questions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.permissions import Permission
from penpal.publishing.editing import (
    answering,
    asking,
    author_page,
    forms,
    guarding,
    queries,
)
from penpal.publishing.editing.models import PieceVersion, Verdict
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews.models import Remark

blueprint = Blueprint("piece_changes", __name__, url_prefix="/publishing")

Answer = str | Response | tuple[str, int]


@blueprint.get("/changes/<int:version_id>")
@needs(Permission.Submission.READ)
def show(version_id: int) -> str:
    return _show(_version(version_id))


@blueprint.post("/changes/<int:version_id>")
@needs(Permission.Submission.ANSWER_CHANGES)
def answer(version_id: int) -> Answer:
    """Keep what was chosen so far, or with ``finish`` tell the editor; ``all`` says yes to everything."""
    version = _version(version_id)
    submission_id = version.submission_id
    said = forms.said(request.form)
    action = request.form.get("action", "")
    if action == "all":
        own = queries.asked_of(version, _oneself())
        said = {
            change.id: answering.Said(
                Verdict.ACCEPTED, said[change.id].words if change.id in said else ""
            )
            for change in own
        }
    try:
        is_done = answering.say(version, said, finish=action in ("all", "finish"), by=actor())
    except Invalid as problem:
        return _show(_version(version_id), said=said, problem=problem), problem.status
    except (IllegalMove, NotPermitted) as problem:
        flash(str(problem), "wait")
        return redirect(url_for("pieces.page", submission_id=submission_id))
    if guarding.is_worrying(answering.all_words(said)):
        return redirect(url_for("guard.help_"))
    if action not in ("all", "finish"):
        flash(_("先存着了。选完再告诉编辑。"), "ok")
        return redirect(url_for("piece_changes.show", version_id=version_id))
    told = _("告诉编辑了。") if is_done else _("告诉编辑了。还等另一位作者看。")
    flash(told, "ok")
    return redirect(url_for("pieces.page", submission_id=submission_id))


@blueprint.get("/<int:submission_id>/questions")
@needs(Permission.Submission.READ)
def questions(submission_id: int) -> str:
    """What editors ask about one's own piece."""
    return _questions(_own(submission_id))


@blueprint.post("/questions/<int:remark_id>")
@needs(Permission.Submission.READ)
def answer_question(remark_id: int) -> Answer:
    remark = access.load(Remark, actor(), remark_id)
    submission = _own(remark.submission_id)
    typed = request.form.get("answer", "")
    try:
        asking.answer(remark, typed, by=actor())
    except Invalid as problem:
        return _questions(submission, remark_id, typed, problem), problem.status
    if guarding.is_worrying(typed):
        return redirect(url_for("guard.help_"))
    flash(_("答复了。"), "ok")
    return redirect(url_for("piece_changes.questions", submission_id=submission.id))


def _version(version_id: int) -> PieceVersion:
    """A version that was shown to its author: what an editor is still writing is not there."""
    version = access.load(PieceVersion, actor(), version_id)
    access.authorize(actor(), Permission.Submission.READ, version.submission)
    author_page.insist_on_asked(version, actor())
    return version


def _own(submission_id: int) -> Submission:
    submission = access.load(Submission, actor(), submission_id)
    access.authorize(actor(), Permission.Submission.READ, submission)
    author_page.insist_on_author(submission, actor())
    return submission


def _oneself() -> int:
    person_id = actor().person_id
    assert person_id is not None
    return person_id


def _show(
    version: PieceVersion,
    *,
    said: dict[int, answering.Said] | None = None,
    problem: Invalid | None = None,
) -> str:
    return render_template(
        "publishing/editing/changes.html",
        look=author_page.of(version, actor(), said=said),
        error=problem.fields if problem else {},
    )


def _questions(
    submission: Submission, remark_id: int = 0, typed: str = "", problem: Invalid | None = None
) -> str:
    return render_template(
        "publishing/editing/questions.html",
        submission=submission,
        asked=author_page.questions(submission, actor()),
        wrong=remark_id,
        typed=typed,
        error=problem.fields if problem else {},
    )
