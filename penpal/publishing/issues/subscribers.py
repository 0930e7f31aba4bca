"""What issues ask of the floors below: to be told when a piece goes, and a place beside the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.kernel.access import Actor
from penpal.publishing.editing import slots
from penpal.publishing.editing.slots import Slot
from penpal.publishing.issues import noticing, page, recalling, telling
from penpal.publishing.pieces import leaving, status
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews import history

_WORDS = {
    "put into issue": _l("编辑放进了一期"),
    "take out of issue": _l("编辑从一期里拿了出来"),
    "left out of issue": _l("到时候还不能印，没有随那一期出来"),
    "take file": _l("交给了排版的人"),
    "recall heard": _l("拿到文件的人都知道撤下了"),
}


def register() -> None:
    noticing.register()
    leaving.register(recalling.piece_gone)
    slots.register(_beside)
    status.register_steps(telling.steps)
    history.register(telling.subjects)
    for move, words in _WORDS.items():
        history.name(move, words)


def _beside(submission: Submission | None, actor: Actor) -> Slot | None:
    found = page.beside(submission, actor)
    return Slot("publishing/issues/_beside.html", {"plan": found}) if found else None
