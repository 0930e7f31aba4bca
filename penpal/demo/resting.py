"""When the demo's schools rest and chat: some whenever one comes to look, some for an hour after school."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from penpal.accounts.models import Enrolment, Person
from penpal.kernel.db import session
from penpal.places.hours_models import DAY, SchoolHours
from penpal.places.models import Unit
from penpal.places.rest import Day
from penpal.twinning.models import Pair

ALWAYS = ("demo-huaiyin", "demo-baiyang")
"""The schools of 小禾 and 小麦: whoever tries it may come at midnight."""
NARROW = "demo-haihe"
_FAR_WEST = "demo-shazao"
LOGIN = "xiaotang"
"""A student for whom chat is closed at most hours."""


def lay(schools: Mapping[str, Unit]) -> None:
    """Two schools without any bounds, and two on different clocks with an hour in common."""
    for code in ALWAYS:
        session().add(
            SchoolHours(
                school_id=schools[code].id,
                quiet_from=0,
                quiet_until=0,
                chat_on=True,
                chat=[[kind.value, 0, DAY] for kind in Day],
            )
        )
    schools[_FAR_WEST].time_zone = "Asia/Urumqi"
    for code, begins in ((NARROW, 17 * 60 + 30), (_FAR_WEST, 15 * 60 + 30)):
        session().add(
            SchoolHours(
                school_id=schools[code].id,
                quiet_from=21 * 60 + 30,
                quiet_until=6 * 60 + 30,
                chat_on=True,
                chat=[[Day.SCHOOL.value, begins, begins + 60]],
            )
        )
    session().flush()
    _let_one_in(schools[NARROW])


def _let_one_in(school: Unit) -> None:
    """The first student there who has a partner gets a name to sign in with."""
    student = session().scalars(
        sa.select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Pair, Pair.supporting_student_id == Person.id)
        .where(Enrolment.school_id == school.id, Person.activated_at.is_not(None))
        .order_by(Pair.id)
        .limit(1)
    )
    student.one().login_name = LOGIN
