"""What several tests of the ledger do alike: ages, links, and a guardian's answers."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.accounts.models import Enrolment
from penpal.config import Settings
from penpal.consent import links, wording
from penpal.consent.models import Giver, GuardianLink, How, Purpose
from penpal.consent.services import Origin
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from tests.cast import Cast

PAPER = Origin(Giver.GUARDIAN, How.PAPER)
SCREEN = Origin(Giver.STUDENT, How.ON_SCREEN)


def months_old(months: int) -> tuple[int, int]:
    """The birth year and month of someone whose birth month lies that many months back."""
    today = clock.today()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return year, month + 1


def make_as_old(cast: Cast, who: str, months: int) -> None:
    with transaction():
        person = cast.person(who)
        person.birth_year, person.birth_month = months_old(months)


def number_of(cast: Cast, who: str) -> str:
    person_id = cast.person(who).id
    return (
        session().query(Enrolment).filter_by(person_id=person_id, until=None).one().student_number
    )


def link_for(
    cast: Cast, settings: Settings, *purposes: Purpose, who: str = "xiaohe", by: str = "teacher_bj"
) -> tuple[GuardianLink, str]:
    """A link of a child and its code."""
    link = links.make(
        cast.person(who),
        purposes or (Purpose.PHOTOS, Purpose.VIDEO),
        settings=settings,
        by=cast.actor(by),
    )
    return link, links.code_of(link, settings=settings)


def answer(
    client: FlaskClient, code: str, number: str, said: dict[str, str], **changes: str
) -> TestResponse:
    fields = {
        "number": number,
        "version": wording.current().name,
        "name": "王秀英",
        "relation": "mother",
        "confirmed": "1",
        **{f"answer-{purpose}": word for purpose, word in said.items()},
    } | changes
    return client.post(f"/guardian/{code}/answers", data=fields)
