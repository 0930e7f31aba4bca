"""Small facts about who has a queue."""

from __future__ import annotations

from penpal.accounts.predicates import SCHOOL_STAFF
from penpal.kernel.access import Actor, fact


@fact("", *SCHOOL_STAFF)
def answers_for_children(actor: Actor, _record: object) -> bool:
    """A teacher, or the secretary of a school."""
    return actor.is_staff and bool(actor.tops(*SCHOOL_STAFF))
