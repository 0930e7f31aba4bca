"""Pages of offices: the staff of a place, inviting, slips, handing over, ending, and one's own."""

from __future__ import annotations

import io
from datetime import date

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

from penpal.accounts import appointing, office_queries, two_keys
from penpal.accounts.appointing import LastOffice, StaffSlip
from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Person, PersonKind, RoleGrant
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.desk import hats, staffing
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.permissions import Permission
from penpal.places.models import Unit

blueprint = Blueprint("offices", __name__)

Page = str | AnyResponse | tuple[str, int]


@blueprint.get("/units/<int:unit_id>/staff")
@needs(Permission.Office.SEE)
def staff(unit_id: int) -> str:
    """Who holds what at a place and right below it."""
    unit = _unit(unit_id)
    return render_template(
        "desk/offices.html",
        page_of=staffing.page(unit, settings=_settings(), by=actor()),
        address=staffing.address(unit),
    )


@blueprint.get("/units/<int:unit_id>/staff/new")
@needs(Permission.Office.GRANT)
def invitation(unit_id: int) -> str:
    return _invitation(_inviting(unit_id))


@blueprint.post("/units/<int:unit_id>/staff")
@needs(Permission.Office.GRANT)
@confirmed
def invite(unit_id: int) -> Page:
    """One office: for someone new by name, or for a colleague."""
    unit = _inviting(unit_id)
    try:
        place = _place(unit, request.form.get("place", ""))
        role = staffing.role_at(unit, place)
        until = _day(request.form.get("until", ""))
        person = _colleague(request.form.get("person", ""))
        if person is None:
            held = appointing.invite(
                request.form.get("name", ""),
                role,
                place,
                until=until,
                settings=_settings(),
                by=actor(),
            )
        else:
            held = appointing.grant(person, role, place, until=until, by=actor())
    except Invalid as problem:
        return _invitation(unit, problem), problem.status
    if held.person.activated_at is None:
        flash(_("任命好了。把激活卡当面交给%(name)s。", name=held.person.shown_name), "ok")
        return redirect(url_for(".slip", grant_id=held.id))
    flash(_("任命好了，%(name)s 下次打开页面就会看到。", name=held.person.shown_name), "ok")
    return redirect(url_for(".staff", unit_id=unit.id))


@blueprint.post("/units/<int:unit_id>/staff/vacancies")
@needs(Permission.Office.GRANT)
@confirmed
def fill(unit_id: int) -> Page:
    """A name beside each vacant place: all of them or none."""
    unit = _inviting(unit_id)
    try:
        vacant = {place.id: place for place in office_queries.vacant_below(unit)}
        wanted = {
            unit_id: name
            for unit_id, name in (
                (numbers.typed(field.removeprefix("name-")), name.strip())
                for field, name in request.form.items()
                if field.startswith("name-")
            )
            if unit_id in vacant and name
        }
        with transaction():
            for place_id, name in wanted.items():
                place = vacant[place_id]
                appointing.invite(
                    name, staffing.role_at(unit, place), place, settings=_settings(), by=actor()
                )
    except Invalid as problem:
        return _invitation(unit, problem), problem.status
    if not wanted:
        flash(_("还没有写名字。在位置后面写上老师的名字，再确认。"), "wait")
        return redirect(url_for(".invitation", unit_id=unit.id))
    flash(
        ngettext(
            "任命了 %(num)s 位，激活卡在下面。", "任命了 %(num)s 位，激活卡在下面。", len(wanted)
        ),
        "ok",
    )
    return redirect(url_for(".slips", unit_id=unit.id))


@blueprint.get("/units/<int:unit_id>/staff/slips")
@needs(Permission.Office.SLIP)
def slips(unit_id: int) -> Response:
    """The slips of all who have not come in yet, to print."""
    unit = _unit(unit_id)
    access.authorize(actor(), Permission.Office.SEE, unit)
    held = [
        each
        for each in office_queries.given_at(unit)
        if access.may(actor(), Permission.Office.SLIP, each)
    ]
    found = appointing.open_slips(held, settings=_settings(), by=actor())
    return _slips(found, unit.name, url_for(".staff", unit_id=unit.id))


