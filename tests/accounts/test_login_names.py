"""Login names: generated, unique, and nobody's real name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from penpal.accounts import services
from penpal.accounts.models import Person, PersonKind
from penpal.kernel.db import session, transaction
from tests.cast import Cast


def test_a_student_gets_a_name_that_says_nothing_about_them(cast: Cast) -> None:
    person = services.add_person(PersonKind.STUDENT, "王小明")

    assert person.login_name
    assert "ming" not in person.login_name
    assert person.login_name[-3:].isdigit()
    assert person.shown_name == "王小明"


def test_as_many_free_names_come_as_were_asked_for(cast: Cast) -> None:
    taken = set(session().scalars(sa.select(Person.login_name)))

    free = services.free_login_names(1500)

    assert len(free) == len(set(free)) == 1500
    assert not taken & set(free)


def test_the_database_refuses_a_name_twice(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        services.add_person(PersonKind.STUDENT, "小新", login_name="xiaohe")


def test_a_student_moves_by_ending_one_enrolment_and_beginning_another(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        services.enrol(cast.person("xiaohe"), cast.unit("bj-class-2"), number="9999")

    with transaction():
        [old] = cast.person("xiaohe").enrolments
        old.until = old.since
        session().flush()
        services.enrol(cast.person("xiaohe"), cast.unit("bj-class-2"), number="9999")

    assert cast.actor("xiaohe").unit_id == cast.unit("bj-class-2").id


def test_two_students_of_a_school_cannot_share_a_number(cast: Cast) -> None:
    number = cast.person("xiaohe").enrolments[0].student_number
    newcomer = services.add_person(PersonKind.STUDENT, "小新")

    with pytest.raises(IntegrityError):
        services.enrol(newcomer, cast.unit("bj-class-2"), number=number)

    services.enrol(newcomer, cast.unit("tj-class"), number=number)


def test_a_class_without_a_school_takes_nobody(cast: Cast) -> None:
    with pytest.raises(LookupError):
        services.enrol(cast.person("xiaohe"), cast.unit("centre"), number="1")


@pytest.mark.parametrize(
    "broken",
    [
        {"birth_month": 13, "birth_year": 2012},
        {"birth_month": 5, "birth_year": None},
        {"kind": PersonKind.STAFF, "birth_year": 2012, "birth_month": 5},
        {"password_hash": "a hash without a day"},
    ],
)
def test_impossible_people_cannot_be_stored(cast: Cast, broken: dict[str, object]) -> None:
    fields = {"kind": PersonKind.STUDENT, "login_name": "songhe482", "name": "小新"} | broken

    with pytest.raises(IntegrityError), transaction() as current:
        current.add(Person(**fields))
