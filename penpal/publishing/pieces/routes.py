"""A child's pages of their pieces: submit, say yes or no, see where it stands, mend, withdraw."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from penpal.permissions import Permission
from penpal.publishing.pieces import (
    clearance,
    forms,
    freezing,
    naming,
    pages,
    queries,
    services,
    sources,
    status,
    steps,
    themes,
    withdrawing,
    wording,
)
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import LIVE, SubmissionState

blueprint = Blueprint("pieces", __name__, url_prefix="/publishing")
Page = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Submission.LIST)
def mine() -> str:
    """One's own pieces and those in which one stands."""
    found, older = queries.mine(actor(), before=request.args.get("before", type=int))
    return pages.render(
        "mine.html",
        pieces=[(one, wording.STANDINGS[one.state], wording.KINDS[one.kind]) for one in found],
        older=older,
        pen_name=pages.pen_name(),
        settled=pages.is_settled(),
        asked=queries.waiting_for(actor(), found),
        may_tell=access.conceivable(actor(), Permission.Submission.SUBMIT_STORY),
    )


@blueprint.post("/pen-name")
@needs(Permission.Submission.LIST)
def redraw() -> Response:
    """Another pen name, as long as none of one's pieces bears the one there is."""
    try:
        name = naming.redraw(by=actor())
    except IllegalMove as problem:
        flash(str(problem), "wait")
    else:
        flash(_("新的笔名：%(name)s。", name=name), "ok")
    return redirect(url_for(".mine"))


@blueprint.post("/beginning")
@needs(Permission.Submission.SUBMIT)
def begin() -> Response:
    """Before the first piece of two: a pen name is drawn for each, so that the copy can be mended with them."""
    source = sources.find(request.form.get("from", ""), by=actor())
    services.draw_names(source, by=actor())
    return redirect(f"{url_for('.new')}?{urlencode({'from': source.pointer})}")


@blueprint.get("/new")
@needs(Permission.Submission.SUBMIT)
def new() -> Page:
    source = sources.find(request.args.get("from", ""), by=actor())
    running = queries.running_of(source.kind, source.id, actor())
    if running is not None:
        return redirect(url_for(".page", submission_id=running.id))
    return pages.new(source, {})


@blueprint.post("/new")
@needs(Permission.Submission.SUBMIT)
def submit() -> Page:
    source = sources.find(request.form.get("from", ""), by=actor())
    copy = forms.copy(request.form, source.pictures)
    own = forms.own(request.form, has_photos=bool(copy.shown))
    try:
        forms.insist_on_ledger(own, queries.lacking_of_student(pages.oneself()))
        submission = services.submit(
            source,
            key=request.form.get("key", ""),
            kind=forms.kind(request.form.get("kind", "")),
            about=forms.about(request.form),
            copy=copy,
            own=own,
            by=actor(),
        )
    except Invalid as problem:
        return pages.new(source, problem.fields or {"": problem}), 422
    except Conflict as problem:
        flash(str(problem), "wait")
        return redirect(url_for(".mine"))
    if submission.state is SubmissionState.ASKING:
        flash(_("投出去了。先问问伙伴愿不愿意。"), "ok")
    else:
        flash(_("投出去了。"), "ok")
    return redirect(url_for(".page", submission_id=submission.id))


@blueprint.get("/<int:submission_id>")
@needs(Permission.Submission.READ)
def page(submission_id: int) -> Page:
    """Where a piece stands and whose turn it is."""
    submission = _own(submission_id)
    parts = submission.current_parts()
    standing = wording.STANDINGS[submission.state]
    return pages.render(
        "page.html",
        piece=submission,
        standing=standing,
        kind=wording.KINDS[submission.kind],
        steps=status.steps_of(submission),
        parts=pages.texts(parts),
        parties=[(wording.PARTIES[how], shown) for how, shown in steps.shown_parties(submission)],
        theme=themes.name_of(submission.theme),
        may_answer=access.may(actor(), Permission.Submission.ANSWER, submission),
        may_mend=access.may(actor(), Permission.Submission.MEND, submission),
        may_withdraw=submission.state in (*LIVE, SubmissionState.SENT_BACK)
        or submission.state is SubmissionState.PUBLISHED,
        is_author=submission.author_id == actor().person_id,
        is_published=submission.state is SubmissionState.PUBLISHED,
        has_photos=bool(clearance.with_printed_photos([submission.id])),
    )


