"""What the guard says of a text while it is being written. Nothing of it is stored or logged."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from limits import parse

from penpal.accounts import limits
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.safeguarding import guidance, helplines
from penpal.screening.findings import Context
from penpal.screening.screen import screen

blueprint = Blueprint("guard", __name__)

LONGEST = 20_000
"""Characters that are looked through at once: those of a letter."""
# Whoever writes pauses, and each pause asks; a script that tries words out is slowed down.
_ASKING = (parse("120 per 5 minutes"),)


@blueprint.get("/help")
@needs(Permission.Report.MAKE)
def help_() -> str:
    """Where help is, at any hour, for any child."""
    access.authorize(actor(), Permission.Report.MAKE)
    return render_template("safeguarding/help.html", helplines=helplines.near(actor().path))


@blueprint.post("/screening")
@needs(Permission.Profile.EDIT)
def look() -> dict[str, object]:
    """Passages by code points of the text as it came, with line ends of one character."""
    access.authorize(actor(), Permission.Profile.EDIT)
    limits.count(_ASKING, f"screening:{actor().person_id}")
    text = request.form.get("text", "").replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Invalid(_l("太长了，先看前面的两万字。"))
    asked = request.form.get("context", "")
    context = Context(asked) if asked in set(Context) else Context.LETTER
    return {"notes": [_told(note) for note in guidance.notes(text, screen(text, context))]}


def _told(note: guidance.Note) -> dict[str, object]:
    return {
        "start": note.start,
        "end": note.end,
        "quote": note.quote,
        "names": [str(words.name) for words in note.words],
        "why": str(note.first.why),
        "mend": str(note.first.mend),
        "worries": note.worries,
        "help": note.needs_help,
    }
