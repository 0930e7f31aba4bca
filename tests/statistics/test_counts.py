"""Counting schools: what stands there is what is so, a count can run twice, and few see it."""

from __future__ import annotations

import pytest

from penpal.consent import services as consent
from penpal.kernel import access, clock, jobs
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from penpal.statistics import queries, services
from penpal.statistics.models import SchoolCount
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.desk.test_overview import fill


def counts(cast: Cast, code: str = "bj-school") -> queries.Counted:
    found = session().get_one(SchoolCount, cast.unit(code).id)
    return queries.Counted(found.students, found.taking_part, found.paired)


def test_a_school_is_counted_as_it_is(cast: Cast) -> None:
    jobs.run("statistics.count_schools")

    assert counts(cast) == (4, 3, 1)
    assert counts(cast, "ht-school") == (2, 2, 1)
    assert counts(cast, "tj-school") == (1, 1, 0)
    assert queries.count_now([cast.unit("bj-school").id, 999_999]) == {
        cast.unit("bj-school").id: (4, 3, 1),
        999_999: (0, 0, 0),
    }


def test_counting_again_tells_what_changed_and_nothing_twice(cast: Cast) -> None:
    services.count_schools()
    consent.withdraw(cast.person("xiaohe"), by=cast.actor("xiaohe"))

    services.count_schools()

    assert counts(cast) == (4, 2, 1)
    assert session().query(SchoolCount).count() == 3


def test_the_page_adds_up_what_was_counted_and_says_when(as_: SignedIn, cast: Cast) -> None:
    fill("bj-class", 10)
    before = as_("county_bj").get("/").text
    services.count_schools()
    fill("bj-class", 10, first=10)

    page = as_("county_bj").get("/").text

    assert ">14<" in before
    assert "每小时数一次" not in before
    assert ">14<" in page
    assert f"每小时数一次，这是{clock.today().month}月" in page


@pytest.mark.parametrize(
    ("who", "schools"),
    [
        ("county_bj", {"bj-school"}),
        ("secretary_bj", {"bj-school"}),
        ("secretary_ht", {"ht-school"}),
        ("teacher_bj", set()),
        ("editor", set()),
        ("xiaohe", set()),
    ],
)
def test_figures_are_for_those_who_lead_the_school(cast: Cast, who: str, schools: set[str]) -> None:
    services.count_schools()

    seen = session().scalars(access.visible(SchoolCount, cast.actor(who)))

    assert {row.school_id for row in seen} == {cast.unit(code).id for code in schools}
    assert len(session().scalars(access.visible(SchoolCount, SYSTEM)).all()) == 3
