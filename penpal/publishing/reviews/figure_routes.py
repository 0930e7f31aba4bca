"""The page of figures: how many pieces came from a place, were passed on and printed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Unit
from penpal.publishing.reviews import figures, queries

blueprint = Blueprint("piece_figures", __name__, url_prefix="/publishing/figures")


@blueprint.get("")
@needs(Permission.Submission.SEE_FIGURES)
def own() -> Response:
    """Of the highest place that one leads."""
    led = queries.led_by(actor())
    if not led:
        raise NotFound
    return redirect(url_for("piece_figures.page", unit_id=led[0].id))


@blueprint.get("/<int:unit_id>")
@needs(Permission.Submission.SEE_FIGURES)
def page(unit_id: int) -> str:
    asking = actor()
    unit = access.load(Unit, asking, unit_id)
    access.authorize(asking, Permission.Submission.SEE_FIGURES, unit)
    led = queries.led_by(asking)
    line = places.along([unit.path])
    above = [line[number] for number in places.ids_on(unit.path)[:-1]]
    return render_template(
        "publishing/reviews/figures.html",
        figures=figures.of(unit, by=asking),
        above=[one for one in above if any(one.is_within(top.path) for top in led)],
        others=[one for one in led if one.id != unit.id],
    )
