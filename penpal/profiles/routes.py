"""One's own profile."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.media import queries, uploads
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
    pictures = services.photo_of(asking.person_id)
    return render_template("profiles/show.html", typed=typed, problems={}, pictures=pictures)


@blueprint.post("")
@needs(Permission.Profile.EDIT)
def edit() -> str | Response | tuple[str, int]:
    access.authorize(actor(), Permission.Profile.EDIT)
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    asks_for_photo = "photos" in request.form
    chosen = uploads.chosen(request.form)
    try:
        if asks_for_photo:
            chosen = uploads.take(request.form, request.files, by=actor())
        photo = chosen if asks_for_photo else None
        worries = services.edit(**typed, photo=photo, by=actor())
    except Invalid as problem:
        if isinstance(problem, uploads.NotAllTaken):
            chosen = problem.chosen
        pictures = queries.chosen(chosen, by=actor())
        again = render_template(
            "profiles/show.html", typed=typed, problems=problem.fields, pictures=pictures
        )
        return again, problem.status
    flash(_("存好了。伙伴看到的就是这些。"), "ok")
    return redirect(url_for("guard.help_" if worries else "profiles.show"))
