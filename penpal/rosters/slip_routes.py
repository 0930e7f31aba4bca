"""The slips of a class: who needs one, new ones, and the sheets to print."""

from __future__ import annotations

import io

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

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel.access import needs
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level
from penpal.rosters import downloads, exports, slips

blueprint = Blueprint("slips", __name__, url_prefix="/classes/<int:class_id>/slips")


@blueprint.get("")
@needs(Permission.Roster.SLIPS)
def index(class_id: int) -> str:
    """Who of a class has come in, and who needs a slip."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    states = slips.states(class_, by=actor(), settings=settings())
    return render_template(
        "rosters/slips.html",
        class_=class_,
        states=states,
        waiting=sum(not state.activated for state in states),
        lacking=sum(not state.activated and state.good_until is None for state in states),
    )


@blueprint.post("")
@needs(Permission.Roster.SLIPS)
@confirmed
def issue(class_id: int) -> AnyResponse:
    """For all of a class who need one, or for exactly those who were ticked."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    chosen = request.form.getlist("student", type=int)
    if "chosen" not in request.form:
        made = slips.issue(class_, by=actor(), settings=settings())
    elif chosen:
        made = slips.issue_chosen(class_, chosen, by=actor(), settings=settings())
    else:
        # Nobody ticked is nobody meant, never the whole class.
        flash(_("先勾选要发卡片的同学。"), "wait")
        return redirect(url_for("pupil_lists.of_class", class_id=class_id, show="activation"))
    if made:
        flash(
            ngettext("做好了 %(num)s 张新的激活卡。", "做好了 %(num)s 张新的激活卡。", made), "ok"
        )
    return redirect(url_for(".sheets", class_id=class_id, student=chosen or None))


@blueprint.get("/list.xlsx")
@needs(Permission.Roster.SLIPS)
@confirmed
def slip_list(class_id: int) -> Response:
    """The same as a spreadsheet: names, numbers and login names, no codes."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    states = slips.listed(class_, by=actor(), settings=settings())
    return downloads.file(
        exports.slips_xlsx(states), downloads.XLSX, f"{class_.name} {_('激活卡')}.xlsx"
    )


@blueprint.get("/students.csv")
@needs(Permission.Roster.EXPORT)
@confirmed
def class_csv(class_id: int) -> Response:
    """The roster of one class, for whoever answers for it."""
    return downloads.roster(
        places.load(actor(), Level.CLASS, class_id), exports.roster_csv, "text/csv", "csv"
    )


@blueprint.get("/students.xlsx")
@needs(Permission.Roster.EXPORT)
@confirmed
def class_xlsx(class_id: int) -> Response:
    return downloads.roster(
        places.load(actor(), Level.CLASS, class_id), exports.roster_xlsx, downloads.XLSX, "xlsx"
    )


@blueprint.get("/print")
@needs(Permission.Roster.SLIPS)
@confirmed
def sheets(class_id: int) -> Response:
    """The slips themselves, four to a page."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    chosen = request.args.getlist("student", type=int)
    if chosen:
        found = slips.printed_chosen(class_, chosen, by=actor(), settings=settings())
    else:
        found = slips.printed(class_, by=actor(), settings=settings())
    drawn = render_template(
        "rosters/sheets.html",
        name=class_.name,
        slips=found,
        address=address(),
        back=url_for(".index", class_id=class_.id),
    )
    return downloads.private(Response(drawn))


@blueprint.get("/<int:person_id>.svg")
@needs(Permission.Roster.SLIPS)
def code(class_id: int, person_id: int) -> Response:
    """The QR code that leads a child to their activation, the code filled in."""
    found = slips.of_class(
        places.load(actor(), Level.CLASS, class_id), by=actor(), settings=settings()
    )
    slip = next((slip for slip in found if slip.person_id == person_id), None)
    if slip is None:
        raise NotFound
    drawn = io.BytesIO()
    segno.make(address(slip.code), error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return downloads.private(Response(drawn.getvalue(), mimetype="image/svg+xml"))


def settings() -> Settings:
    found: Settings = current_app.extensions["penpal.settings"]
    return found


def address(code: str | None = None) -> str:
    """An address to print on paper: the public one where the operator set it."""
    public = settings().public_url
    if public:
        return public.rstrip("/") + url_for("accounts.activation", code=code)
    return url_for("accounts.activation", code=code, _external=True)
