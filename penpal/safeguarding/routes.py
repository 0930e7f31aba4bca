"""'Tell a teacher' for students, and the list of those who asked for help for staff."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import Actor, needs
from penpal.kernel.errors import Invalid, Text
from penpal.permissions import Permission
from penpal.safeguarding import pointers, queries, services
from penpal.safeguarding.forms import TellForm
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
            about=pointers.resolve(form.about, actor()),
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
    return render_template("safeguarding/told.html", report=report)


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


@blueprint.post("/reports/<int:report_id>/answer")
@needs(Permission.Report.ANSWER)
def answer(report_id: int) -> str | Response | tuple[str, int]:
    report = access.load(Report, actor(), report_id)
    words = request.form.get("answer", "")
    try:
        services.answer(report, words=words, by=actor())
    except Invalid as problem:
        return _reports_page({report.id: (words, problem.fields["answer"])}), problem.status
    flash(_("回话送到了。"), "ok")
    return redirect(url_for("safeguarding.reports"))


def _reports_page(problems: dict[int, tuple[str, Text]]) -> str:
    return render_template(
        "safeguarding/reports.html",
        reports=queries.waiting_for(actor()),
        answered=queries.answered_by_staff(actor()),
        problems=problems,
    )


def _tell_page(form: TellForm, problem: Invalid | None = None) -> str:
    asking = actor()
    about = pointers.resolve(form.about, asking)
    path = asking.path or _last_path(asking)
    return render_template(
        "safeguarding/tell.html",
        form=form,
        problem=problem,
        about_label=about[2] if about else "",
        earlier=queries.told_by(asking),
        teachers=people.staff_over(path, Role.TEACHER)[:1],
        secretaries=people.staff_over(path, Role.SCHOOL_SECRETARY)[:1],
        above=people.staff_over(path, Role.COUNTY_SECRETARY)[:1],
        addressees=Addressee,
    )


def _last_path(asking: Actor) -> str:
    """A child who has left may still need somebody: those of the class where they sat last."""
    class_ = people.last_class(asking.person_id) if asking.person_id else None
    return class_.path if class_ else ""