@blueprint.get("/offices/<int:grant_id>")
@needs(Permission.Office.END)
def held(grant_id: int) -> str:
    return _held(_grant(grant_id))


@blueprint.get("/offices/<int:grant_id>/slip")
@needs(Permission.Office.SLIP)
def slip(grant_id: int) -> AnyResponse:
    held = _grant(grant_id)
    if two_keys.card_waits([held.person_id], by=actor()):
        return redirect(url_for(".held", grant_id=held.id))
    made = appointing.open_slips([held], settings=_settings(), by=actor())
    return _slips(made, held.unit.name, url_for(".held", grant_id=held.id))


@blueprint.post("/offices/<int:grant_id>/slip")
@needs(Permission.Office.SLIP)
@confirmed
def renew(grant_id: int) -> AnyResponse:
    held = _grant(grant_id)
    appointing.renew_slip(held, settings=_settings(), by=actor())
    flash(_("新的激活卡做好了。旧的卡片和口令都不能用了。"), "ok")
    return redirect(url_for(".slip", grant_id=held.id))


@blueprint.get("/offices/<int:grant_id>/slip.svg")
@needs(Permission.Office.SLIP)
def code(grant_id: int) -> Response:
    """The QR code that leads to the activation, the code filled in."""
    made = appointing.slip(_grant(grant_id), settings=_settings(), by=actor())
    if made is None:
        raise NotFound
    drawn = io.BytesIO()
    segno.make(_address(made.code), error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return _private(Response(drawn.getvalue(), mimetype="image/svg+xml"))


@blueprint.post("/offices/<int:grant_id>/deputy")
@needs(Permission.Office.HAND_OVER)
@confirmed
def hand_over(grant_id: int) -> Page:
    held = _grant(grant_id)
    try:
        until = _day(request.form.get("until", ""))
        if until is None:
            raise Invalid(fields={"until": _("写代理到哪一天。")})
        deputy = appointing.hand_over(
            held,
            until=until,
            reason=request.form.get("reason", ""),
            to=_colleague(request.form.get("person", "")),
            name=request.form.get("name", ""),
            settings=_settings(),
            by=actor(),
        )
    except Invalid as problem:
        return _held(held, problem), problem.status
    flash(
        _(
            "%(name)s 从今天起代理，到那一天自动结束。两件事都在记录里。",
            name=deputy.person.shown_name,
        ),
        "ok",
    )
    if deputy.person.activated_at is None and access.may(actor(), Permission.Office.SLIP, deputy):
        return redirect(url_for(".slip", grant_id=deputy.id))
    return redirect(url_for(".held", grant_id=held.id))


@blueprint.post("/offices/<int:grant_id>/end")
@needs(Permission.Office.END)
@confirmed
def end(grant_id: int) -> Page:
    held = _grant(grant_id)
    unit, is_own = held.unit, held.person_id == actor().person_id
    try:
        appointing.end(
            held,
            reason=request.form.get("reason", ""),
            sure=request.form.get("sure") == "1",
            by=actor(),
        )
    except LastOffice as problem:
        return _held(held, problem, asks_again=True), problem.status
    except Invalid as problem:
        return _held(held, problem), problem.status
    flash(_("结束了，马上生效。原因在记录里。"), "ok")
    if is_own:
        return redirect(url_for(".own"))
    above = unit.parent_id if access.may(actor(), Permission.Office.SEE, unit) else None
    parent = session().get(Unit, above) if above else None
    if parent is not None and access.may(actor(), Permission.Office.SEE, parent):
        return redirect(url_for(".staff", unit_id=parent.id))
    return redirect(url_for("desk.home"))


@blueprint.get("/account/offices")
@needs(Permission.Office.WEAR)
def own() -> str:
    """One's own offices: over what, since when, given by whom."""
    mine = office_queries.of_person(actor().person_id or 0)
    return render_template(
        "desk/own_offices.html",
        offices=[(each, staffing.title(each.role, each.unit.kind)) for each in mine],
        deputies=office_queries.deputies_of([each.id for each in mine]),
    )


@blueprint.post("/hat")
@needs(Permission.Office.WEAR)
def wear() -> AnyResponse:
    access.authorize(actor(), Permission.Office.WEAR)
    hats.choose(actor(), request.form.get("hat", ""))
    return redirect(url_for("desk.home"))


@blueprint.post("/guide/closure")
@needs(Permission.Office.WEAR)
def close_guide() -> AnyResponse:
    appointing.put_guide_away(by=actor())
    return redirect(url_for("desk.home"))


def _unit(unit_id: int) -> Unit:
    unit = access.load(Unit, actor(), unit_id)
    access.authorize(actor(), Permission.Office.SEE, unit)
    return unit


def _inviting(unit_id: int) -> Unit:
    unit = _unit(unit_id)
    if not staffing.roles_given(unit):
        raise NotFound
    # Where there is nowhere to appoint yet, the page says so; where there is, it is not for all who look.
    if office_queries.places_below(unit, limit=1) and not staffing.may_grant(unit, actor()):
        raise NotPermitted
    return unit


def _grant(grant_id: int) -> RoleGrant:
    held = access.load(RoleGrant, actor(), grant_id)
    if held.ended_at is not None:
        raise NotFound
    return held


def _place(unit: Unit, typed: str) -> Unit:
    wanted = numbers.typed(typed)
    for place in office_queries.places_below(unit):
        if place.id == wanted:
            return place
    raise Invalid(fields={"place": _("选一个地方。")})


def _colleague(typed: str) -> Person | None:
    if not typed:
        return None
    person = session().get(Person, numbers.typed(typed) or 0)
    if person is None or person.kind is not PersonKind.STAFF:
        raise Invalid(fields={"person": _("从名单里选一位老师，或者写一个新的名字。")})
    return person


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as problem:
        raise Invalid(fields={"until": _("日子写成 2027-01-31 这样。")}) from problem


def _invitation(unit: Unit, problem: Invalid | None = None) -> str:
    vacant = office_queries.vacant_below(unit)
    return render_template(
        "desk/invite.html",
        unit=unit,
        address=staffing.address(unit),
        places=[
            (
                place.id,
                f"{place.name} · {staffing.title(staffing.role_at(unit, place), place.kind)}",
            )
            # Where nobody is yet comes first: that is what one comes here for.
            for place in dict.fromkeys([*vacant, *office_queries.places_below(unit)])
        ],
        vacant=vacant,
        colleagues=staffing.choices(office_queries.colleagues(unit, actor())),
        may_grant=staffing.may_grant(unit, actor()),
        typed=request.form,
        problem=problem,
    )


def _held(held: RoleGrant, problem: Invalid | None = None, *, asks_again: bool = False) -> str:
    return render_template(
        "desk/office.html",
        view=staffing.held_page(held, actor()),
        typed=request.form,
        problem=problem,
        asks_again=asks_again,
    )


def _slips(found: list[StaffSlip], place: str, back: str) -> Response:
    drawn = render_template(
        "desk/staff_slips.html",
        slips=[(each, staffing.title(each.role, each.kind), _address(each.code)) for each in found],
        place=place,
        back=back,
        address=_address(),
    )
    return _private(Response(drawn))


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _address(code: str | None = None) -> str:
    """An address to copy or to print: the public one where the operator set it."""
    public = _settings().public_url
    if public:
        return public.rstrip("/") + url_for("accounts.activation", code=code)
    return url_for("accounts.activation", code=code, _external=True)
