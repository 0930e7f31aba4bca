"""Pages on which several people are appointed at once, from a pasted list."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.desk import staff_list, staffing
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.permissions import Permission
from penpal.places.models import Unit

blueprint = Blueprint("staff_list", __name__, url_prefix="/units/<int:unit_id>/staff/list")

Page = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Office.GRANT)
def paste(unit_id: int) -> str:
    return _page(_unit(unit_id))


@blueprint.post("/check")
@needs(Permission.Office.GRANT)
def check(unit_id: int) -> Page:
    """What the list would do, line by line; nothing is written."""
    unit = _unit(unit_id)
    try:
        judged = staff_list.judge(unit, request.form.get("list", ""), by=actor())
    except Invalid as problem:
        return _page(unit, problem=problem), problem.status
    return _page(unit, judged=judged)


@blueprint.post("")
@needs(Permission.Office.GRANT)
@confirmed
def invite(unit_id: int) -> Page:
    """All of the list or nothing; the cards of all come next."""
    unit = _unit(unit_id)
    typed = request.form.get("list", "")
    try:
        given = staff_list.invite(unit, typed, settings=_settings(), by=actor())
    except Invalid as problem:
        # A list without a line has nothing to be judged; any other shows what is left to mend.
        judged = None if problem.fields else staff_list.judge(unit, typed, by=actor())
        return _page(unit, judged=judged, problem=problem), problem.status
    if given:
        flash(
            ngettext(
                "任命了 %(num)s 位，激活卡在下面。", "任命了 %(num)s 位，激活卡在下面。", given
            ),
            "ok",
        )
    return redirect(url_for("offices.slips", unit_id=unit.id))


def _unit(unit_id: int) -> Unit:
    unit = access.load(Unit, actor(), unit_id)
    if not staffing.roles_given(unit):
        raise NotFound
    if not staffing.may_grant(unit, actor()):
        raise NotPermitted
    return unit


def _page(
    unit: Unit, *, judged: staff_list.Judged | None = None, problem: Invalid | None = None
) -> str:
    return render_template(
        "desk/staff_list.html",
        unit=unit,
        address=staffing.address(unit),
        typed=request.form.get("list", ""),
        judged=judged,
        words=staff_list.OUTCOMES,
        problem=problem,
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings
