"""Verbs of the ledger: record guardians' signatures, record a student's own yes, take either back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.consent import queries
from penpal.consent.models import WORDING, Consent, Giver, How, Purpose
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission


def record_signatures(
    students: Sequence[Person], *, by: Actor, given_on: date | None = None
) -> None:
    """Put on file that guardians signed the paper form for taking part."""
    with transaction():
        for student in students:
            access.authorize(by, Permission.Consent.RECORD, student)
            if record_many([student.id], given_on=given_on, by=by):
                trail.write(student, "guardian consented", by=by)


def agree(*, by: Actor) -> None:
    """A student's own yes to taking part, given on the screen. Under fourteen it does not count yet."""
    access.authorize(by, Permission.Consent.AGREE)
    assert by.person_id is not None
    _takes_part, needs_guardian = queries.taking_part_of([by.person_id])[by.person_id]
    if needs_guardian:
        raise Invalid(_l("你还不满 14 岁，要先有家长签好的同意书。"))
    with transaction():
        if _insert([by.person_id], Giver.STUDENT, How.ON_SCREEN, given_on=None, by=by):
            trail.write(session().get_one(Person, by.person_id), "consented", by=by)


def withdraw(student: Person, *, reason: str = "", by: Actor) -> None:
    """Take back the consent to take part, whoever gave it. From now on the student can only sign in."""
    access.authorize(by, Permission.Consent.WITHDRAW, student)
    with transaction() as current:
        taken_back = current.execute(
            sa.update(Consent)
            .where(
                Consent.person_id == student.id,
                Consent.purpose == Purpose.TAKING_PART,
                Consent.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=clock.now())
        )
        if taken_back.rowcount:  # type: ignore[attr-defined]
            trail.write(student, "withdrew consent", by=by, reason=reason)


def record_many(person_ids: Sequence[int], *, by: Actor, given_on: date | None = None) -> int:
    """Put signed guardians' forms on file for many students; those who have one are left alone.

    The caller has authorized. Returns how many were new.
    """
    return _insert(person_ids, Giver.GUARDIAN, How.PAPER, given_on=given_on, by=by)


def _insert(
    person_ids: Sequence[int], giver: Giver, how: How, *, given_on: date | None, by: Actor
) -> int:
    with transaction() as current:
        have: set[int] = set()
        for start in range(0, len(person_ids), 500):
            have |= set(
                current.scalars(
                    sa.select(Consent.person_id).where(
                        Consent.person_id.in_(person_ids[start : start + 500]),
                        Consent.purpose == Purpose.TAKING_PART,
                        Consent.giver == giver,
                        Consent.withdrawn_at.is_(None),
                    )
                )
            )
        rows = [
            {
                "person_id": person_id,
                "purpose": Purpose.TAKING_PART,
                "giver": giver,
                "how": how,
                "wording": WORDING,
                "given_on": given_on or clock.today(),
                "recorded_at": clock.now(),
                "recorded_by_id": by.person_id,
            }
            for person_id in dict.fromkeys(person_ids)
            if person_id not in have
        ]
        if rows:
            current.execute(sa.insert(Consent), rows)
    return len(rows)
