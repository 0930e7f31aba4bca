"""'Tell a teacher' for students, and the list of those who asked for help for staff."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock
from penpal.kernel.access import Actor, needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.safeguarding import (
    addressees,
    block_queries,
    blocking,
    cases,
    evidence,
    items,
    opening_queries,
    pictures,
    queries,
    services,
    wording,
)
from penpal.safeguarding.forms import AnswerForm, DutyForm, TellForm
from penpal.safeguarding.models import Addressee, Report

blueprint = Blueprint("safeguarding", __name__)


@blueprint.get("/tell")
@needs(Permission.Report.MAKE)
def tell() -> str:
    """The page behind 'tell a teacher'; ``about=letter:7`` points at a thing."""
    access.authorize(actor(), Permission.Report.MAKE)
    return _tell_page(TellForm.fresh(request.args.get("about", "")))


@blueprint.post("/tell")
@needs(Permission.Report.MAKE)
def make_report() -> str | Response | tuple[str, int]:
    form = TellForm.parse(request.form)
    try:
        report = services.tell(
            key=form.key,
            words=form.words,
            addressee=form.addressee,
            about=items.resolve(form.about, actor()),
            shown=form.shown,
            pauses=form.pauses,
            by=actor(),
        )
    except Invalid as problem:
        return _tell_page(form, problem), problem.status
    return redirect(url_for("safeguarding.told", report_id=report.id))


@blueprint.get("/told/<int:report_id>")
@needs(Permission.Report.READ)
def told(report_id: int) -> str:
    """What the child sees after telling, and where the answer will stand."""
    report = access.load(Report, actor(), report_id)
    access.authorize(actor(), Permission.Report.READ, report)
    came_of_it = wording.OUTCOMES[report.outcome].sentence if report.outcome else ""
    frozen = evidence.of(report)
    return render_template(
        "safeguarding/told.html",
        report=report,
        came_of_it=came_of_it,
        is_sealed=frozen is not None and frozen.is_sealed,
    )


@blueprint.get("/reports/<int:report_id>/evidence")
@needs(Permission.Report.READ)
def read_evidence(report_id: int) -> str:
    """What lies open, as it stood when the child pointed at it."""
    content = evidence.read(access.load(Report, actor(), report_id), by=actor())
    return render_template("safeguarding/evidence.html", content=content, report_id=report_id)


@blueprint.get("/reports/<int:report_id>/evidence/photos/<int:number>")
@needs(Permission.Report.READ)
def evidence_photo(report_id: int, number: int) -> Response:
    """One of its photos, as it was then."""
    content = evidence.read(access.load(Report, actor(), report_id), by=actor())
    return Response(pictures.picture(content, number), content_type="image/jpeg")


@blueprint.get("/reports")
@needs(Permission.Report.READ)
def reports() -> str | Response:
    if actor().is_student:
        return redirect(url_for("safeguarding.tell"))
    return _reports_page({})


@blueprint.post("/reports/<int:report_id>/taking")
@needs(Permission.Report.TAKE)
def take(report_id: int) -> Response:
    services.take(access.load(Report, actor(), report_id), by=actor())
    flash(_("记下了：这件事由你来管。孩子看得到有人在管了。"), "ok")
    return redirect(url_for("safeguarding.reports"))


@blueprint.post("/reports/<int:report_id>/handing-on")
@needs(Permission.Report.HAND_ON)
def hand_on(report_id: int) -> Response:
    services.hand_on(access.load(Report, actor(), report_id), by=actor())
    flash(_("转给校团委书记了。孩子看得到。"), "ok")
    return redirect(url_for("safeguarding.reports"))


@blueprint.post("/reports/<int:report_id>/answer")
@needs(Permission.Report.ANSWER)
def answer(report_id: int) -> str | Response | tuple[str, int]:
    report = access.load(Report, actor(), report_id)
    form = AnswerForm.parse(request.form)
    try:
        services.answer(report, words=form.words, outcome=form.outcome, by=actor())
    except Invalid as problem:
        return _reports_page({report_id: (form, problem)}), problem.status
    flash(_("回话送到了。"), "ok")
    return redirect(url_for("safeguarding.reports"))


@blueprint.post("/reports/<int:report_id>/duty")
@needs(Permission.Report.RECORD_DUTY)
def record_duty(report_id: int) -> str | Response | tuple[str, int]:
    report = access.load(Report, actor(), report_id)
    access.authorize(actor(), Permission.Report.RECORD_DUTY, report)
    try:
        form = DutyForm.parse(request.form)
        services.record_duty(
            report,
            authority=form.authority,
            reported_on=form.reported_on,
            reference=form.reference,
            by=actor(),
        )
    except Invalid as problem:
        return _reports_page({report_id: (AnswerForm("", None), problem)}), problem.status
    flash(_("记下了：这件事已经依法报告。"), "ok")
    return redirect(url_for("safeguarding.reports"))


@blueprint.get("/reports/late")
@needs(Permission.Report.REMIND)
def late() -> str:
    """For the levels above: in which schools a child has waited too long, and since when."""
    return render_template("safeguarding/late.html", late=queries.late_below(actor()))


@blueprint.post("/reports/<int:report_id>/reminder")
@needs(Permission.Report.REMIND)
def remind(report_id: int) -> Response:
    services.remind(queries.raised(actor(), report_id), by=actor())
    flash(_("提醒了学校。记录里写着。"), "ok")
    return redirect(url_for("safeguarding.late"))


def _reports_page(problems: dict[int, tuple[AnswerForm, Invalid]]) -> str:
    asking = actor()
    return render_template(
        "safeguarding/reports.html",
        cases=cases.of(queries.waiting_for(asking), asking),
        answered=cases.of(queries.answered_by_staff(asking), asking),
        pauses=block_queries.unseen(asking),
        openings=opening_queries.waiting(asking),
        may_see_openings=access.conceivable(asking, Permission.Opening.LIST),
        problems=problems,
        may_remind=access.conceivable(asking, Permission.Report.REMIND),
        late=queries.count_late(asking),
        words=wording,
        today=clock.today(),
    )


def _tell_page(form: TellForm, problem: Invalid | None = None) -> str:
    asking = actor()
    about = items.resolve(form.about, asking)
    path = asking.path or _last_path(asking)
    content = items.read(about[0], about[1]) if about else None
    pair = blocking.pair_to_pause(asking, content.parties if content else ()) if about else None
    return render_template(
        "safeguarding/tell.html",
        form=form,
        problem=problem,
        about_label=about[2] if about else "",
        is_letter=about is not None and about[0] == "letter",
        is_sealed=content is not None and content.is_sealed,
        may_pause=pair is not None and block_queries.asked_by(pair, asking.person_id) is None,
        earlier=queries.told_by(asking),
        teachers=people.staff_over(path, Role.TEACHER)[:1],
        secretaries=addressees.of(path, Addressee.SCHOOL_SECRETARY)[:1],
        above=addressees.of(path, Addressee.ABOVE)[:1],
        addressees=Addressee,
    )


def _last_path(asking: Actor) -> str:
    """A child who has left may still need somebody: those of the class where they sat last."""
    class_ = people.last_class(asking.person_id) if asking.person_id else None
    return class_.path if class_ else ""
