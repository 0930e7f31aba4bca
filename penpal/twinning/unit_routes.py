"""Pages of twinned units: the list, a proposal, confirming it and ending it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, machine, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.programmes import queries as programmes
from penpal.programmes.models import Programme, ProgrammeKey
from penpal.twinning import predicates, proposals, services
from penpal.twinning.models import Twinning
from penpal.twinning.states import CONFIRM, END, ProposedFrom, TwinningState

blueprint = Blueprint("twinnings", __name__, url_prefix="/twinnings")

STATES = {
    TwinningState.PROPOSED: _l("等对方确认"),
    TwinningState.ACTIVE: _l("结对中"),
    TwinningState.ENDED: _l("已经结束"),
}
LEVELS = {Level.COUNTY: _l("县"), Level.SCHOOL: _l("学校"), Level.CLASS: _l("班级")}
SIDES = {
    ProposedFrom.SUPPORTED: _l("受援方提出"),
    ProposedFrom.SUPPORTING: _l("支援方提出"),
    ProposedFrom.ABOVE: _l("上级提出"),
    None: _l("看不出是哪一边提出的"),
}


@blueprint.get("")
@needs(Permission.Twinning.SEE)
def index() -> str:
    return render_template(
        "twinning/index.html",
        found=proposals.page(
            actor(), _pen_pals(), before=numbers.typed(request.args.get("before"))
        ),
        levels=LEVELS,
        states=STATES,
    )


@blueprint.get("/new")
@needs(Permission.Twinning.PROPOSE)
def new() -> str:
    """Who could be the counterpart of one's own unit."""
    return _new(_own(request.args.get("unit", "")))


@blueprint.post("")
@needs(Permission.Twinning.PROPOSE)
def propose() -> str | Response | tuple[str, int]:
    unit = _own(request.form.get("unit", ""))
    found = proposals.candidates(unit, _pen_pals())
    wanted = numbers.typed(request.form.get("counterpart"))
    # Of the other side exists here only what the page offers.
    other = (
        session().get(Unit, wanted) if wanted in {each.unit_id for each in found.found} else None
    )
    try:
        if other is None:
            raise Invalid(_("选一个要结对的单位。"))
        supported, supporting = (unit, other) if found.is_supported else (other, unit)
        made = services.propose(
            _pen_pals(),
            supported=supported,
            supporting=supporting,
            elsewhere_reason=request.form.get("elsewhere_reason", "").strip(),
            by=actor(),
        )
    except Invalid as problem:
        return _new(unit, problem), problem.status
    flash(_("提出了。对方确认以后，结对就开始。"), "ok")
    return redirect(url_for(".show", twinning_id=made.id))


@blueprint.get("/<int:twinning_id>")
@needs(Permission.Twinning.SEE)
def show(twinning_id: int) -> str:
    return _show(_twinning(twinning_id))


@blueprint.post("/<int:twinning_id>/confirmation")
@needs(Permission.Twinning.CONFIRM)
def confirm(twinning_id: int) -> Response:
    twinning = _twinning(twinning_id)
    services.confirm(twinning, by=actor())
    flash(_("确认了。下一级可以在它下面结对了。"), "ok")
    return redirect(url_for(".show", twinning_id=twinning.id))


@blueprint.post("/<int:twinning_id>/end")
@needs(Permission.Twinning.END)
def end(twinning_id: int) -> str | Response | tuple[str, int]:
    twinning = _twinning(twinning_id)
    try:
        services.end(twinning, reason=request.form.get("reason", "").strip(), by=actor())
    except Invalid as problem:
        return _show(twinning, problem), problem.status
    flash(_("结束了。两边都可以重新结对。"), "ok")
    return redirect(url_for(".index"))


def _pen_pals() -> Programme:
    return programmes.programme(ProgrammeKey.PEN_PALS)


def _twinning(twinning_id: int) -> Twinning:
    twinning = access.load(Twinning, actor(), twinning_id)
    access.authorize(actor(), Permission.Twinning.SEE, twinning)
    return twinning


def _own(typed: str) -> Unit:
    """A unit of one's own that could still be twinned."""
    unit = access.load(Unit, actor(), numbers.typed(typed) or 0)
    access.authorize(actor(), Permission.Office.SEE, unit)
    if unit.level not in LEVELS:
        raise NotFound
    return unit


def _new(unit: Unit, problem: Invalid | None = None) -> str:
    return render_template(
        "twinning/new.html",
        unit=unit,
        level=LEVELS[unit.level],
        found=proposals.candidates(unit, _pen_pals()),
        typed=request.form,
        problem=problem,
    )


def _show(twinning: Twinning, problem: Invalid | None = None) -> str:
    ends = (
        session()
        .scalars(
            access.visible(Twinning, actor())
            .options(joinedload(Twinning.supported), joinedload(Twinning.supporting))
            .where(Twinning.id == twinning.id)
        )
        .one()
    )
    along = places.along([ends.supported.path, ends.supporting.path])
    moves = machine.open_to(actor(), ends)
    below, pairs = proposals.running_below(ends)
    side = predicates.proposing_side(ends)
    return render_template(
        "twinning/unit.html",
        twinning=ends,
        supported=proposals.name_with_place(ends.supported, along),
        supporting=proposals.name_with_place(ends.supporting, along),
        state=STATES[ends.state],
        side=SIDES[side],
        is_unclear=side is None,
        level=LEVELS.get(ends.supported_level, ""),
        may_confirm=CONFIRM in moves,
        may_end=END in moves,
        below=below,
        has_pairs=pairs > 0,
        typed=request.form,
        problem=problem,
    )
