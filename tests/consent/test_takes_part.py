"""Who may do more than sign in: under fourteen by a guardian's yes, from fourteen by one's own."""

from __future__ import annotations

import pytest

from penpal.accounts import services as accounts
from penpal.accounts.models import Person, PersonKind
from penpal.consent import queries, services
from penpal.consent.models import Consent, Giver, How, Purpose
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from tests.cast import Cast


def months_old(months: int) -> tuple[int, int]:
    """The birth year and month of someone whose birth month lies that many months back."""
    today = clock.today()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return year, month + 1


def child(birth: tuple[int, int] | None, *givers: Giver) -> Person:
    person = accounts.add_person(PersonKind.STUDENT, "小新", birth=birth)
    with transaction() as current:
        for giver in givers:
            current.add(
                Consent(
                    person_id=person.id,
                    purpose=Purpose.TAKING_PART,
                    giver=giver,
                    how=How.PAPER,
                )
            )
    return person


def answer(person: Person) -> tuple[bool, bool]:
    """Takes part, and needs a guardian's signature."""
    return queries.taking_part_of([person.id])[person.id]


@pytest.mark.parametrize(
    ("age_in_months", "givers", "expected"),
    [
        (13 * 12, (), (False, True)),
        (13 * 12, (Giver.GUARDIAN,), (True, True)),
        (13 * 12, (Giver.STUDENT,), (False, True)),
        # The birth month has to have ended: in it nobody knows whether the day is past.
        (14 * 12, (Giver.GUARDIAN,), (True, True)),
        (14 * 12, (Giver.STUDENT,), (False, True)),
        (14 * 12 + 1, (), (False, False)),
        (14 * 12 + 1, (Giver.GUARDIAN,), (False, False)),
        (14 * 12 + 1, (Giver.STUDENT,), (True, False)),
        (14 * 12 + 1, (Giver.GUARDIAN, Giver.STUDENT), (True, False)),
        (18 * 12, (Giver.STUDENT,), (True, False)),
    ],
)
@pytest.mark.usefixtures("app")
def test_the_yes_that_counts_depends_on_age(
    age_in_months: int, givers: tuple[Giver, ...], expected: tuple[bool, bool]
) -> None:
    person = child(months_old(age_in_months), *givers)

    assert answer(person) == expected


@pytest.mark.usefixtures("app")
def test_an_unknown_birth_is_treated_as_under_fourteen() -> None:
    assert answer(child(None)) == (False, True)
    assert answer(child(None, Giver.STUDENT)) == (False, True)
    assert answer(child(None, Giver.GUARDIAN)) == (True, True)


@pytest.mark.usefixtures("app")
def test_a_yes_to_something_else_is_no_yes_to_taking_part() -> None:
    person = child(months_old(150))
    with transaction() as current:
        current.add(
            Consent(
                person_id=person.id,
                purpose=Purpose.PUBLICATION,
                giver=Giver.GUARDIAN,
                how=How.PAPER,
            )
        )

    assert answer(person) == (False, True)


@pytest.mark.usefixtures("app")
def test_a_yes_taken_back_counts_no_more_and_stays_on_record() -> None:
    person = child(months_old(150), Giver.GUARDIAN)
    with transaction() as current:
        [row] = current.query(Consent).filter_by(person_id=person.id)
        row.withdrawn_at = clock.now()

    assert answer(person) == (False, True)

    services.record_many([person.id], by=SYSTEM)

    assert answer(person) == (True, True)
    assert session().query(Consent).filter_by(person_id=person.id).count() == 2


def test_the_sign_in_snapshot_says_the_same(cast: Cast) -> None:
    assert cast.actor("xiaohe").takes_part
    assert not cast.actor("xiaoman").takes_part
