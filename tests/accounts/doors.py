"""What the tests of doors share: signing in by the page, and new students with a card."""

from __future__ import annotations

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.accounts import queries, services
from penpal.accounts.models import Person, PersonKind, SignIn
from penpal.config import Settings
from penpal.kernel.db import session
from tests.cast import PASSWORD

GOOD_PASSWORD = "walnut river lantern"


def sign_in(
    client: FlaskClient, login_name: str, password: str = PASSWORD, **more: str
) -> TestResponse:
    return client.post("/sign-in", data={"login_name": login_name, "password": password, **more})


def sign_ins(person: Person) -> list[SignIn]:
    return list(
        session().scalars(
            sa.select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.id)
        )
    )


def newcomer(
    settings: Settings, name: str = "小新", login_name: str = "songhe482"
) -> tuple[Person, str]:
    """A student who holds a card and has not used it: the person and the code."""
    person = services.add_person(PersonKind.STUDENT, name, login_name=login_name, birth=(2013, 3))
    services.issue_codes([person], settings=settings)
    return person, code_of(person, settings)


def code_of(person: Person, settings: Settings) -> str:
    return services.code_of(queries.live_activations([person.id])[person.id], settings=settings)
