"""The button with which a class teacher says a kind word to a child of whom nothing was heard."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.desk import class_overview
from penpal.kernel import numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level

blueprint = Blueprint("kind_words", __name__, url_prefix="/classes/<int:class_id>/kind-words")


@blueprint.post("")
@needs(Permission.Unit.REMIND)
def say(class_id: int) -> Response:
    class_ = places.load(actor(), Level.CLASS, class_id)
    try:
        class_overview.remind(class_, numbers.typed(request.form.get("person")) or 0, by=actor())
    except Invalid as problem:
        flash(str(problem), "wait")
    else:
        flash(_("提醒了。孩子会在自己的首页看到一句温和的话，做了一点什么就没有了。"), "ok")
    return redirect(url_for("desk.class_page", class_id=class_.id, _anchor="silent"))
