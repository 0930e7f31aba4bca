"""Pages of reviews beside the queue: words at places, colleagues, stepping aside, photos, lateness, the way."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotFound
from penpal.media import blurring
from penpal.media import queries as media
from penpal.permissions import Permission
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.reviews import (
    forms,
    history,
    looking_at_photos,
    queries,
    remarks,
    services,
)
from penpal.publishing.reviews.models import Recusal, Remark, ReviewStation

blueprint = Blueprint("reviews", __name__, url_prefix="/publishing")
_TURN = "/reviews/<int:station_id>"


@blueprint.get("/reviews")
@needs(Permission.Submission.REVIEW)
def page() -> str:
    """What waits for oneself, where something waits too long below, and to whom one is near."""
    asking = actor()
    recusals, led = queries.recusals_of(asking), queries.led_by(asking)
    waiting, overdue = queries.waiting_count(asking)
    return render_template(
        "publishing/reviews/page.html",
        waiting=waiting,
        overdue=overdue,
        late=queries.late_below(asking),
        recusals=recusals,
        leads=bool(led),
        ways=[unit for unit in led if access.may(asking, Permission.Submission.SET_PATH, unit)],
    )


@blueprint.post(f"{_TURN}/remarks")
@needs(Permission.Submission.REVIEW)
def remark(station_id: int) -> Response:
    station = _station(station_id)
    try:
        part = _part(station)
        near = numbers.typed(request.form.get("start"))
        place = remarks.place_of(request.form.get("quote", ""), part.body, near=near)
        remarks.make(
            part,
            request.form.get("remark", ""),
            place,
            for_author="private" not in request.form,
            by=actor(),
        )
    except Invalid as problem:
        for said in problem.fields.values():
            flash(str(said), "warn")
    return _back(station_id)


@blueprint.post(f"{_TURN}/remarks/<int:remark_id>/removal")
@needs(Permission.Submission.REVIEW)
def take_remark_away(station_id: int, remark_id: int) -> Response:
    remarks.take_away(access.load(Remark, actor(), remark_id), by=actor())
    return _back(station_id)


@blueprint.post(f"{_TURN}/delegation")
@needs(Permission.Submission.DELEGATE)
def delegate(station_id: int) -> Response:
    station = _station(station_id)
    to = session().get(Person, numbers.typed(request.form.get("to")) or 0)
    try:
        if to is None:
            raise Invalid(fields={"to": _("先选一位同事。")})
        services.delegate(station, to, by=actor())
    except Invalid as problem:
        flash(str(next(iter(problem.fields.values()), problem)), "warn")
        return _back(station_id)
    flash(_("交给%(name)s看了。", name=to.shown_name), "ok")
    return redirect(url_for("queue.page", tab="piece"))


@blueprint.post(f"{_TURN}/delegation/removal")
@needs(Permission.Submission.REVIEW)
def take_back(station_id: int) -> Response:
    services.take_back(_station(station_id), by=actor())
    flash(_("还给原来的人看了。"), "ok")
    return redirect(url_for("queue.page", tab="piece"))


@blueprint.post(f"{_TURN}/recusal")
@needs(Permission.Submission.STEP_ASIDE)
def step_aside(station_id: int) -> Response:
    """From a piece: one of the children in it is one's own."""
    station = _station(station_id)
    number = numbers.typed(request.form.get("student"))
    party = next((one for one in station.submission.parties if one.person_id == number), None)
    if party is None:
        raise NotFound
    services.step_aside(party.person, by=actor())
    flash(_("记下了。这个孩子的投稿由别人来看。"), "ok")
    return redirect(url_for("queue.page", tab="piece"))


@blueprint.post("/reviews/recusals/<int:recusal_id>/removal")
@needs(Permission.Submission.STEP_ASIDE)
def come_back(recusal_id: int) -> Response:
    services.come_back(access.load(Recusal, actor(), recusal_id), by=actor())
    return redirect(url_for("reviews.page"))


@blueprint.get(f"{_TURN}/photos/<int:photo_id>")
@needs(Permission.Submission.TEND_PHOTOS)
def photo(station_id: int, photo_id: int) -> str:
    return _photo_page(_station(station_id), photo_id)


@blueprint.post(f"{_TURN}/photos/<int:photo_id>")
@needs(Permission.Submission.TEND_PHOTOS)
def blur(station_id: int, photo_id: int) -> Response | tuple[str, int]:
    """Cover the cells that were ticked and the boxes that were drawn."""
    try:
        boxes = forms.boxes(request.form)
        looking_at_photos.blur(photo_id, boxes, by=actor())
    except Invalid as problem:
        return _photo_page(_station(station_id), photo_id, problem), problem.status
    flash(_("盖住了，原来的样子在这一份里已经没有了。"), "ok")
    return redirect(url_for("queue.item", kind="piece", item_id=station_id, _anchor="item"))


@blueprint.get("/<int:submission_id>/history")
@needs(Permission.Submission.SEE_HISTORY)
def show_history(submission_id: int) -> str:
    submission = access.load(Submission, actor(), submission_id)
    return render_template(
        "publishing/reviews/history.html",
        submission=submission,
        # What was taken back has no words for staff any more.
        title=submission.title
        if access.may(actor(), Permission.Submission.READ, submission)
        else "",
        acts=history.of(submission, by=actor()),
    )


def _photo_page(station: ReviewStation, photo_id: int, problem: Invalid | None = None) -> str:
    photo, submission = looking_at_photos.find(photo_id, by=actor())
    if submission.id != station.submission_id:
        raise NotFound
    return render_template(
        "publishing/reviews/photo.html",
        station=station,
        picture=media.picture(photo),
        rows=forms.ROWS,
        columns=forms.COLUMNS,
        most=blurring.MOST,
        ticked=set(request.form.getlist("cell")),
        problem=problem,
    )


def _station(station_id: int) -> ReviewStation:
    return access.load(ReviewStation, actor(), station_id)


def _part(station: ReviewStation) -> SubmissionPart:
    number = numbers.typed(request.form.get("part"))
    found = next((one for one in station.submission.current_parts() if one.id == number), None)
    if found is None or station.revision != station.submission.revision:
        raise NotFound
    return found


def _back(station_id: int) -> Response:
    return redirect(url_for("queue.item", kind="piece", item_id=station_id, _anchor="item"))
