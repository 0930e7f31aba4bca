"""The pages of two about themselves: a month of what passed between them, and their year."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.desk import looking_back, pair_lines
from penpal.kernel import access, calendar
from penpal.kernel.access import needs
from penpal.kernel.errors import NotFound
from penpal.letters import box
from penpal.permissions import Permission
from penpal.twinning import timeline
from penpal.twinning.queries import PairCard
from penpal.twinning.timeline import Place

blueprint = Blueprint("together", __name__, url_prefix="/us")

_SHOWN = 60
_PLACE = re.compile(r"([0-9]{1,18})-([a-z_]{1,32})-([0-9]{1,9})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@blueprint.get("/year")
@needs(Permission.Pair.LOOK_BACK)
def year() -> str:
    return render_template("desk/our_year.html", year=looking_back.of(_card()))


@blueprint.get("/<month>")
@needs(Permission.Pair.LOOK_BACK)
def month(month: str) -> str | Response:
    first = calendar.month_typed(month)
    if first is None:
        raise NotFound
    card = _card()
    page = timeline.page(
        card,
        size=_SHOWN,
        within=(calendar.month_begins(first), calendar.month_ends(first)),
        before=_place(request.args.get("before", "")),
    )
    return render_template(
        "desk/month.html",
        card=card,
        first=first,
        lines=pair_lines.with_thumbs(page.lines)[0],
        index=pair_lines.index(timeline.by_month(card)),
        pair_id=request.args.get("pair"),
        older=_written(page.last) if page.last else None,
    )


def _card() -> PairCard:
    """The pair that the address names, else the active one: for its two members alone."""
    card = box.whose(actor(), request.args)
    if card is None:
        raise NotFound
    access.authorize(actor(), Permission.Pair.LOOK_BACK, card.pair)
    return card


def _place(typed: str) -> Place | None:
    """Where the page before ended, as its link says it."""
    found = _PLACE.fullmatch(typed)
    if found is None:
        return None
    try:
        at = _EPOCH + timedelta(microseconds=int(found[1]))
    except OverflowError:
        return None
    return Place(at, found[2], int(found[3]))


def _written(place: Place) -> str:
    return f"{(place.at - _EPOCH) // timedelta(microseconds=1)}-{place.kind}-{place.id}"
