"""A pause: asked for in two taps, lifted by whoever asked, noted by the teachers of both."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, blocking
from penpal.safeguarding.block_models import BlockNote
from penpal.twinning.models import Pair

blueprint = Blueprint("blocking", __name__)


@blueprint.get("/pairs/<int:pair_id>/pause")
@needs(Permission.Block.ASK)
def ask(pair_id: int) -> str:
    pair = access.load(Pair, actor(), pair_id)
    access.authorize(actor(), Permission.Block.ASK, pair)
    partner = session().get_one(Person, pair.partner_id_of(actor().person_id))
    return render_template("safeguarding/pause.html", pair=pair, partner=partner.name_for_partners)


@blueprint.post("/pairs/<int:pair_id>/pause")
@needs(Permission.Block.ASK)
def pause(pair_id: int) -> Response:
    blocking.pause(access.load(Pair, actor(), pair_id), by=actor())
    flash(_("信停下了，两边都不能再寄。你的老师知道了。"), "ok")
    return redirect(url_for("desk.home"))


@blueprint.post("/pairs/<int:pair_id>/pause/end")
@needs(Permission.Block.LIFT)
def lift(pair_id: int) -> Response:
    pair = access.load(Pair, actor(), pair_id)
    block = block_queries.asked_by(pair, actor().person_id)
    if block is None:
        raise NotFound
    blocking.lift(block, by=actor())
    if block_queries.is_paused(pair.id):
        flash(_("你的请求收回了。什么时候能再寄，老师会告诉你。"), "ok")
    else:
        flash(_("你的请求收回了。"), "ok")
    return redirect(url_for("desk.home"))


@blueprint.post("/pause-notes/<int:note_id>/seen")
@needs(Permission.Block.NOTE)
def note(note_id: int) -> Response:
    blocking.acknowledge(access.load(BlockNote, actor(), note_id), by=actor())
    flash(_("记下了：你知道了。"), "ok")
    return redirect(url_for("safeguarding.reports"))
