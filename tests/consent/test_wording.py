"""The words are data: each version whole in each language, and a new one can make an old yes insufficient."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from penpal.accounts import snapshots
from penpal.consent import ledger, queries, services, wording
from penpal.consent.models import Purpose
from penpal.kernel import clock
from tests.cast import Cast
from tests.conftest import SignedIn


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """A copy of the words in which a test may write; the shipped ones come back afterwards."""
    folder = tmp_path / "wording"
    shutil.copytree(wording.SHIPPED, folder)
    yield folder
    wording.use(wording.SHIPPED)
    snapshots.decide_taking_part(queries.takes_part)


def publish(shelf: Path, name: str, since: date, **ask_again: date) -> None:
    """A newer version, as an operator's update would bring it; the day's snapshots are made anew."""
    shutil.copytree(shelf / "2026-09", shelf / name)
    asking = ", ".join(f"{purpose} = {day}" for purpose, day in ask_again.items())
    with (shelf / "versions.toml").open("a") as listed:
        listed.write(
            f'\n[[versions]]\nname = "{name}"\nsince = {since}\nask_again = {{ {asking} }}\n'
        )
    wording.use(shelf)
    snapshots.decide_taking_part(queries.takes_part)


def test_every_version_is_whole_in_every_language() -> None:
    first = wording.current().name
    languages = wording.languages(first)

    assert next(iter(languages)) == wording.CHINESE
    assert wording.ENGLISH in languages
    labels = set(languages[wording.CHINESE].labels)
    for language in languages.values():
        assert set(language.labels) == labels, language.code
        assert set(language.purposes) == set(Purpose)
        for purpose, words in language.purposes.items():
            said = (words.short, words.title, words.if_no, words.if_not)
            assert all([*said, *words.guardian, *words.student]), (language.code, purpose)
            chinese = languages[wording.CHINESE].purposes[purpose]
            assert len(words.guardian) == len(chinese.guardian)


def test_a_row_names_the_version_it_was_given_for(cast: Cast, shelf: Path) -> None:
    services.agree(purpose=Purpose.CAMP, by=cast.actor("xiaohe"))
    publish(shelf, "2027-01", clock.today())
    services.agree(purpose=Purpose.VIDEO, by=cast.actor("xiaohe"))

    given = {row.purpose: row.wording for row in queries.of(cast.person("xiaohe").id)}

    assert (given[Purpose.CAMP], given[Purpose.VIDEO]) == ("2026-09", "2027-01")


def test_a_version_of_tomorrow_is_not_shown_today(shelf: Path) -> None:
    publish(shelf, "2099-01", clock.today() + timedelta(days=1))

    assert wording.current().name == "2026-09"


def test_new_words_alone_leave_the_old_yes_good(as_: SignedIn, cast: Cast, shelf: Path) -> None:
    publish(shelf, "2027-01", clock.today())

    assert as_("xiaohe").get("/letters").status_code == 200


def test_words_that_ask_again_end_the_old_yes_from_their_day_on(
    as_: SignedIn, cast: Cast, shelf: Path
) -> None:
    today, xiaohe = clock.today(), as_("xiaohe")

    publish(shelf, "2027-01", today, taking_part=today + timedelta(days=1))
    before = xiaohe.get("/letters").status_code
    publish(shelf, "2027-02", today, taking_part=today)
    after = xiaohe.get("/letters")

    assert before == 200
    assert after.location == "/welcome"
    assert "要请家长再看一遍" in xiaohe.get("/welcome").text
    state = ledger.of_person(cast.person("xiaohe"))[Purpose.TAKING_PART]
    assert state.sums_up_to == "again"


def test_the_new_yes_takes_the_place_of_the_old(as_: SignedIn, cast: Cast, shelf: Path) -> None:
    xiaohe = cast.person("xiaohe")
    publish(shelf, "2027-01", clock.today(), taking_part=clock.today())

    recorded = services.record_signatures([xiaohe], by=cast.actor("teacher_bj"))

    assert recorded == 1
    assert cast.actor("xiaohe").takes_part
    newest, oldest = queries.of(xiaohe.id)
    assert (newest.wording, newest.withdrawn_at) == ("2027-01", None)
    assert oldest.withdrawn_at


def test_asking_again_for_one_purpose_leaves_the_others(cast: Cast, shelf: Path) -> None:
    publish(shelf, "2027-01", clock.today(), photos=clock.today())

    assert wording.outdated(Purpose.PHOTOS, clock.today()) == ["2026-09"]
    assert wording.outdated(Purpose.TAKING_PART, clock.today()) == []
    assert cast.actor("xiaohe").takes_part


def test_what_one_said_yes_to_can_be_read_again(as_: SignedIn, cast: Cast, shelf: Path) -> None:
    services.agree(purpose=Purpose.CAMP, by=cast.actor("xiaohe"))
    publish(shelf, "2027-01", clock.today())

    page = as_("xiaohe").get("/consent").text

    assert "2026-09 版是这样说的" in page
