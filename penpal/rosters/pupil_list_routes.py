"""The students of a school or of a class: who lacks what, found by name, and slips for those who are chosen."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access, html
from penpal.kernel.access import needs
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import downloads, pupil_queries, slip_routes, slips
from penpal.rosters.pupil_queries import PAGE, Lacking

blueprint = Blueprint("pupil_lists", __name__)

_LONGEST_WORDS = 32


@blueprint.get("/schools/<int:school_id>/students")
@needs(Permission.Roster.SLIPS)
def of_school(school_id: int) -> str:
    """Every student of the school, narrowed to a class, to who lacks what, or by name or number."""
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Roster.SLIPS, school)
    counts = pupil_queries.counts(school.id)
    class_id = request.args.get("class", 0, int)
    narrowed = next((row for row in counts if row.id == class_id), None)
    looked_at = places.load(actor(), Level.CLASS, narrowed.id) if narrowed else school
    return _page(school, looked_at, counts)


@blueprint.get("/classes/<int:class_id>/students")
@needs(Permission.Roster.SLIPS)
def of_class(class_id: int) -> str:
    """The same for one class."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.SLIPS, class_)
    return _page(class_, class_, ())


@blueprint.post("/schools/<int:school_id>/slips")
@needs(Permission.Roster.SLIPS)
@confirmed
def issue(school_id: int) -> AnyResponse:
    """Slips for exactly those who were ticked, of whichever class."""
    school = places.load(actor(), Level.SCHOOL, school_id)
    chosen = request.form.getlist("student", type=int)[:PAGE]
    if not chosen:
        flash(_("先勾选要发卡片的同学。"), "wait")
        return redirect(url_for(".of_school", school_id=school_id, show=Lacking.ACTIVATION.value))
    made = slips.issue_chosen(school, chosen, by=actor(), settings=slip_routes.settings())
    if made:
        flash(
            ngettext("做好了 %(num)s 张新的激活卡。", "做好了 %(num)s 张新的激活卡。", made), "ok"
        )
    return redirect(url_for(".sheets", school_id=school_id, student=chosen))


@blueprint.get("/schools/<int:school_id>/slips/print")
@needs(Permission.Roster.SLIPS)
@confirmed
def sheets(school_id: int) -> Response:
    """The slips of the chosen, each with the name of its class."""
    school = places.load(actor(), Level.SCHOOL, school_id)
    chosen = request.args.getlist("student", type=int)[:PAGE]
    found = slips.printed_chosen(school, chosen, by=actor(), settings=slip_routes.settings())
    drawn = render_template(
        "rosters/sheets.html",
        name=school.name,
        slips=found,
        address=slip_routes.address(),
        back=url_for(".of_school", school_id=school_id, show=Lacking.ACTIVATION.value),
    )
    return downloads.private(Response(drawn))


def _page(unit: Unit, looked_at: Unit, counts: object) -> str:
    asked = request.args.get("show", "")
    lacking = Lacking(asked) if asked in set(Lacking) else None
    words = html.line(request.args.get("words", ""))[:_LONGEST_WORDS]
    first = min(max(request.args.get("from", 0, int), 0), 100_000)
    found = pupil_queries.pupils(looked_at, lacking=lacking, words=words, first=first)
    return render_template(
        "rosters/pupil_list.html",
        unit=unit,
        is_school=unit.level is Level.SCHOOL,
        class_id=looked_at.id if looked_at is not unit else 0,
        counts=counts,
        pupils=found[:PAGE],
        any_outside=any(not row.activated for row in found[:PAGE]),
        lacking=lacking.value if lacking else "",
        words=words,
        filters=_filters(),
        earlier=max(first - PAGE, 0) if first else None,
        later=first + PAGE if len(found) > PAGE else None,
        may_enrol=access.may(actor(), Permission.Roster.ENROL, unit),
    )


def _filters() -> list[tuple[str, str]]:
    return [
        ("", _("全部学生")),
        (Lacking.ACTIVATION.value, _("还没激活")),
        (Lacking.CONSENT.value, _("还没有同意书")),
        (Lacking.PARTNER.value, _("还没有伙伴")),
    ]
