"""Who has consented, as SQL."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from penpal.accounts import queries as people
from penpal.accounts.models import Person
from penpal.consent.models import Consent, Giver, Purpose
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session

AGE_OF_OWN_CONSENT = 14
"""个人信息保护法 第三十一条: under fourteen a guardian consents to taking part."""


def visible_to(actor: Actor) -> sa.Select[Consent]:
    """The rows of whoever the actor may see."""
    return sa.select(Consent).where(
        Consent.person_id.in_(people.visible_to(actor).with_only_columns(Person.id))
    )


def may_answer_alone(person: type[Person]) -> sa.ColumnElement[bool]:
    """SQL for: fourteen or older for certain. A birth month counts as over when it has ended; unknown is under."""
    today = clock.today()
    months = (today.year * 12 + today.month) - (person.birth_year * 12 + person.birth_month)
    return sa.func.coalesce(months > AGE_OF_OWN_CONSENT * 12, sa.false())


def takes_part(person: type[Person]) -> sa.ColumnElement[bool]:
    """SQL for: the consent that this age needs is on file. A guardian's no longer suffices at fourteen."""
    giver = sa.case((may_answer_alone(person), Giver.STUDENT.value), else_=Giver.GUARDIAN.value)
    return sa.exists(
        sa.select(Consent.id).where(
            Consent.person_id == person.id,
            Consent.purpose == Purpose.TAKING_PART,
            Consent.withdrawn_at.is_(None),
            sa.cast(Consent.giver, sa.String) == giver,
        )
    )


def taking_part_of(person_ids: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """For each person: may they do more than sign in, and is it a guardian's signature that they need."""
    rows = session().execute(
        sa.select(Person.id, takes_part(Person), sa.not_(may_answer_alone(Person))).where(
            Person.id.in_(person_ids)
        )
    )
    return {row[0]: (bool(row[1]), bool(row[2])) for row in rows}


def of(person_id: int) -> list[Consent]:
    """What is on file for a student, newest first, withdrawn ones too."""
    statement = sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    return list(session().scalars(statement))
