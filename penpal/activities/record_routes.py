"""One's own record of what two do together, and who may read it."""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.activities import forms, guarding, pages, queries, recording
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import Seal, ShownTo
from penpal.activities.typed import Written
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, Invalid, NotFound
from penpal.media import queries as media
from penpal.media import uploads
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.safeguarding.blocking import Paused

blueprint = Blueprint("activity_records", __name__, url_prefix="/together")

Page = str | Response | tuple[str, int]


@blueprint.get("/<int:activity_id>/record")
@needs(Permission.ActivityRecord.WRITE)
def edit(activity_id: int) -> Page:
    activity = _activity(activity_id)
    record = queries.record_of(activity, actor().person_id)
    if not activity.is_agreed or (record is not None and not record.is_draft):
        return redirect(url_for("activities.show", activity_id=activity.id))
    typed: dict[str, object] = {"seal": Seal.SEALED, "revision": 0}
    if record is not None:
        typed = {
            "text": record.text,
            "gave": record.gave,
            "done_on": record.done_on,
            "seal": record.seal,
            "revision": record.revision,
        }
    return pages.record(activity, typed, _pictures(record))


@blueprint.post("/<int:activity_id>/record")
@needs(Permission.ActivityRecord.WRITE)
def write(activity_id: int) -> Page:
    """The buttons of the page: keep what is there so far, or say that it is done."""
    activity = _activity(activity_id)
    written = forms.written(request.form)
    record = queries.record_of(activity, actor().person_id)
    is_done = request.form.get("action") == "finish"
    chosen: list[Chosen] | None = None
    try:
        if "photos" in request.form:
            chosen = uploads.take(request.form, request.files, by=actor())
        if request.form.get("action") == "ask":
            return _ask(activity, replace(written, photos=chosen))
        verb = recording.finish if is_done else recording.save
        verb(activity, replace(written, photos=chosen), by=actor())
    except uploads.NotAllTaken as problem:
        return _again(activity, written, problem.chosen, record, problem)
    except Paused as problem:
        # What was typed is kept: a draft is one's own, also while nothing goes between the two.
        recording.save(activity, replace(written, photos=chosen), by=actor())
        again = replace(written, revision=_revision(activity))
        return _again(activity, again, chosen, record, problem)
    except (Invalid, Conflict) as problem:
        return _again(activity, written, chosen, record, problem)
    flash(_("记下了。") if is_done else _("存好了，只有你自己看得到。"), "ok")
    said = [written.text, written.gave, *(one.description for one in chosen or ())]
    if is_done and guarding.is_worrying("\n".join(said)):
        return redirect(url_for("guard.help_"))
    back = "activities.show" if is_done else "activity_records.edit"
    return redirect(url_for(back, activity_id=activity.id))


def _ask(activity: Activity, written: Written) -> Response:
    """The button below what the guard found: a teacher decides."""
    words = request.form.get("asking", "")
    _hold, worries = recording.ask(activity, written, words=words, by=actor())
    flash(_("请老师看了。放行以后，就算做完了。"), "ok")
    if worries:
        return redirect(url_for("guard.help_"))
    return redirect(url_for("activity_records.edit", activity_id=activity.id))


def _again(
    activity: Activity,
    written: Written,
    chosen: list[Chosen] | None,
    record: ActivityRecord | None,
    problem: Invalid | Conflict,
) -> Page:
    """The page with all that was typed and chosen, and what is to be mended."""
    fields = problem.fields if isinstance(problem, Invalid) else {}
    pictures = _pictures(record)
    if chosen is not None:
        pictures = media.chosen(chosen, by=actor())
    return pages.record(
        activity,
        {**asdict(written), "photos": ()},
        pictures,
        problems=fields,
        message="" if fields else problem.message,
        problem=problem,
        status=problem.status,
    )


@blueprint.post("/<int:activity_id>/record/reopening")
@needs(Permission.ActivityRecord.REOPEN)
def reopen(activity_id: int) -> Page:
    record = _own(activity_id)
    recording.reopen(record, by=actor())
    return redirect(url_for("activity_records.edit", activity_id=activity_id))


@blueprint.post("/<int:activity_id>/record/sharing")
@needs(Permission.ActivityRecord.SHARE)
def share(activity_id: int) -> Page:
    record = _own(activity_id)
    try:
        recording.share(record, by=actor())
    except Paused as problem:
        return pages.show(record.activity, problems={"": problem.message}, status=problem.status)
    flash(_("对方现在就能看你的了。"), "ok")
    return redirect(url_for("activities.show", activity_id=activity_id))


@blueprint.post("/<int:activity_id>/record/seal")
@needs(Permission.ActivityRecord.SEAL)
def reseal(activity_id: int) -> Page:
    record = _own(activity_id)
    seal = forms.seal(request.form.get("seal"))
    recording.reseal(record, seal=seal, by=actor())
    flash(_("老师也能看你这份了。") if seal is Seal.OPEN else _("只给伙伴看了。"), "ok")
    return redirect(url_for("activities.show", activity_id=activity_id))


@blueprint.post("/<int:activity_id>/showing")
@needs(Permission.Activity.KEEP)
def wish(activity_id: int) -> Page:
    """Whom the two would show what they did: it counts when both chose the same."""
    activity = access.load(Activity, actor(), activity_id)
    to = forms.shown_to(request.form.get("to"))
    try:
        recording.wish(activity, to=to, by=actor())
    except Paused as problem:
        return pages.show(activity, problems={"": problem.message}, status=problem.status)
    if activity.shown_to is ShownTo.CLASSES:
        flash(_("两个人选的一样：两边的班主任可以在班上放一放。"), "ok")
    else:
        flash(_("选好了。两个人选了同一项才算数。"), "ok")
    return redirect(url_for("activities.show", activity_id=activity_id))


def _activity(activity_id: int) -> Activity:
    activity = access.load(Activity, actor(), activity_id)
    access.authorize(actor(), Permission.ActivityRecord.WRITE, activity)
    return activity


def _own(activity_id: int) -> ActivityRecord:
    activity = access.load(Activity, actor(), activity_id)
    record = queries.record_of(activity, actor().person_id)
    if record is None:
        raise NotFound
    return record


def _pictures(record: ActivityRecord | None) -> tuple[media.Picture, ...]:
    return media.of(pages.KIND, [record.id]).get(record.id, ()) if record else ()


def _revision(activity: Activity) -> int:
    record = queries.record_of(activity, actor().person_id)
    return record.revision if record else 0
