"""The page on which a secretary above the schools sets how far up pieces go."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.programmes.models import Programme, ProgrammeKey
from penpal.publishing.reviews import forms, paths, queries, setting
from penpal.publishing.reviews.paths import Way

blueprint = Blueprint("review_ways", __name__, url_prefix="/publishing/reviews/ways")


@dataclass(frozen=True)
class _Set:
    """What holds at a place for a programme, and whether it was set there."""

    programme: Programme
    name: str
    way: Way
    is_own: bool


@blueprint.get("/<int:unit_id>")
@needs(Permission.Submission.SET_PATH)
def page(unit_id: int) -> str:
    return _page(_unit(unit_id))


@blueprint.post("/<int:unit_id>")
@needs(Permission.Submission.SET_PATH)
def set_way(unit_id: int) -> str | Response | tuple[str, int]:
    unit = _unit(unit_id)
    programme = session().get(Programme, numbers.typed(request.form.get("programme")) or 0)
    if programme is None:
        raise NotFound
    try:
        setting.set_way(unit, programme, forms.way(request.form), by=actor())
    except Invalid as problem:
        return _page(unit, problem, programme.id), problem.status
    flash(_("存好了。从现在起新投的稿子按这个来。"), "ok")
    return redirect(url_for("review_ways.page", unit_id=unit_id))


def _unit(unit_id: int) -> Unit:
    unit = access.load(Unit, actor(), unit_id)
    access.authorize(actor(), Permission.Submission.SET_PATH, unit)
    return unit


def _page(unit: Unit, problem: Invalid | None = None, typed_for: int = 0) -> str:
    own = queries.rules_at(unit)
    names = {ProgrammeKey.PEN_PALS: _("结对子"), ProgrammeKey.CAMPUS: _("高校对口中学")}
    programmes = session().scalars(sa.select(Programme).order_by(Programme.id))
    return render_template(
        "publishing/reviews/way.html",
        unit=unit,
        programmes=[
            _Set(each, names[each.key], paths.way(unit.path, each.id), each.id in own)
            for each in programmes
        ],
        levels=[
            (Level.SCHOOL.value, _("学校团委")),
            (Level.COUNTY.value, _("县团委")),
            (Level.PROVINCE.value, _("省、兵团团委")),
        ],
        problem=problem,
        typed_for=typed_for,
    )
