"""Pages of issues: the list, putting one together, signing it off, its files, and what was recalled."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts import entering
from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock, html, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, Invalid, NotFound, PenpalError
from penpal.permissions import Permission
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.publishing.issues import (
    forms,
    handing_out,
    page,
    queries,
    recalling,
    sections,
    services,
    signing,
)
from penpal.publishing.issues.models import ColumnIssue, HandoutForm, IssuePiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import Submission

blueprint = Blueprint("issues", __name__, url_prefix="/issues")

Page = str | AnyResponse | tuple[str, int]
KEYS = "penpal_keys"
"""The cookie with which single keys are switched off on a device, here as in the queue."""


@blueprint.get("")
@needs(Permission.Issue.SEE)
def index() -> str:
    access.authorize(actor(), Permission.Issue.SEE)
    return render_template(
        "publishing/issues/index.html",
        found=queries.listed(actor(), before=numbers.typed(request.args.get("before"))),
        recalls=len(queries.recalls(actor(), heard=False)),
        today=clock.today(),
    )


@blueprint.post("")
@needs(Permission.Issue.PLAN)
def plan() -> Page:
    try:
        moment = forms.moment(request.form)
    except Invalid as problem:
        flash(str(problem.fields["day"]), "warn")
        return redirect(url_for(".index"))
    programme = programmes.programme(ProgrammeKey.PEN_PALS)
    issue = services.plan(programme, comes_out_at=moment, by=actor())
    return redirect(url_for(".show", issue_id=issue.id))


@blueprint.get("/<int:issue_id>")
@needs(Permission.Issue.SEE)
def show(issue_id: int) -> str:
    return _show(_issue(issue_id))


@blueprint.post("/<int:issue_id>/words")
@needs(Permission.Issue.PLAN)
def write(issue_id: int) -> Page:
    issue = _issue(issue_id)
    try:
        around = forms.around(request.form)
        services.write(issue, around, saved=forms.saved(request.form), by=actor())
    except (Invalid, Conflict) as problem:
        return _show(issue, problem, at="words"), problem.status
    flash(_("存好了。"), "ok")
    return _back(issue, "words")


@blueprint.post("/<int:issue_id>/pieces")
@needs(Permission.Issue.PLAN)
def put(issue_id: int) -> Page:
    issue = _issue(issue_id)
    wanted = numbers.typed(request.form.get("submission")) or 0
    submission = access.load(Submission, actor(), wanted)
    try:
        row = services.put(
            issue,
            submission,
            section=request.form.get("section", ""),
            before=numbers.typed(request.form.get("before")) or 0,
            by=actor(),
        )
    except (Invalid, Conflict) as problem:
        return _show(issue, problem), problem.status
    flash(_("放进第 %(number)s 期了。", number=issue.number), "ok")
    if "next" in request.form:
        return redirect(entering.destination())
    return _back(issue, f"piece-{row.id}")


@blueprint.post("/<int:issue_id>/order")
@needs(Permission.Issue.PLAN)
def order(issue_id: int) -> Page:
    """The whole order at once, as it was dragged."""
    issue = _issue(issue_id)
    try:
        services.order(
            issue, forms.order(request.form), saved=forms.saved(request.form), by=actor()
        )
    except Conflict as problem:
        return _show(issue, problem), problem.status
    return _back(issue, f"piece-{request.form['moved']}" if "moved" in request.form else "plan")


@blueprint.post("/<int:issue_id>/pieces/<int:row_id>/place")
@needs(Permission.Issue.PLAN)
def move(issue_id: int, row_id: int) -> Page:
    issue = _issue(issue_id)
    row = _row(issue, row_id)
    at = [each.id for each in queries.pieces_of(issue)].index(row.id)
    services.move(row, at + (-1 if request.form.get("way") == "up" else 1), by=actor())
    return _back(issue, f"piece-{row.id}")


@blueprint.post("/<int:issue_id>/pieces/<int:row_id>")
@needs(Permission.Issue.PLAN)
def choose(issue_id: int, row_id: int) -> Page:
    issue = _issue(issue_id)
    row = _row(issue, row_id)
    try:
        services.choose(
            row,
            section=request.form.get("section", ""),
            photo_id=forms.photo(request.form.get("photo")),
            by=actor(),
        )
    except Invalid as problem:
        return _show(issue, problem), problem.status
    return _back(issue, f"piece-{row.id}")


@blueprint.post("/<int:issue_id>/pieces/<int:row_id>/removal")
@needs(Permission.Issue.PLAN)
def take_out(issue_id: int, row_id: int) -> Page:
    issue = _issue(issue_id)
    services.take_out(_row(issue, row_id), by=actor())
    flash(_("拿出来了。它还在来稿里。"), "ok")
    return _back(issue, "plan")


@blueprint.post("/<int:issue_id>/sign-off")
@needs(Permission.Issue.SIGN_OFF)
@confirmed
def sign_off(issue_id: int) -> Page:
    issue = _issue(issue_id)
    try:
        signing.sign_off(issue, forms.moment(request.form) or clock.now(), by=actor())
    except Invalid as problem:
        return _show(issue, problem, at="sign"), problem.status
    flash(_("签发了。到时候它自己出来，这边不用再做什么。"), "ok")
    return _back(issue)


@blueprint.post("/<int:issue_id>/reopening")
@needs(Permission.Issue.SIGN_OFF)
def reopen(issue_id: int) -> Page:
    issue = _issue(issue_id)
    signing.reopen(issue, by=actor())
    flash(_("收回来了，可以接着改。"), "ok")
    return _back(issue)


@blueprint.post("/<int:issue_id>/drop")
@needs(Permission.Issue.PLAN)
@confirmed
def drop(issue_id: int) -> Page:
    issue = _issue(issue_id)
    try:
        services.drop(issue, reason=request.form.get("reason", ""), by=actor())
    except Invalid as problem:
        return _show(issue, problem, at="drop"), problem.status
    flash(_("这一期不出了。里面的稿子都还在。"), "ok")
    return redirect(url_for(".index"))


@blueprint.post("/<int:issue_id>/proof.pdf")
@needs(Permission.Issue.TAKE_FILE)
def proof(issue_id: int) -> Page:
    return _file(issue_id, HandoutForm.PDF)


@blueprint.post("/<int:issue_id>/copy.docx")
@needs(Permission.Issue.TAKE_FILE)
def word_file(issue_id: int) -> Page:
    return _file(issue_id, HandoutForm.DOCX)


@blueprint.post("/<int:issue_id>/copy.zip")
@needs(Permission.Issue.TAKE_FILE)
def archive(issue_id: int) -> Page:
    return _file(issue_id, HandoutForm.ZIP)


@blueprint.get("/recalls")
@needs(Permission.Issue.HEAR_RECALL)
def recalls() -> str:
    access.authorize(actor(), Permission.Issue.HEAR_RECALL)
    return render_template(
        "publishing/issues/recalls.html",
        open_=queries.recalls(actor(), heard=False),
        heard=queries.recalls(actor(), heard=True),
        what={gone.value: words for gone, words in recalling.WORDS.items()},
    )


@blueprint.post("/recalls/<int:handout_id>/<int:submission_id>/hearing")
@needs(Permission.Issue.HEAR_RECALL)
def hear(handout_id: int, submission_id: int) -> Page:
    for piece in recalling.recall_of(actor(), handout_id, submission_id):
        recalling.hear(piece, by=actor())
        flash(_("记下了：拿到文件的人都知道了。"), "ok")
        return redirect(url_for(".recalls"))
    raise NotFound


def _issue(issue_id: int) -> ColumnIssue:
    issue = access.load(ColumnIssue, actor(), issue_id)
    access.authorize(actor(), Permission.Issue.SEE, issue)
    if issue.state is IssueState.DROPPED:
        raise NotFound
    return issue


def _row(issue: ColumnIssue, row_id: int) -> IssuePiece:
    row = access.load(IssuePiece, actor(), row_id)
    if row.issue_id != issue.id:
        raise NotFound
    return row


def _back(issue: ColumnIssue, anchor: str = "") -> AnyResponse:
    return redirect(url_for(".show", issue_id=issue.id, _anchor=anchor or None))


def _show(issue: ColumnIssue, problem: PenpalError | None = None, at: str = "") -> str:
    words = html.line(request.args.get("q", ""))
    fields = problem.fields if isinstance(problem, Invalid) else {}
    return render_template(
        "publishing/issues/issue.html",
        shown=page.of(
            issue, actor(), words=words, before=numbers.typed(request.args.get("before"))
        ),
        sections=sections.SECTIONS,
        q=words,
        problem=problem,
        problems=fields,
        wrong=[(f"{at}-{name}", said) for name, said in fields.items()],
        at=at,
        typed=request.form,
        today=clock.today(),
        keys=request.cookies.get(KEYS) != "off",
    )


def _file(issue_id: int, form: HandoutForm) -> Page:
    issue = _issue(issue_id)
    try:
        made = handing_out.take(
            issue, form, handed_to=request.form.get("handed_to", ""), by=actor()
        )
    except (Invalid, Conflict) as problem:
        return _show(issue, problem, at="files"), problem.status
    answer: Response = send_file(
        io.BytesIO(made.content),
        mimetype=made.content_type,
        download_name=made.name,
        as_attachment=form is not HandoutForm.PDF,
    )
    return answer
