"""A kind word to whoever owes a reply: only while somebody waits for it."""

from __future__ import annotations

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import NotFound
from penpal.letters import participation
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.twinning import reminding
from penpal.twinning.models import Pair
from penpal.twinning.reminding import About, Reminder


def remind(class_: Unit, person_id: int, pair_id: int, *, by: Actor) -> Reminder:
    """The class teacher reminds a student of their class whose reply somebody has waited for long.

    Raises ``NotFound`` when nobody waits for this student, ``Invalid`` when the week is not over.
    """
    access.authorize(by, Permission.Unit.REMIND, class_)
    with transaction() as current:
        pair = current.get(Pair, pair_id)
        waiting = ((one.person_id, one.pair_id) for one in participation.owing(class_))
        if pair is None or (person_id, pair_id) not in waiting:
            raise NotFound
        return reminding.remind(class_, person_id, pair, About.REPLY, by=by)
