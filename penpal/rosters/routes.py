"""A school's roster from upload to result, and students who change schools."""

from __future__ import annotations

from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import downloads, exports, forms, queries, services, uploads, wording
from penpal.rosters import transfers as moves
from penpal.rosters.headings import TITLES, Column
from penpal.rosters.models import RosterHeading, RosterUpload, Stage, Transfer
from penpal.rosters.planning import Outcome
from penpal.rosters.sheets import Sheet

blueprint = Blueprint("rosters", __name__, url_prefix="/schools/<int:school_id>/roster")

PAGE = 200
_KEY = "roster_key"


@blueprint.get("")
@needs(Permission.Roster.IMPORT)
def page(school_id: int) -> str:
    """Where a file is chosen, the templates lie, and the classes that wait for slips are listed."""
    school = _school(school_id)
    access.authorize(actor(), Permission.Roster.IMPORT, school)
    return _page_of(school)


@blueprint.post("/uploads")
@needs(Permission.Roster.IMPORT)
def upload(school_id: int) -> AnyResponse | tuple[str, int]:
    school = _school(school_id)
    access.authorize(actor(), Permission.Roster.IMPORT, school)
    file = request.files.get("file")
    try:
        content = forms.bytes_of(file)
        name = file.filename if file and file.filename else ""
        kept, key = uploads.receive(school, content, file_name=name, by=actor())
    except Invalid as problem:
        error = str(problem.fields.get("file", problem.message))
        return _page_of(school, error=error), problem.status
    # The key to what is sealed stays in this browser: the server alone cannot open the file.
    session[_KEY] = key
    return redirect(url_for(".show", school_id=school_id, upload_id=kept.id))


@blueprint.get("/uploads/<int:upload_id>")
@needs(Permission.Roster.IMPORT)
def show(school_id: int, upload_id: int) -> AnyResponse | str | tuple[str, int]:
    """How far it is; what is still to be said of it; the dry run; once applied, what was done."""
    kept = _upload(school_id, upload_id)
    far = uploads.how_far(kept, by=actor())
    if far.runs:
        return render_template("rosters/waiting.html", school=kept.school, upload=kept, far=far)
    if far.stage is Stage.FAILED:
        return _page_of(kept.school, error=gettext(kept.trouble)), 422
    if far.stage is Stage.ASKING:
        return _asking(kept)
    return _result(kept)


@blueprint.get("/uploads/<int:upload_id>/progress")
@needs(Permission.Roster.IMPORT)
def progress(school_id: int, upload_id: int) -> Response:
    """How far a job is, for the page that waits for it."""
    far = uploads.how_far(_upload(school_id, upload_id), by=actor())
    return jsonify(runs=far.runs, percent=far.percent)


@blueprint.post("/uploads/<int:upload_id>/headings")
@needs(Permission.Roster.IMPORT)
def explain(school_id: int, upload_id: int) -> AnyResponse | tuple[str, int]:
    """Say what the columns are; the choices stand again where one is amiss."""
    kept = _upload(school_id, upload_id)
    chosen = forms.chosen_columns(request.form)
    try:
        uploads.explain(kept, chosen, key=session.get(_KEY, ""), by=actor())
    except Invalid as problem:
        return _asking(kept, chosen=chosen, problem=problem), problem.status
    return redirect(url_for(".show", school_id=school_id, upload_id=upload_id))


@blueprint.post("/headings/<int:heading_id>/forgetting")
@needs(Permission.Roster.IMPORT)
def forget_heading(school_id: int, heading_id: int) -> AnyResponse:
    heading = access.load(RosterHeading, actor(), heading_id)
    if heading.school_id != school_id:
        raise NotFound
    services.forget_heading(heading, by=actor())
    flash(_("忘掉了。下次有这一列，会再问一遍。"), "ok")
    return redirect(url_for(".page", school_id=school_id))


@blueprint.post("/uploads/<int:upload_id>/application")
@needs(Permission.Roster.IMPORT)
def apply(school_id: int, upload_id: int) -> AnyResponse:
    kept = _upload(school_id, upload_id)
    uploads.confirm(kept, seen=request.form.get("seen", ""), by=actor())
    if kept.stage is Stage.APPLIED:
        flash(_("名册已经收好。"), "ok")
    return redirect(url_for(".show", school_id=school_id, upload_id=upload_id))


@blueprint.post("/uploads/<int:upload_id>/cancellation")
@needs(Permission.Roster.IMPORT)
def cancel(school_id: int, upload_id: int) -> AnyResponse:
    uploads.cancel(_upload(school_id, upload_id), by=actor())
    flash(_("这份名册没有收，学校里什么也没变。"), "wait")
    return redirect(url_for(".page", school_id=school_id))


@blueprint.get("/uploads/<int:upload_id>/refused.csv")
@needs(Permission.Roster.IMPORT)
def refused_csv(school_id: int, upload_id: int) -> Response:
    plan = uploads.result(_upload(school_id, upload_id), by=actor())
    return downloads.file(exports.refused_csv(plan.refused), "text/csv", "refused.csv")


@blueprint.get("/uploads/<int:upload_id>/refused.xlsx")
@needs(Permission.Roster.IMPORT)
def refused_xlsx(school_id: int, upload_id: int) -> Response:
    plan = uploads.result(_upload(school_id, upload_id), by=actor())
    return downloads.file(exports.refused_xlsx(plan.refused), downloads.XLSX, "refused.xlsx")


@blueprint.get("/students.csv")
@needs(Permission.Roster.EXPORT)
@confirmed
def students_csv(school_id: int) -> Response:
    """The school's own roster, in the columns of the template."""
    return downloads.roster(_school(school_id), exports.roster_csv, "text/csv", "csv")


