"""A school's roster from upload to result, and the slips of a class."""

from __future__ import annotations

import io
from collections.abc import Callable

import segno
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.rosters import exports, forms, queries, services, wording
from penpal.rosters.models import RosterUpload
from penpal.rosters.planning import Outcome
from penpal.rosters.reading import Sheet

blueprint = Blueprint("rosters", __name__, url_prefix="/schools/<int:school_id>/roster")
slips = Blueprint("slips", __name__, url_prefix="/classes/<int:class_id>/slips")

PAGE = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        sheet = forms.sheet_of(file)
    except Invalid as problem:
        return _page_of(school, error=str(problem.fields["file"])), problem.status
    name = file.filename if file and file.filename else ""
    kept = services.keep(school, sheet, file_name=name, by=actor())
    return redirect(url_for(".show", school_id=school_id, upload_id=kept.id))


@blueprint.get("/uploads/<int:upload_id>")
@needs(Permission.Roster.IMPORT)
def show(school_id: int, upload_id: int) -> str:
    """The dry run, row by row; once applied, what was done and what was refused."""
    kept = _upload(school_id, upload_id)
    plan = services.result(kept, by=actor())
    asked = request.args.get("show", "")
    only = Outcome(asked) if asked in set(Outcome) else None
    lines = [line for line in plan.lines if only is None or line.outcome is only]
    first = max(request.args.get("from", 0, int), 0)
    return render_template(
        "rosters/upload.html",
        school=kept.school,
        upload=kept,
        plan=plan,
        sheet=Sheet.from_json(kept.sheet),
        classes=queries.classes_with_waiting(school_id) if kept.applied_at else [],
        lines=[(line, wording.details(line)) for line in lines[first : first + PAGE]],
        only=only,
        first=first,
        earlier=max(first - PAGE, 0) if first else None,
        later=first + PAGE if first + PAGE < len(lines) else None,
        found=len(lines),
        words=wording,
        Outcome=Outcome,
    )


@blueprint.post("/uploads/<int:upload_id>/application")
@needs(Permission.Roster.IMPORT)
def apply(school_id: int, upload_id: int) -> AnyResponse:
    kept = _upload(school_id, upload_id)
    services.confirm(kept, seen=request.form.get("seen", ""), by=actor())
    flash(_("名册已经收好。"), "ok")
    return redirect(url_for(".show", school_id=school_id, upload_id=upload_id))


@blueprint.post("/uploads/<int:upload_id>/cancellation")
@needs(Permission.Roster.IMPORT)
def cancel(school_id: int, upload_id: int) -> AnyResponse:
    services.cancel(_upload(school_id, upload_id), by=actor())
    flash(_("这份名册没有收，学校里什么也没变。"), "wait")
    return redirect(url_for(".page", school_id=school_id))


@blueprint.get("/uploads/<int:upload_id>/refused.csv")
@needs(Permission.Roster.IMPORT)
def refused_csv(school_id: int, upload_id: int) -> Response:
    plan = services.result(_upload(school_id, upload_id), by=actor())
    return _file(exports.refused_csv(plan.refused), "text/csv", "refused.csv")


@blueprint.get("/uploads/<int:upload_id>/refused.xlsx")
@needs(Permission.Roster.IMPORT)
def refused_xlsx(school_id: int, upload_id: int) -> Response:
    plan = services.result(_upload(school_id, upload_id), by=actor())
    return _file(exports.refused_xlsx(plan.refused), XLSX, "refused.xlsx")


@blueprint.get("/template.csv")
@needs(Permission.Roster.TEMPLATE)
def template_csv(school_id: int) -> Response:
    return _template(school_id, exports.template_csv, "text/csv", "roster.csv")


@blueprint.get("/template.xlsx")
@needs(Permission.Roster.TEMPLATE)
def template_xlsx(school_id: int) -> Response:
    return _template(school_id, exports.template_xlsx, XLSX, "roster.xlsx")


@slips.get("")
@needs(Permission.Roster.SLIPS)
def index(class_id: int) -> str:
    """Who of a class has come in, and who needs a slip."""
    class_ = _class(class_id)
    states = services.slip_states(class_, by=actor(), settings=_settings())
    return render_template(
        "rosters/slips.html",
        class_=class_,
        states=states,
        waiting=sum(not state.activated for state in states),
        lacking=sum(not state.activated and state.good_until is None for state in states),
    )


@slips.post("")
@needs(Permission.Roster.SLIPS)
def issue(class_id: int) -> AnyResponse:
    made = services.issue_slips(_class(class_id), by=actor(), settings=_settings())
    if made:
        flash(
            ngettext("做好了 %(num)s 张新的激活卡。", "做好了 %(num)s 张新的激活卡。", made), "ok"
        )
    return redirect(url_for(".sheets", class_id=class_id))


@slips.get("/print")
@needs(Permission.Roster.SLIPS)
def sheets(class_id: int) -> Response:
    """The slips themselves, four to a page."""
    class_ = _class(class_id)
    found = services.slips(class_, by=actor(), settings=_settings())
    drawn = render_template("rosters/sheets.html", class_=class_, slips=found, address=_address())
    return _private(Response(drawn))


@slips.get("/<int:person_id>.svg")
@needs(Permission.Roster.SLIPS)
def code(class_id: int, person_id: int) -> Response:
    """The QR code that leads a child to their activation, the code filled in."""
    found = services.slips(_class(class_id), by=actor(), settings=_settings())
    slip = next((slip for slip in found if slip.person_id == person_id), None)
    if slip is None:
        raise NotFound
    drawn = io.BytesIO()
    segno.make(_address(slip.code), error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return _private(Response(drawn.getvalue(), mimetype="image/svg+xml"))


def _page_of(school: Unit, *, error: str = "") -> str:
    return render_template(
        "rosters/page.html",
        school=school,
        classes=queries.classes_with_waiting(school.id),
        error=error,
    )


def _school(school_id: int) -> Unit:
    school = access.load(Unit, actor(), school_id)
    if school.level is not Level.SCHOOL:
        raise NotFound
    return school


def _class(class_id: int) -> Unit:
    class_ = access.load(Unit, actor(), class_id)
    if class_.level is not Level.CLASS:
        raise NotFound
    return class_


def _upload(school_id: int, upload_id: int) -> RosterUpload:
    kept = access.load(RosterUpload, actor(), upload_id)
    if kept.school_id != school_id:
        raise NotFound
    return kept


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _address(code: str | None = None) -> str:
    """An address to print on paper: the public one where the operator set it."""
    public = _settings().public_url
    if public:
        return public.rstrip("/") + url_for("accounts.activation", code=code)
    return url_for("accounts.activation", code=code, _external=True)


def _template(school_id: int, make: Callable[[], bytes], mimetype: str, name: str) -> Response:
    access.authorize(actor(), Permission.Roster.TEMPLATE, _school(school_id))
    return _file(make(), mimetype, name)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return _private(answer)


def _private(answer: Response) -> Response:
    """Names and codes of children stay out of every cache."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
