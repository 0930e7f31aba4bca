"""What is to be opened and was opened: the list, one case, its words, and asking because of a report."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.safeguarding import opening_queries, opening_seconds, openings
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_forms import OpeningForm
from penpal.safeguarding.opening_models import Opening

blueprint = Blueprint("openings", __name__)

SHOWN = 50

Answer = str | tuple[str, int] | Response


@blueprint.get("/openings")
@needs(Permission.Opening.LIST)
def index() -> str:
    asking = actor()
    access.authorize(asking, Permission.Opening.LIST)
    waiting = opening_queries.waiting(asking)
    answered = opening_queries.answered(asking, size=SHOWN)
    return render_template(
        "safeguarding/openings.html",
        waiting=waiting,
        running=[each for each in answered if each.is_running],
        over=[each for each in answered if not each.is_running],
    )


@blueprint.get("/openings/<int:opening_id>")
@needs(Permission.Opening.SEE)
def show(opening_id: int) -> str:
    opening = access.load(Opening, actor(), opening_id)
    access.authorize(actor(), Permission.Opening.SEE, opening)
    return _case(opening.id)


@blueprint.get("/openings/<int:opening_id>/words")
@needs(Permission.Opening.READ)
@confirmed
def read(opening_id: int) -> str:
    content = openings.read(access.load(Opening, actor(), opening_id), by=actor())
    opening = opening_queries.case(opening_id, actor())
    return render_template("safeguarding/opening_words.html", opening=opening, content=content)


@blueprint.get("/openings/<int:opening_id>/photos/<int:number>")
@needs(Permission.Opening.READ)
@confirmed
def photo(opening_id: int, number: int) -> Response:
    """One of the photos that lie beside the words."""
    content = openings.photo(access.load(Opening, actor(), opening_id), number, by=actor())
    return Response(content, content_type="image/jpeg")


@blueprint.post("/openings/<int:opening_id>/agreement")
@needs(Permission.Opening.SECOND)
@confirmed
def agree(opening_id: int) -> Answer:
    said = _("打开了，你们两个人都可以读。孩子会看到哪一天、为什么打开的。")
    return _answered(opening_id, openings.agree, said)


@blueprint.post("/openings/<int:opening_id>/refusal")
@needs(Permission.Opening.SECOND)
def refuse(opening_id: int) -> Answer:
    return _answered(opening_id, openings.refuse, _("没有打开。你写的话，请求的人看得到。"))


@blueprint.post("/openings/<int:opening_id>/closing")
@needs(Permission.Opening.CLOSE)
def close(opening_id: int) -> Response:
    openings.close(access.load(Opening, actor(), opening_id), by=actor())
    flash(_("你们这一次合上了。"), "ok")
    return redirect(url_for("openings.show", opening_id=opening_id))


@blueprint.post("/openings/<int:opening_id>/showing")
@needs(Permission.Opening.END_DELAY)
def show_now(opening_id: int) -> Response:
    openings.show_now(access.load(Opening, actor(), opening_id), by=actor())
    flash(_("孩子现在看得到了。"), "ok")
    return redirect(url_for("openings.show", opening_id=opening_id))


@blueprint.get("/reports/<int:report_id>/sealed")
@needs(Permission.Opening.ASK_FOR_REPORT)
def ask(report_id: int) -> str | Response:
    report = access.load(Report, actor(), report_id)
    access.authorize(actor(), Permission.Opening.ASK_FOR_REPORT, report)
    already = opening_queries.asked_already(report.about_kind, report.about_id, actor())
    if already is not None:
        return redirect(url_for("openings.show", opening_id=already.id))
    reason = _("孩子把这封信给老师看。") if report.shown else ""
    told = _("老师要弄清楚一件和安全有关的事，读了这封信。")
    return _asking(report, OpeningForm().prefilled(reason, told))


@blueprint.post("/reports/<int:report_id>/opening")
@needs(Permission.Opening.ASK_FOR_REPORT)
@confirmed
def make(report_id: int) -> Answer:
    report = access.load(Report, actor(), report_id)
    form = OpeningForm.parse(request.form, [])
    try:
        opening = openings.for_report(report, form.why, days=form.days, by=actor())
    except Invalid as problem:
        return _asking(report, form, problem), problem.status
    if opening.is_waiting:
        flash(_("请求记下了。要另一个人答应，才打开。"), "wait")
    else:
        flash(_("打开了。孩子会看到哪一天、为什么打开的。"), "ok")
    return redirect(url_for("openings.show", opening_id=opening.id))


def _answered(opening_id: int, answer: Callable[..., None], said: str) -> Answer:
    """What a second person says to a request, with their word for it."""
    opening = access.load(Opening, actor(), opening_id)
    word = request.form.get("word", "")
    try:
        answer(opening, word=word, by=actor())
    except Invalid as problem:
        return _case(opening_id, word, problem), problem.status
    flash(said, "ok")
    return redirect(url_for("openings.show", opening_id=opening_id))


def _case(opening_id: int, word: str = "", problem: Invalid | None = None) -> str:
    asking = actor()
    opening = opening_queries.case(opening_id, asking)
    class_ = opening.report.class_ if opening.report else opening.class_
    path = class_.path if class_ else ""
    return render_template(
        "safeguarding/opening.html",
        opening=opening,
        word=word,
        problem=problem,
        may_second=opening.is_waiting and access.may(asking, Permission.Opening.SECOND, opening),
        may_read=access.may(asking, Permission.Opening.READ, opening),
        may_close=opening.is_running and access.may(asking, Permission.Opening.CLOSE, opening),
        may_show=opening.is_delayed and access.may(asking, Permission.Opening.END_DELAY, opening),
        is_own=opening.asked_by_id == asking.person_id,
        others=opening_seconds.could_agree(
            path, opening.asked_by_id, opening_seconds.roles_of(opening), opening.asked_at
        ),
    )


def _asking(report: Report, form: OpeningForm, problem: Invalid | None = None) -> str:
    return render_template(
        "safeguarding/opening_ask.html",
        report_id=report.id,
        label=report.about_label,
        form=form,
        problem=problem,
        again=opening_queries.was_opened(report),
        days_most=openings.DAYS_MOST,
        delay_most=openings.DELAY_MOST,
    )
