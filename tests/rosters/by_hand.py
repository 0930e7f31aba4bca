"""What the tests of students by hand share: the forms as staff fill them in, and what stands afterwards."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts.models import Enrolment, Person
from penpal.kernel import clock, trail
from penpal.kernel.db import session
from tests.cast import Cast


def told_of(person: Person) -> list[str]:
    return [entry.move for entry in trail.of(person)]


def place_of(person: Person) -> Enrolment | None:
    return session().scalar(
        sa.select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.until.is_(None))
    )


def number_of(cast: Cast, who: str) -> str:
    return f"2025{cast.person(who).id:04}"


def named(name: str) -> list[Person]:
    return list(session().scalars(sa.select(Person).where(Person.name == name).order_by(Person.id)))


def add(client: FlaskClient, class_id: int, **typed: Any) -> Any:
    kept = {"name": "小新", "number": "20269001", "birth_year": "", "birth_month": ""} | typed
    return client.post(f"/classes/{class_id}/students", data=kept)


def correct(client: FlaskClient, person: Person, **typed: str) -> Any:
    kept = {
        "name": person.name,
        "number": typed.pop("number", ""),
        "birth_year": "",
        "birth_month": "",
    }
    return client.post(f"/students/{person.id}/details", data=kept | typed)


def leave(client: FlaskClient, person_id: int, why: str = "left") -> Any:
    return client.post(
        f"/students/{person_id}/leaving", data={"why": why, "day": clock.today().isoformat()}
    )
