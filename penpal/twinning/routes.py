"""The pairing board: two twinned classes side by side, tied by hand."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.twinning import boards, forms, looking, services
from penpal.twinning.models import Pair

blueprint = Blueprint("twinning", __name__)


@blueprint.get("/classes/<int:class_id>/pairs")
@needs(Permission.Pair.TIE)
def board(class_id: int) -> str:
    return _board(_own_class(class_id))


@blueprint.post("/classes/<int:class_id>/pairs")
@needs(Permission.Pair.TIE)
def tie(class_id: int) -> str | Response | tuple[str, int]:
    class_ = _own_class(class_id)
    chosen = forms.chosen(request.form)
    try:
        tied = services.tie_chosen(class_, chosen, by=actor())
    except Invalid as problem:
        return _board(class_, chosen=chosen, problem=problem), problem.status
    flash(
        _("结好了 %(number)s 对。他们下次进来就会看到。", number=len(tied))
        if tied
        else _("还没有选。给每位同学挑一位伙伴，再确认。"),
        "ok" if tied else "wait",
    )
    return redirect(url_for("twinning.board", class_id=class_.id))


@blueprint.post("/pairs/<int:pair_id>/closure")
@needs(Permission.Pair.CLOSE)
def close(pair_id: int) -> Response:
    pair = access.load(Pair, actor(), pair_id)
    back = _own_class(request.form.get("class_id", 0, type=int))
    try:
        services.close(pair, reason=request.form.get("reason", "").strip(), by=actor())
    except Invalid:
        flash(_("写一句原因，再解开。原因只留在记录里。"), "warn")
    else:
        flash(_("这一对解开了。两边都能重新结对，写过的信都还在。"), "ok")
    return redirect(url_for("twinning.board", class_id=back.id))


def _own_class(class_id: int) -> Unit:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Unit.SEE_CLASS, class_)
    return class_


def _board(
    class_: Unit, *, chosen: dict[int, int] | None = None, problem: Invalid | None = None
) -> str:
    return render_template(
        "twinning/board.html",
        class_=class_,
        board=boards.of(class_, actor()),
        others=looking.others(class_.id, actor()),
        chosen=chosen or {},
        problem=problem,
    )
