"""What the pages of one student share: whom they are about, and who holds a number that was typed."""

from __future__ import annotations

from typing import Any

from penpal.accounts.models import Enrolment, Person
from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.rosters import pupils
from penpal.rosters.pupils import NumberHeld


def student(person_id: int) -> tuple[Person, Enrolment]:
    """Somebody whom the one who asks may see, with the place in a class that they have today."""
    found = access.load(Person, actor(), person_id)
    return found, pupils.place_of(found)


def holder(problem: Invalid | None) -> dict[str, Any] | None:
    """Who has the number, as far as the one who asks may know, and what they may do about it."""
    if not isinstance(problem, NumberHeld):
        return None
    place, by = problem.held, actor()
    class_ = place.class_
    knows = access.may(by, Permission.Roster.CORRECT, class_)
    return {
        "name": place.person.name if knows else "",
        "person_id": place.person_id,
        "class_id": class_.id,
        "class_name": class_.name,
        "may_correct": knows,
        "may_move": access.may(by, Permission.Roster.MOVE, class_),
    }