@blueprint.get("/students.xlsx")
@needs(Permission.Roster.EXPORT)
@confirmed
def students_xlsx(school_id: int) -> Response:
    return downloads.roster(_school(school_id), exports.roster_xlsx, downloads.XLSX, "xlsx")


@blueprint.get("/transfers")
@needs(Permission.Roster.TRANSFER)
def transfers(school_id: int) -> str:
    """Students who go to another school, and those who come from one."""
    return _transfers_of(_school(school_id))


@blueprint.post("/transfers")
@needs(Permission.Roster.TRANSFER)
def give_out(school_id: int) -> AnyResponse | tuple[str, int]:
    school = _school(school_id)
    number = request.form.get("number", "")
    try:
        given = moves.give_out(school, number=number, settings=_settings(), by=actor())
    except Invalid as problem:
        return _transfers_of(school, out=problem), problem.status
    flash(_("%(name)s的转学码在下面，交给学生或者新学校。", name=given.person.name), "ok")
    return redirect(url_for(".transfers", school_id=school_id))


@blueprint.post("/transfers/<int:transfer_id>/cancellation")
@needs(Permission.Roster.TRANSFER)
def take_back(school_id: int, transfer_id: int) -> AnyResponse:
    given = access.load(Transfer, actor(), transfer_id)
    if given.from_school_id != school_id:
        raise NotFound
    moves.take_back(given, by=actor())
    flash(_("这个转学码作废了，学生还在原来的班。"), "wait")
    return redirect(url_for(".transfers", school_id=school_id))


@blueprint.post("/arrivals")
@needs(Permission.Roster.TRANSFER)
def take_in(school_id: int) -> AnyResponse | tuple[str, int]:
    school = _school(school_id)
    try:
        person = moves.take_in(
            school,
            code=request.form.get("code", ""),
            class_id=request.form.get("class_id", 0, int),
            number=request.form.get("number", ""),
            settings=_settings(),
            by=actor(),
        )
    except Invalid as problem:
        return _transfers_of(school, arriving=problem), problem.status
    flash(_("%(name)s转到了你们学校，账号和信都还在。", name=person.name), "ok")
    return redirect(url_for(".transfers", school_id=school_id))


@blueprint.get("/template.csv")
@needs(Permission.Roster.TEMPLATE)
def template_csv(school_id: int) -> Response:
    return _template(school_id, exports.template_csv, "text/csv", "roster.csv")


@blueprint.get("/template.xlsx")
@needs(Permission.Roster.TEMPLATE)
def template_xlsx(school_id: int) -> Response:
    return _template(school_id, exports.template_xlsx, downloads.XLSX, "roster.xlsx")


def _page_of(school: Unit, *, error: str = "") -> str:
    return render_template(
        "rosters/page.html",
        school=school,
        classes=queries.classes_with_waiting(school.id),
        headings=queries.headings_of(school.id),
        unfinished=queries.unfinished(school.id, actor()),
        titles=TITLES,
        error=error,
    )


def _asking(
    kept: RosterUpload, *, chosen: dict[int, Column] | None = None, problem: Invalid | None = None
) -> str:
    try:
        question = uploads.question(kept, key=session.get(_KEY, ""), by=actor())
    except Invalid as locked:
        return _page_of(kept.school, error=str(locked))
    lacking = [str(TITLES[column]) for column in question.missing]
    return render_template(
        "rosters/headings.html",
        school=kept.school,
        upload=kept,
        question=question,
        lacking=lacking,
        chosen=chosen or {},
        options=[
            ("", _("不用这一列")),
            *((c.value, TITLES[c]) for c in Column if c not in question.located),
        ],
        problem=problem,
    )


def _result(kept: RosterUpload) -> str:
    plan = uploads.result(kept, by=actor())
    asked = request.args.get("show", "")
    only = Outcome(asked) if asked in set(Outcome) else None
    lines = [line for line in plan.lines if only is None or line.outcome is only]
    first = max(request.args.get("from", 0, int), 0)
    return render_template(
        "rosters/upload.html",
        school=kept.school,
        upload=kept,
        plan=plan,
        sheet=Sheet.from_json(kept.sheet or {}),
        classes=queries.classes_with_waiting(kept.school_id) if kept.applied_at else [],
        absentees=plan.absentees[:PAGE],
        trouble=gettext(kept.trouble) if kept.trouble else "",
        lines=[(line, wording.details(line)) for line in lines[first : first + PAGE]],
        only=only,
        first=first,
        earlier=max(first - PAGE, 0) if first else None,
        later=first + PAGE if first + PAGE < len(lines) else None,
        found=len(lines),
        words=wording,
        Outcome=Outcome,
    )


def _transfers_of(
    school: Unit, *, out: Invalid | None = None, arriving: Invalid | None = None
) -> str:
    access.authorize(actor(), Permission.Roster.TRANSFER, school)
    given = queries.open_transfers(school.id, clock.now())
    return render_template(
        "rosters/transfers.html",
        school=school,
        given=[(one, moves.code_of(one, settings=_settings())) for one in given],
        classes=[(0, _("选一个班")), *((c.id, c.name) for c in queries.open_classes_of(school.id))],
        out=out,
        arriving=arriving,
        typed=request.form,
    )


def _school(school_id: int) -> Unit:
    return places.load(actor(), Level.SCHOOL, school_id)


def _upload(school_id: int, upload_id: int) -> RosterUpload:
    kept = access.load(RosterUpload, actor(), upload_id)
    if kept.school_id != school_id:
        raise NotFound
    return kept


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _template(school_id: int, make: Callable[[], bytes], mimetype: str, name: str) -> Response:
    access.authorize(actor(), Permission.Roster.TEMPLATE, _school(school_id))
    return downloads.file(make(), mimetype, name)
