"""A corrected birth: what it changes about whose yes counts, said before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from penpal.accounts.models import Person
from penpal.consent import queries
from penpal.consent.events import ConsentWithdrawn
from penpal.consent.models import Giver, Purpose
from penpal.consent.needs import needed
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.events import announce

Birth = tuple[int, int]


@dataclass(frozen=True)
class Crossing:
    """Purposes for which other people have to say yes than before."""

    purposes: Sequence[Purpose]
    taking_part: Giver | None
    """Who now answers for taking part, where that changes."""


class Crosses(Invalid):
    """The correction changes whose yes counts, and nobody has said yet that they know."""

    def __init__(self, crossing: Crossing) -> None:
        super().__init__()
        self.crossing = crossing


def crossing(student: Person, birth: Birth) -> Crossing | None:
    """What another birth would change; None where the same people answer as before."""
    today = clock.today()
    before = student.age_on(today)
    after = Person(birth_year=birth[0], birth_month=birth[1]).age_on(today)
    changed = [each for each in Purpose if needed(each, before) != needed(each, after)]
    if not changed:
        return None
    asked = needed(Purpose.TAKING_PART, after)
    return Crossing(changed, next(iter(asked)) if Purpose.TAKING_PART in changed else None)


def correct(student: Person, birth: Birth, *, understood: bool, by: Actor) -> None:
    """Write another birth. From then on the ledger asks whom that age needs; pages fall silent at once.

    The caller has authorized, and asks ``crossing`` for it: whoever changes whose yes counts can let
    a child in without a guardian. Raises ``Crosses`` unless what changes was ``understood``.
    """
    crosses = crossing(student, birth)
    if crosses is not None and not understood:
        raise Crosses(crosses)
    with transaction() as current:
        held = {each for each in _affected(crosses) if queries.has(student.id, each)}
        student.birth_year, student.birth_month = birth
        current.flush()
        if crosses is None:
            trail.write(student, "corrected birth", by=by)
        else:
            trail.write(student, "corrected birth across an age", by=by)
        for purpose in sorted(held):
            if not queries.has(student.id, purpose):
                announce(current, ConsentWithdrawn(student.id, purpose.value))


def _affected(crosses: Crossing | None) -> Sequence[Purpose]:
    return crosses.purposes if crosses is not None else ()
