"""Who has the pairing board of a class open, and that it has changed under their hands."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts import snapshots
from penpal.accounts.models import Enrolment, Role
from penpal.kernel import access, live, looking
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.permissions import Permission
from penpal.places.models import Unit


def thing(class_id: int) -> str:
    return f"board:{class_id}"


def others(class_id: int, by: Actor) -> list[str]:
    """The names of the others who have it open."""
    return [
        name
        for person_id, name in looking.who(thing(class_id)).items()
        if person_id != by.person_id
    ]


def tell(event: str, class_: Unit, by: Actor) -> None:
    """Say to the open boards of this class who came or went."""
    news = {"board": class_.id, "person": by.person_id, "name": by.display_name}
    for person_id in _colleagues(class_):
        if person_id != by.person_id:
            live.tell(person_id, event, news)


def changed(student_ids: tuple[int, int]) -> None:
    """Two were tied or let go: the boards of their grade in both schools show others from now on."""
    here = sa.orm.aliased(Unit)
    boards = session().scalars(
        sa.select(Unit)
        .join(here, sa.and_(here.parent_id == Unit.parent_id, here.grade == Unit.grade))
        .join(Enrolment, Enrolment.class_id == here.id)
        .where(Enrolment.person_id.in_(student_ids), Enrolment.until.is_(None))
        .distinct()
    )
    for class_ in boards:
        looks = set(looking.who(thing(class_.id)))
        for person_id in _colleagues(class_) if looks else ():
            if person_id in looks:
                live.tell(person_id, "board.changed", {"board": class_.id})


def _colleagues(class_: Unit) -> Iterator[int]:
    """Whoever may see the board now."""
    staff = [
        *people.staff_over(class_.path, Role.TEACHER),
        *people.staff_over(class_.path, Role.SCHOOL_SECRETARY),
    ]
    for person_id in dict.fromkeys(person.id for person in staff):
        other = snapshots.of(person_id)
        if other is not None and access.may(other, Permission.Unit.SEE_CLASS, class_):
            yield person_id
