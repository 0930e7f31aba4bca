"""Who has read my letters: besides the two of us, everybody, with the day and the reason."""

from __future__ import annotations

from flask import Blueprint, render_template

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.letters import reading_along
from penpal.permissions import Permission
from penpal.safeguarding import along, evidence_queries, opening_queries, opening_wording

blueprint = Blueprint("letter_readers", __name__)

SHOWN = 100


@blueprint.get("/letters/readers")
@needs(Permission.Opening.SEE_OWN)
def index() -> str:
    asking = actor()
    access.authorize(asking, Permission.Opening.SEE_OWN)
    opened = opening_queries.shown_to(asking, size=SHOWN)
    return render_template(
        "desk/readers.html",
        openings=opening_wording.told(opened, asking.person_id),
        along=reading_along.read_along(asking, size=SHOWN),
        left_open=along.read_along(asking, size=SHOWN),
        for_safety=reading_along.for_safety(asking, size=SHOWN),
        profile_read_at=evidence_queries.profile_looked_at(asking.person_id),
        others_read=evidence_queries.others_looked_at(asking.person_id, size=SHOWN),
        asked=reading_along.asked(asking, size=SHOWN),
        printed=reading_along.printed(asking, size=SHOWN),
    )
