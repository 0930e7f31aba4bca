"""The button with which a class teacher reminds a student, kindly, that a letter waits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.letters import reminding
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level

blueprint = Blueprint("reminders", __name__, url_prefix="/classes/<int:class_id>/reminders")


@blueprint.post("")
@needs(Permission.Unit.REMIND)
def remind(class_id: int) -> Response:
    class_ = places.load(actor(), Level.CLASS, class_id)
    person, pair = (numbers.typed(request.form.get(name)) or 0 for name in ("person", "pair"))
    try:
        reminding.remind(class_, person, pair, by=actor())
    except Invalid as problem:
        flash(str(problem), "wait")
    else:
        flash(_("提醒了。孩子会在自己的首页看到一句温和的话，回了信就没有了。"), "ok")
    return redirect(url_for("desk.class_page", class_id=class_.id, _anchor="owing"))
