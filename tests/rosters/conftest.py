"""A school with a secretary and a teacher, its neighbour, and the doors to their pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts import queries as accounts
from penpal.accounts import services as people
from penpal.accounts import snapshots
from penpal.accounts.models import Person, PersonKind, Role
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.places import services as places
from penpal.places.models import Kind, Unit


@dataclass(frozen=True)
class Schools:
    """Numbers of what was made; rows are loaded where they are needed."""

    county_id: int
    school_id: int
    class_id: int
    neighbour_id: int
    secretary_id: int
    teacher_id: int
    outsider_id: int

    @property
    def school(self) -> Unit:
        return session().get_one(Unit, self.school_id)

    @property
    def class_(self) -> Unit:
        return session().get_one(Unit, self.class_id)

    @property
    def secretary(self) -> Actor:
        return _actor(self.secretary_id)

    @property
    def teacher(self) -> Actor:
        return _actor(self.teacher_id)

    @property
    def outsider(self) -> Actor:
        return _actor(self.outsider_id)


def _actor(person_id: int) -> Actor:
    found = snapshots.of(person_id)
    assert found is not None
    return found


@pytest.fixture
def schools(app: Flask) -> Schools:
    with app.app_context(), transaction():
        centre = places.add(Kind.CENTRE, "名册测试中心", parent=None)
        province = places.add(Kind.PROVINCE, "东省", parent=centre)
        county = places.add(Kind.COUNTY, "槐县", parent=province)
        school = places.add(Kind.SCHOOL, "槐荫中学", parent=county, code="roster-school")
        neighbour = places.add(Kind.SCHOOL, "柳荫中学", parent=county)
        class_ = places.add(Kind.CLASS, "初二(1)班", parent=school, grade=8)
        return Schools(
            county_id=county.id,
            school_id=school.id,
            class_id=class_.id,
            neighbour_id=neighbour.id,
            secretary_id=_staff("团委老师", "roster.tuanwei", Role.SCHOOL_SECRETARY, school).id,
            teacher_id=_staff("班主任", "roster.banzhuren", Role.TEACHER, class_).id,
            outsider_id=_staff("邻校老师", "roster.linxiao", Role.SCHOOL_SECRETARY, neighbour).id,
        )


def _staff(name: str, login_name: str, role: Role, unit: Unit) -> Person:
    person = people.add_person(PersonKind.STAFF, name, login_name=login_name, display_name=name)
    # Nobody types a password here: hashing three for each test would take longer than most tests.
    person.password_hash = "-"
    person.activated_at = clock.now()
    people.grant(person, role, unit)
    return person


@pytest.fixture
def door(
    app: Flask, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], FlaskClient]:
    """Signs one of the three in: ``door("tuanwei")``, ``"banzhuren"`` or ``"linxiao"``."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def enter(who: str) -> FlaskClient:
        with app.app_context():
            person = accounts.by_login(f"roster.{who}")
            assert person is not None
            with transaction():
                token = people._begin_session(
                    person, shared_device=False, settings=app.extensions["penpal.settings"]
                )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return enter
