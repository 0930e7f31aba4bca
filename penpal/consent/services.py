"""Verbs of the ledger: a yes, a no, and taking a yes back, each purpose for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.consent import queries, wording
from penpal.consent.events import ConsentWithdrawn
from penpal.consent.models import Consent, FormLanguage, Giver, How, Purpose, Refusal, Relation
from penpal.kernel import access, clock, events, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit

OLDEST_PAPER_DAYS = 3 * 366
"""A form that was signed longer ago is a slip of the pen."""


@dataclass(frozen=True)
class Origin:
    """Who gave an answer and by which way, as the row keeps it."""

    giver: Giver
    how: How
    given_on: date | None = None
    given_by: str = ""
    relation: Relation | None = None
    link_id: int | None = None
    paper_id: int | None = None


_SCREEN = Origin(Giver.STUDENT, How.ON_SCREEN)


def record_signatures(
    students: Sequence[Person],
    *,
    by: Actor,
    purposes: Sequence[Purpose] = (Purpose.TAKING_PART,),
    given_on: date | None = None,
    paper_id: int | None = None,
) -> int:
    """Put on file that guardians signed the paper form. Returns how many students it is new for."""
    if given_on is not None and not _is_plausible(given_on):
        raise Invalid(fields={"given_on": _l("签字的日期要在今天以前，三年以内。")})
    origin = Origin(Giver.GUARDIAN, How.PAPER, given_on=given_on, paper_id=paper_id)
    recorded = 0
    with transaction():
        # In one order, so that two who record the same class never wait for each other for ever.
        for student in sorted(students, key=lambda student: student.id):
            access.authorize(by, Permission.Consent.RECORD, student)
            lock(student)
            new = [
                purpose
                for purpose in dict.fromkeys(purposes)
                if say_yes([student.id], purpose, origin, by=by)
            ]
            for purpose in new:
                trail.write(student, "guardian consented", by=by, reason=purpose.value)
            recorded += bool(new)
    return recorded


def _is_plausible(day: date) -> bool:
    return 0 <= (clock.today() - day).days <= OLDEST_PAPER_DAYS


def agree(*, by: Actor, purpose: Purpose = Purpose.TAKING_PART) -> None:
    """A student's own yes, given on the screen. To taking part it does not count under fourteen."""
    access.authorize(by, Permission.Consent.AGREE)
    assert by.person_id is not None
    if purpose is Purpose.TAKING_PART:
        _takes_part, needs_guardian = queries.taking_part_of([by.person_id])[by.person_id]
        if needs_guardian:
            raise Invalid(_l("你还不满 14 岁，要先有家长签好的同意书。"))
    student = _person(by.person_id)
    with transaction():
        lock(student)
        if say_yes([student.id], purpose, _SCREEN, by=by):
            trail.write(student, "consented", by=by, reason=purpose.value)


def refuse(purpose: Purpose, *, by: Actor) -> None:
    """A student's own no. It takes back their yes, and stays until they say yes."""
    access.authorize(by, Permission.Consent.AGREE)
    assert by.person_id is not None
    student = _person(by.person_id)
    with transaction():
        lock(student)
        withdraw(student, purpose=purpose, by=by)
        if say_no(student.id, purpose, _SCREEN, by=by):
            trail.write(student, "refused consent", by=by, reason=purpose.value)


def withdraw(
    student: Person, *, purpose: Purpose = Purpose.TAKING_PART, reason: str = "", by: Actor
) -> None:
    """Take a consent back; it acts at once.

    Taking part ends whoever gave the yes, and from now on the student can only sign in. Of the other
    purposes a student takes back their own yes, and staff put on record that a guardian's is gone.
    """
    access.authorize(by, Permission.Consent.WITHDRAW, student)
    givers = tuple(Giver)
    if purpose is not Purpose.TAKING_PART:
        givers = (Giver.STUDENT,) if by.is_student else (Giver.GUARDIAN,)
    with transaction():
        if end_yes(student.id, purpose, givers):
            said = f"{purpose.value}: {reason}" if reason else purpose.value
            trail.write(student, "withdrew consent", by=by, reason=said)


def choose_language(school: Unit, code: str, *, by: Actor) -> None:
    """The second language of a school's forms; empty for Chinese alone. Raises ``Invalid`` for others."""
    access.authorize(by, Permission.Consent.CHOOSE_LANGUAGE, school)
    known = set(wording.languages(wording.current().name)) - {wording.CHINESE}
    if code and code not in known:
        raise Invalid
    with transaction() as current:
        lock(school)
        current.execute(sa.delete(FormLanguage).where(FormLanguage.school_id == school.id))
        if code:
            current.add(FormLanguage(school_id=school.id, code=code, chosen_by_id=by.person_id))
        trail.write(school, "chose form language", by=by, reason=code)


