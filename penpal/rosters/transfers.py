"""A student who goes to another school takes letters and account along, by a code on paper.

Two schools never compare children: the old one gives the code out, the new one types it in, and
until then the student stays where they are.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import codes
from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.rosters import judging, queries
from penpal.rosters.models import Transfer
from penpal.twinning import queries as pairs
from penpal.twinning import services as twinning

GOOD_FOR = timedelta(days=60)
"""A summer, in which a child has moved and school has not begun."""

_NO_SUCH_NUMBER = _l("学校里没有在读的学生用这个学号。看看名册上是怎么写的。")
_NO_SUCH_CODE = _l("这个转学码没对上，或者已经用过、过期了。请原学校再看一遍，或者重开一个。")
_OWN_SCHOOL = _l("这是本校自己开的转学码。在校内换班，改名册里的班级就行。")
_NUMBER_TAKEN = _l("这个学号已经有人用了。")
_NUMBER_UNREADABLE = _l("学号只能是字母、数字和 - . / _，最多 32 位。")
_NO_CLASS = _l("选一个班。")


def give_out(school: Unit, *, number: str, settings: Settings, by: Actor) -> Transfer:
    """A code for the student who has this number; the one that is still good, if there is one."""
    authorize(by, Permission.Roster.TRANSFER, school)
    enrolment = queries.holder(school.id, html.line(number))
    if enrolment is None:
        raise Invalid(fields={"number": _NO_SUCH_NUMBER})
    person_id = enrolment.person_id
    with transaction() as current:
        lock(school)
        current.execute(
            sa.delete(Transfer).where(
                Transfer.person_id == person_id,
                Transfer.used_at.is_(None),
                sa.or_(Transfer.expires_at <= clock.now(), Transfer.from_school_id != school.id),
            )
        )
        given = current.scalar(
            sa.select(Transfer).where(Transfer.person_id == person_id, Transfer.used_at.is_(None))
        )
        if given is None:
            nonce = codes.fresh_nonce()
            code = codes.derive(settings.key(), person_id, nonce)
            given = Transfer(
                person_id=person_id,
                from_school_id=school.id,
                nonce=nonce,
                code_hash=codes.fingerprint(settings.key(), code),
                made_by_id=by.person_id,
                expires_at=clock.now() + GOOD_FOR,
            )
            current.add(given)
            current.flush()
            trail.write(given.person, "gave out transfer code", by=by)
    return given


def code_of(transfer: Transfer, *, settings: Settings) -> str:
    """The code as it is told to the new school, in two groups."""
    code = codes.derive(settings.key(), transfer.person_id, transfer.nonce)
    return f"{code[:4]} {code[4:]}"


def take_back(transfer: Transfer, *, by: Actor) -> None:
    """Make a code worthless; the student stays. Raises ``IllegalMove`` once it was used."""
    authorize(by, Permission.Roster.TRANSFER, transfer.from_school)
    with transaction() as current:
        person = transfer.person
        gone = current.execute(
            sa.delete(Transfer).where(Transfer.id == transfer.id, Transfer.used_at.is_(None))
        )
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise IllegalMove
        trail.write(person, "took back transfer code", by=by)


def take_in(
    school: Unit, *, code: str, class_id: int, number: str, settings: Settings, by: Actor
) -> Person:
    """Enrol the student whose code this is; the old enrolment and the old pair end.

    Account, letters and consent go along. Raises ``Invalid`` with words for each field.
    """
    authorize(by, Permission.Roster.TRANSFER, school)
    typed = codes.fingerprint(settings.key(), codes.tidy(code))
    tidy_number = html.line(number)
    with transaction() as current:
        lock(school)
        _hold_whose(typed)
        transfer = current.scalar(
            sa.select(Transfer)
            .where(
                Transfer.code_hash == typed,
                Transfer.used_at.is_(None),
                Transfer.expires_at > clock.now(),
            )
            .with_for_update()
        )
        _refuse(school, transfer, class_id, tidy_number)
        assert transfer is not None
        person = transfer.person
        _move(transfer, school, class_id, tidy_number, by=by)
        for pair in pairs.active_pairs_of([person.id]):
            twinning.close(pair, reason="moved school", by=by)
    return person


def _hold_whose(code_hash: str) -> None:
    """Let the child neither leave nor be tied meanwhile; before the code, as whoever lets go does."""
    person = session().scalar(
        sa.select(Person)
        .join(Transfer, Transfer.person_id == Person.id)
        .where(Transfer.code_hash == code_hash)
    )
    if person is not None:
        lock(person)


def _refuse(school: Unit, transfer: Transfer | None, class_id: int, number: str) -> None:
    problems: dict[str, object] = {}
    if transfer is None or not _still_there(transfer):
        problems["code"] = _NO_SUCH_CODE
    elif transfer.from_school_id == school.id:
        problems["code"] = _OWN_SCHOOL
    class_ = session().get(Unit, class_id)
    if (
        class_ is None
        or class_.level is not Level.CLASS
        or class_.parent_id != school.id
        or class_.closed_on is not None
    ):
        problems["class_id"] = _NO_CLASS
    if len(number) > judging.NUMBER_MAX or not judging.NUMBER.fullmatch(number):
        problems["number"] = _NUMBER_UNREADABLE
    elif queries.holder(school.id, number) is not None:
        problems["number"] = _NUMBER_TAKEN
    if problems:
        raise Invalid(fields=problems)


def _still_there(transfer: Transfer) -> bool:
    """Whether the student is where the code was given out."""
    return any(
        row.until is None and row.school_id == transfer.from_school_id
        for row in transfer.person.enrolments
    )


def _move(transfer: Transfer, school: Unit, class_id: int, number: str, *, by: Actor) -> None:
    person = transfer.person
    current = session()
    for row in person.enrolments:
        if row.until is None:
            row.until = clock.today()
    # The index allows one running enrolment: the old one ends in the table before the new begins.
    current.flush()
    current.add(
        Enrolment(
            person_id=person.id, class_id=class_id, school_id=school.id, student_number=number
        )
    )
    transfer.used_at, transfer.used_by_id = clock.now(), by.person_id
    transfer.to_school_id = school.id
    trail.write(person, "moved school", by=by, schools=[transfer.from_school_id])
    current.flush()
    # Whoever takes a student in answers for them from here on: the rulebook reads this list.
    current.expire(person, ["enrolments"])