@blueprint.get("/<int:submission_id>/asking")
@needs(Permission.Submission.ANSWER)
def ask(submission_id: int) -> Page:
    """To a child who stands in a piece: this is what would be printed; yes or no."""
    submission = _own(submission_id)
    if not access.may(actor(), Permission.Submission.ANSWER, submission):
        return redirect(url_for(".page", submission_id=submission.id))
    return pages.ask(submission, {})


@blueprint.post("/<int:submission_id>/answer")
@needs(Permission.Submission.ANSWER)
def answer(submission_id: int) -> Page:
    submission = _own(submission_id)
    if request.form.get("answer") == "no":
        services.decline(submission, by=actor())
        flash(_("记下了：不投。不用说为什么。"), "ok")
        return redirect(url_for(".page", submission_id=submission_id))
    part = pages.own_part(submission)
    copy = forms.copy(request.form, freezing.original(part, by=actor())[1] if part else ())
    own = forms.own(request.form, has_photos=bool(copy.shown))
    try:
        forms.insist_on_ledger(own, queries.lacking_of_student(pages.oneself()))
        services.agree(
            submission,
            revision=request.form.get("revision", 0, type=int),
            copy=copy,
            own=own,
            by=actor(),
        )
    except Invalid as problem:
        return pages.ask(_own(submission_id), problem.fields or {"": problem}), 422
    except Conflict as problem:
        flash(str(problem), "wait")
        return redirect(url_for(".ask", submission_id=submission_id))
    flash(_("记下了，谢谢你。想撤下的时候，随时可以。"), "ok")
    return redirect(url_for(".page", submission_id=submission_id))


@blueprint.get("/<int:submission_id>/mending")
@needs(Permission.Submission.MEND)
def mend(submission_id: int) -> Page:
    """What was sent back, with what was said of it, to be written anew."""
    submission = _own(submission_id)
    access.authorize(actor(), Permission.Submission.MEND, submission)
    return pages.mend(submission, {})


@blueprint.post("/<int:submission_id>/mending")
@needs(Permission.Submission.MEND)
def try_again(submission_id: int) -> Page:
    submission = _own(submission_id)
    access.authorize(actor(), Permission.Submission.MEND, submission)
    before = pages.written(submission)
    pictures = freezing.pictures_of([before]).get(before.id, ())
    copy = forms.copy(request.form, pictures)
    own = forms.own(request.form, has_photos=bool(copy.shown))
    try:
        services.mend(
            submission,
            revision=request.form.get("revision", 0, type=int),
            about=forms.about(request.form),
            copy=copy,
            own=own,
            by=actor(),
        )
    except Invalid as problem:
        return pages.mend(_own(submission_id), problem.fields or {"": problem}), 422
    flash(_("又投出去了。字变了，所以每个人都要再问一次。"), "ok")
    return redirect(url_for(".page", submission_id=submission_id))


@blueprint.get("/<int:submission_id>/withdrawal")
@needs(Permission.Submission.WITHDRAW)
def ask_to_withdraw(submission_id: int) -> Page:
    submission = _own(submission_id)
    return pages.render(
        "withdraw.html",
        piece=submission,
        is_published=submission.state is SubmissionState.PUBLISHED,
    )


@blueprint.post("/<int:submission_id>/withdrawal")
@needs(Permission.Submission.WITHDRAW)
@confirmed
def withdraw(submission_id: int) -> Response:
    withdrawing.withdraw(_own(submission_id), by=actor())
    flash(_("撤回了。已经印出来的网页，十分钟以内就看不到了。"), "ok")
    return redirect(url_for(".page", submission_id=submission_id))


@blueprint.post("/<int:submission_id>/photos/removal")
@needs(Permission.Submission.WITHDRAW)
def take_photos_out(submission_id: int) -> Response:
    """The words go on without the photos."""
    withdrawing.take_photos_out(_own(submission_id), by=actor())
    flash(_("照片拿掉了，只印字。"), "ok")
    return redirect(url_for(".page", submission_id=submission_id))


def _own(submission_id: int) -> Submission:
    """A piece in which one stands or that one sent in; for anybody else it has other pages."""
    submission = access.load(Submission, actor(), submission_id)
    access.authorize(actor(), Permission.Submission.READ, submission)
    mine = [party.person_id for party in submission.parties]
    if actor().person_id not in (*mine, submission.author_id):
        raise NotFound
    return submission
