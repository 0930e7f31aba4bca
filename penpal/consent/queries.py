"""Who has consented to what, as SQL and for one person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person
from penpal.consent import wording
from penpal.consent.models import (
    Consent,
    FormLanguage,
    Giver,
    GuardianLink,
    Purpose,
    Refusal,
    SignedPaper,
)
from penpal.consent.needs import NEEDS, OWN_CONSENT
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Unit

M = TypeVar("M")


def visible_to(actor: Actor) -> sa.Select[Consent]:
    """The rows of whoever the actor may see."""
    return sa.select(Consent).where(_of_visible(Consent.person_id, actor))


def refusals_visible_to(actor: Actor) -> sa.Select[Refusal]:
    return sa.select(Refusal).where(_of_visible(Refusal.person_id, actor))


def links_visible_to(actor: Actor) -> sa.Select[GuardianLink]:
    """Those of one's students; a child does not see the link that is meant for a guardian."""
    return _for_staff(sa.select(GuardianLink), GuardianLink.person_id, actor)


def papers_visible_to(actor: Actor) -> sa.Select[SignedPaper]:
    return _for_staff(sa.select(SignedPaper), SignedPaper.person_id, actor)


def languages_visible_to(actor: Actor) -> sa.Select[FormLanguage]:
    units = places.visible_to(actor).with_only_columns(Unit.id)
    return sa.select(FormLanguage).where(FormLanguage.school_id.in_(units))


def said_no_since(
    day: date, person_ids: Collection[int], purpose: Purpose, giver: Giver
) -> set[int]:
    """For whom this giver said no on that day or later, or a yes was taken back after it."""
    begun = datetime.combine(day, time(), tzinfo=clock.CHINA)
    refused = sa.select(Refusal.person_id).where(
        Refusal.person_id.in_(person_ids),
        Refusal.purpose == purpose,
        Refusal.giver == giver,
        Refusal.ended_at.is_(None),
        Refusal.refused_at >= begun,
    )
    taken_back = sa.select(Consent.person_id).where(
        Consent.person_id.in_(person_ids),
        Consent.purpose == purpose,
        Consent.giver == giver,
        Consent.withdrawn_at >= begun + timedelta(days=1),
    )
    return {*session().scalars(refused), *session().scalars(taken_back)}


def _of_visible(column: InstrumentedAttribute[int], actor: Actor) -> sa.ColumnElement[bool]:
    return column.in_(people.visible_to(actor).with_only_columns(Person.id))


def _for_staff(
    statement: sa.Select[M], column: InstrumentedAttribute[int], actor: Actor
) -> sa.Select[M]:
    if actor.kind == "system":
        return statement
    if not actor.is_staff:
        return statement.where(sa.false())
    return statement.where(_of_visible(column, actor))


def older_than(person: type[Person], years: int) -> sa.ColumnElement[bool]:
    """SQL for: that old or older for certain. A birth month counts as over when it has ended; unknown is under."""
    today = clock.today()
    months = (today.year * 12 + today.month) - (person.birth_year * 12 + person.birth_month)
    return sa.func.coalesce(months > years * 12, sa.false())


def may_answer_alone(person: type[Person]) -> sa.ColumnElement[bool]:
    """SQL for: fourteen or older for certain."""
    return older_than(person, OWN_CONSENT)


def holds(person: type[Person], purpose: Purpose) -> sa.ColumnElement[bool]:
    """SQL for: everyone who has to say yes to this at this age has said it, to words that still count."""
    *bands, last = NEEDS[purpose]
    return sa.case(
        *(
            (
                sa.not_(older_than(person, band.under)),
                _all_said_yes(person, purpose, band.givers),
            )
            for band in bands
            if band.under is not None
        ),
        else_=_all_said_yes(person, purpose, last.givers),
    )


def _all_said_yes(
    person: type[Person], purpose: Purpose, givers: Iterable[Giver]
) -> sa.ColumnElement[bool]:
    return sa.and_(
        *(
            sa.exists(
                sa.select(Consent.id).where(
                    Consent.person_id == person.id,
                    Consent.purpose == purpose,
                    Consent.giver == giver,
                    *counts(purpose),
                )
            )
            for giver in sorted(givers)
        )
    )


def counts(purpose: Purpose) -> list[sa.ColumnElement[bool]]:
    """SQL for: a row of this purpose was not taken back, and its words still suffice."""
    # One comparison each, not a list: the snapshot of a request is a text that is prepared once a day.
    too_old = wording.outdated(purpose, clock.today())
    return [Consent.withdrawn_at.is_(None), *(Consent.wording != name for name in too_old)]


def takes_part(person: type[Person]) -> sa.ColumnElement[bool]:
    """SQL for: the consent that this age needs is on file. A guardian's no longer suffices at fourteen."""
    return holds(person, Purpose.TAKING_PART)


def has(person_id: int, purpose: Purpose) -> bool:
    """Whether one person's consent to a purpose is complete now."""
    return bool(
        session().scalar(
            sa.select(sa.func.count())
            .select_from(Person)
            .where(Person.id == person_id, holds(Person, purpose))
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
    return of_all([person_id])


def of_all(person_ids: Collection[int]) -> list[Consent]:
    statement = (
        sa.select(Consent).where(Consent.person_id.in_(person_ids)).order_by(Consent.id.desc())
    )
    return list(session().scalars(statement))


def refusals_of(person_ids: Collection[int]) -> list[Refusal]:
    """Every no that no yes has replaced."""
    statement = sa.select(Refusal).where(
        Refusal.person_id.in_(person_ids), Refusal.ended_at.is_(None)
    )
    return list(session().scalars(statement))


def open_links(person_ids: Collection[int]) -> dict[int, GuardianLink]:
    """The link of each of these children that can still be answered."""
    statement = sa.select(GuardianLink).where(
        GuardianLink.person_id.in_(person_ids),
        GuardianLink.used_at.is_(None),
        GuardianLink.ended_at.is_(None),
        GuardianLink.expires_at > clock.now(),
    )
    return {link.person_id: link for link in session().scalars(statement)}


def link_by(code_hash: str) -> GuardianLink | None:
    return session().scalar(sa.select(GuardianLink).where(GuardianLink.code_hash == code_hash))


def papers_of(person_id: int) -> list[SignedPaper]:
    """Newest first, without what is in them."""
    statement = (
        sa.select(SignedPaper)
        .where(SignedPaper.person_id == person_id)
        .order_by(SignedPaper.id.desc())
    )
    return list(session().scalars(statement))


def second_language(school_id: int | None) -> str:
    """What the school chose; empty for Chinese alone."""
    chosen = session().get(FormLanguage, school_id) if school_id else None
    return chosen.code if chosen else ""


def school_of(person_id: int) -> int | None:
    """The school where a student is enrolled."""
    return session().scalar(
        sa.select(Enrolment.school_id).where(
            Enrolment.person_id == person_id, Enrolment.until.is_(None)
        )
    )
