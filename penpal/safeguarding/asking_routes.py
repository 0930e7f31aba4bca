"""What an author does with a request for release: take it back, or throw away what waited for it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission
from penpal.safeguarding import held, held_queries, holding
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold

blueprint = Blueprint("asking", __name__, url_prefix="/asking")


@blueprint.post("/<int:hold_id>/withdrawal")
@needs(Permission.Hold.WITHDRAW)
def take_back(hold_id: int) -> Response:
    hold = access.load(Hold, actor(), hold_id)
    access.authorize(actor(), Permission.Hold.WITHDRAW, hold)
    address = held.mend_at(hold)
    holding.withdraw(hold, by=actor())
    flash(_("收回了。你写的还在这里，可以接着改。"), "ok")
    return redirect(address)


@blueprint.post("/<int:hold_id>/removal")
@needs(Permission.Hold.WITHDRAW)
def throw_away(hold_id: int) -> Response:
    """A note or a line that waited and is not wanted any more; a draft is thrown away where it lies."""
    hold = access.load(Hold, actor(), hold_id)
    access.authorize(actor(), Permission.Hold.WITHDRAW, hold)
    if hold.kind != held_queries.KIND:
        raise NotFound
    place = held.throw_away(access.load(HeldText, actor(), hold.item_id), by=actor())
    flash(_("扔掉了。"), "ok")
    return redirect(place)