def record_many(person_ids: Sequence[int], *, by: Actor, given_on: date | None = None) -> int:
    """Put signed guardians' forms on file for many students; those who have one are left alone.

    The caller has authorized. Returns how many were new.
    """
    origin = Origin(Giver.GUARDIAN, How.PAPER, given_on=given_on)
    return say_yes(person_ids, Purpose.TAKING_PART, origin, by=by)


def say_yes(person_ids: Sequence[int], purpose: Purpose, origin: Origin, *, by: Actor) -> int:
    """Write a yes for each who has none that counts; a no, or a yes to old words, ends. Returns how many.

    Paper is entered days after it was signed: it replaces no answer that was given later.

    The caller has authorized and writes the trail.
    """
    with transaction() as current:
        asked = list(dict.fromkeys(person_ids))
        new: list[int] = []
        for start in range(0, len(asked), 500):
            some = asked[start : start + 500]
            have = _answered(some, purpose, origin)
            new += [person_id for person_id in some if person_id not in have]
            _make_room(sorted(set(some) - have), purpose, origin.giver)
        if new:
            answer = _yes(purpose, origin, by)
            current.execute(
                sa.insert(Consent), [{"person_id": person_id, **answer} for person_id in new]
            )
    return len(new)


def _answered(person_ids: Sequence[int], purpose: Purpose, origin: Origin) -> set[int]:
    """Those whose yes counts already, and those who said no after the paper was signed."""
    have = set(
        session().scalars(
            sa.select(Consent.person_id).where(
                Consent.person_id.in_(person_ids),
                Consent.purpose == purpose,
                Consent.giver == origin.giver,
                *queries.counts(purpose),
            )
        )
    )
    if origin.how is How.PAPER:
        signed_on = origin.given_on or clock.today()
        have |= queries.said_no_since(signed_on, person_ids, purpose, origin.giver)
    return have


def _yes(purpose: Purpose, origin: Origin, by: Actor) -> dict[str, object]:
    """The columns of a yes that was given a moment ago, for whomever it was given."""
    return {
        "purpose": purpose,
        "giver": origin.giver,
        "how": origin.how,
        "wording": wording.current().name,
        "given_on": origin.given_on or clock.today(),
        "recorded_at": clock.now(),
        "recorded_by_id": by.person_id,
        "given_by": origin.given_by,
        "relation": origin.relation,
        "link_id": origin.link_id,
        "paper_id": origin.paper_id,
    }


def _make_room(person_ids: Sequence[int], purpose: Purpose, giver: Giver) -> None:
    """End what a new yes replaces: a no, and a yes to words that no longer suffice."""
    about = (Consent.person_id.in_(person_ids), Consent.purpose == purpose, Consent.giver == giver)
    session().execute(
        sa.update(Consent)
        .where(*about, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    session().execute(
        sa.update(Refusal)
        .where(
            Refusal.person_id.in_(person_ids),
            Refusal.purpose == purpose,
            Refusal.giver == giver,
            Refusal.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def say_no(person_id: int, purpose: Purpose, origin: Origin, *, by: Actor) -> bool:
    """Write a no where none stands. The caller has authorized, ended the yes, and writes the trail."""
    with transaction() as current:
        standing = current.scalar(
            sa.select(Refusal.id).where(
                Refusal.person_id == person_id,
                Refusal.purpose == purpose,
                Refusal.giver == origin.giver,
                Refusal.ended_at.is_(None),
            )
        )
        if standing is not None:
            return False
        current.add(
            Refusal(
                person_id=person_id,
                purpose=purpose,
                giver=origin.giver,
                how=origin.how,
                recorded_by_id=by.person_id,
                given_by=origin.given_by,
                relation=origin.relation,
                link_id=origin.link_id,
            )
        )
        current.flush()
    return True


def end_yes(person_id: int, purpose: Purpose, givers: Sequence[Giver]) -> bool:
    """Fill in when a yes was taken back, and announce it. Returns whether there was one."""
    with transaction() as current:
        ended = current.execute(
            sa.update(Consent)
            .where(
                Consent.person_id == person_id,
                Consent.purpose == purpose,
                Consent.giver.in_(givers),
                Consent.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=clock.now())
        )
        gone = bool(ended.rowcount)  # type: ignore[attr-defined]
        if gone:
            events.announce(current, ConsentWithdrawn(person_id, purpose.value))
    return gone


def _person(person_id: int) -> Person:
    return session().get_one(Person, person_id)
