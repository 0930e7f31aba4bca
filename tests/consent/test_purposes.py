"""Each purpose for itself: whose yes it takes at which age, in SQL as on the page."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.consent import ledger, queries, services
from penpal.consent.models import Giver, Purpose
from penpal.consent.needs import NEEDS, needed
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from tests.cast import Cast
from tests.consent.asking import PAPER, SCREEN, make_as_old

LATER = [purpose for purpose in Purpose if purpose is not Purpose.TAKING_PART]
WHO_SAID_YES = list(chain.from_iterable(combinations((PAPER, SCREEN), count) for count in range(3)))


@pytest.mark.parametrize(
    ("purpose", "age", "givers"),
    [
        (Purpose.TAKING_PART, None, {Giver.GUARDIAN}),
        (Purpose.TAKING_PART, 13, {Giver.GUARDIAN}),
        (Purpose.TAKING_PART, 14, {Giver.STUDENT}),
        *((purpose, None, {Giver.GUARDIAN, Giver.STUDENT}) for purpose in LATER),
        *((purpose, 17, {Giver.GUARDIAN, Giver.STUDENT}) for purpose in LATER),
        *((purpose, 18, {Giver.STUDENT}) for purpose in LATER),
    ],
)
def test_whose_yes_is_needed(purpose: Purpose, age: int | None, givers: set[Giver]) -> None:
    assert needed(purpose, age) == givers


def test_every_band_names_its_source() -> None:
    assert set(NEEDS) == set(Purpose)
    for bands in NEEDS.values():
        assert all(band.source for band in bands)
        assert [band.under is None for band in bands] == [False] * (len(bands) - 1) + [True]


@pytest.mark.parametrize("purpose", [Purpose.TAKING_PART, Purpose.PHOTOS])
@pytest.mark.parametrize("months", [13 * 12, 14 * 12, 14 * 12 + 1, 18 * 12, 18 * 12 + 1])
def test_the_database_and_the_page_agree(cast: Cast, purpose: Purpose, months: int) -> None:
    xiaoman = cast.person("xiaoman").id
    make_as_old(cast, "xiaoman", months)
    for said in WHO_SAID_YES:
        with transaction():
            for giver in Giver:
                services.end_yes(xiaoman, purpose, [giver])
            for origin in said:
                services.say_yes([xiaoman], purpose, origin, by=SYSTEM)

        state = ledger.of_person(cast.person("xiaoman"))[purpose]

        expected = needed(purpose, (months - 1) // 12) <= {origin.giver for origin in said}
        assert queries.has(xiaoman, purpose) is state.complete is expected, (months, said)


def test_many_are_asked_about_in_one_query(cast: Cast) -> None:
    services.record_signatures(
        [cast.person("xiaohe"), cast.person("xiaolin")],
        purposes=[Purpose.PHOTOS],
        by=cast.actor("teacher_bj"),
    )
    services.agree(purpose=Purpose.PHOTOS, by=cast.actor("xiaohe"))

    found = session().scalars(
        sa.select(Person.login_name).where(queries.holds(Person, Purpose.PHOTOS))
    )

    assert list(found) == ["xiaohe"]


@pytest.mark.parametrize("purpose", LATER)
def test_a_no_to_one_blocks_no_other(cast: Cast, purpose: Purpose) -> None:
    xiaohe = cast.person("xiaohe")
    services.record_signatures([xiaohe], purposes=LATER, by=cast.actor("teacher_bj"))
    for one in LATER:
        services.agree(purpose=one, by=cast.actor("xiaohe"))

    services.refuse(purpose, by=cast.actor("xiaohe"))

    held = {one for one in Purpose if queries.has(xiaohe.id, one)}
    assert held == set(Purpose) - {purpose}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), "both"),
        ((PAPER,), "student"),
        ((SCREEN,), "guardian"),
        ((PAPER, SCREEN), "yes"),
    ],
)
def test_the_table_says_whose_answer_is_missing(
    cast: Cast, said: tuple[services.Origin, ...], expected: str
) -> None:
    xiaohe = cast.person("xiaohe")
    for origin in said:
        services.say_yes([xiaohe.id], Purpose.CAMP, origin, by=SYSTEM)

    assert ledger.of_person(xiaohe)[Purpose.CAMP].sums_up_to == expected
