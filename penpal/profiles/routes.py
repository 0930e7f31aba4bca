"""One's own profile."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.profiles import services

blueprint = Blueprint("profiles", __name__, url_prefix="/profile")

_FIELDS = ("display_name", "interests", "introduction", "question")


@blueprint.get("")
@needs(Permission.Profile.SEE)
def show() -> str:
    asking = actor()
    access.authorize(asking, Permission.Profile.SEE)
    assert asking.person_id is not None
    profile = services.of(asking.person_id)
    typed = {
        "display_name": asking.display_name,
        "interests": _("、").join(profile.interests),
        "introduction": profile.introduction,
        "question": profile.question,
    }
    return render_template("profiles/show.html", typed=typed, problems={})


@blueprint.post("")
@needs(Permission.Profile.EDIT)
def edit() -> str | Response | tuple[str, int]:
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        worries = services.edit(**typed, by=actor())
    except Invalid as problem:
        return render_template("profiles/show.html", typed=typed, problems=problem.fields), 422
    flash(_("存好了。伙伴看到的就是这些。"), "ok")
    return redirect(url_for("guard.help_" if worries else "profiles.show"))
