"""Pages of the guides: those for staff, and for everyone what keeps children safe."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.desk import guides, hats
from penpal.kernel import access
from penpal.kernel.access import needs, public
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission

blueprint = Blueprint("guides", __name__, url_prefix="/guides")
safety = Blueprint("safety", __name__, url_prefix="/safety")


@blueprint.get("")
@needs(Permission.Guide.READ)
def index() -> Response:
    """The guide of whoever asks, by the office they wear."""
    access.authorize(actor(), Permission.Guide.READ)
    return redirect(url_for(".show", guide=guides.for_(hats.worn(actor()))))


@blueprint.get("/<guide>")
@needs(Permission.Guide.READ)
def show(guide: str) -> str:
    access.authorize(actor(), Permission.Guide.READ)
    if guide not in guides.FILES:
        raise NotFound
    return render_template(
        "desk/guide.html",
        guide=guides.guide(guide),
        others=[(key, guides.guide(key).title) for key in guides.FILES if key != guide],
    )


@safety.get("/<audience>")
@public
def page(audience: str) -> str:
    """What keeps children safe. Guardians have no account, and nothing in it is secret."""
    if audience not in guides.AUDIENCES:
        raise NotFound
    language = str(get_locale())
    return render_template(
        "desk/safety.html",
        guide=guides.safety(audience, language),
        others=[
            (other, guides.safety(other, language).title)
            for other in guides.AUDIENCES
            if other != audience
        ],
    )
