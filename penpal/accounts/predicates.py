"""Small named facts about who asks and what they hold."""

from __future__ import annotations

from penpal.accounts.models import Role
from penpal.kernel.access import Actor, fact

STUDENT, WAITING_STUDENT = "student", "student_without_consent"
"""A student whose consent to take part is on file, and one who still waits for it."""
WITHOUT_ROLE = "staff_without_role"
"""Someone whose offices have all ended: they can still see their account and leave."""
STAFF = (*(role.value for role in Role), WITHOUT_ROLE)
SYSTEM = "system"
SCHOOL_STAFF = (Role.TEACHER.value, Role.SCHOOL_SECRETARY.value)
SECRETARIES = (
    Role.SCHOOL_SECRETARY.value,
    Role.COUNTY_SECRETARY.value,
    Role.PROVINCE_SECRETARY.value,
    Role.CORPS_SECRETARY.value,
    Role.CENTRE_SECRETARY.value,
)


@fact("", STUDENT, WAITING_STUDENT, *STAFF)
def is_signed_in(actor: Actor, _record: object) -> bool:
    return actor.person_id is not None


@fact("", STUDENT, WAITING_STUDENT)
def is_student(actor: Actor, _record: object) -> bool:
    return actor.kind == "student"


@fact("", STUDENT)
def takes_part(actor: Actor, _record: object) -> bool:
    """A student whose consent to take part is on file."""
    return actor.kind == "student" and actor.takes_part


@fact("", *STAFF)
def is_staff(actor: Actor, _record: object) -> bool:
    return actor.kind == "staff"


@fact("", SYSTEM)
def is_system(actor: Actor, _record: object) -> bool:
    return actor.kind == "system"


def holds_over(actor: Actor, path: str, *roles: str) -> bool:
    """Whether one of these roles covers that place."""
    return bool(path) and any(path.startswith(top) for top in actor.tops(*roles))
