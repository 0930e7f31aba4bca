"""What two did together: a month of it, and their year, for the two alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from penpal.desk import looking_back
from penpal.kernel import clock
from penpal.kernel.db import transaction
from penpal.twinning import services as twinning
from penpal.twinning import steps, timeline
from penpal.twinning.queries import card_of
from penpal.twinning.steps import Rank
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save, send


def test_a_month_holds_its_own_lines_on_pages_each_once(as_: SignedIn, cast: Cast) -> None:
    letters = exchange(cast, 65)
    with transaction():
        letters[0].delivered_at = clock.now() - timedelta(days=70)
    xiaohe, address = as_("xiaohe"), f"/us/{clock.today():%Y-%m}"

    first = xiaohe.get(address).text
    older = first.split(f"{address}?before=")[1].split('"')[0]
    second = xiaohe.get(f"{address}?before={older}").text

    assert (first.count('class="thread__i'), second.count('class="thread__i')) == (60, 4)
    earlier = clock.local(letters[0].delivered_at or clock.now())
    assert f"/us/{earlier:%Y-%m}" in first
    assert xiaohe.get(f"/us/{earlier:%Y-%m}").text.count('class="thread__i') == 1
    assert "这个月没有来往" in xiaohe.get("/us/2020-01").text
    for odd in ("/us/2020-13", "/us/x", "/us/1999-01"):
        assert xiaohe.get(odd).status_code == 404
    for odd in ("x", "99999999999999999999-letter-1", "999999999999999999-letter-1"):
        assert xiaohe.get(f"{address}?before={odd}").status_code == 200


def test_pages_end_between_lines_of_one_moment(app: Flask, cast: Cast) -> None:
    letters = exchange(cast, 9)
    with transaction():
        for letter in letters:
            letter.delivered_at = letters[0].delivered_at
    card = card_of(cast.actor("xiaohe"))
    assert card is not None
    seen: list[int] = []
    before = None

    with app.test_request_context():
        while True:
            page = timeline.page(card, size=2, before=before)
            seen += [line.id for line in page.lines]
            before = page.last
            if before is None:
                break

    assert seen == sorted((letter.id for letter in letters), reverse=True)


def test_what_is_not_opened_shows_no_words_to_its_reader_anywhere(
    as_: SignedIn, cast: Cast
) -> None:
    send(cast)

    for address in ("/", f"/us/{clock.today():%Y-%m}", "/us/year"):
        assert "老槐树" not in as_("xiaomai").get(address).text
    assert "老槐树" in as_("xiaohe").get("/").text
    # Our year is one page for both: what only one of them has read is not on it.
    assert "老槐树" not in as_("xiaohe").get("/us/year").text


def test_our_year_begins_with_the_first_letters_and_how_far_they_went(
    as_: SignedIn, cast: Cast
) -> None:
    first, second = exchange(cast, 2)
    as_("xiaomai").post(f"/letters/{first.id}/opening")
    as_("xiaohe").post(f"/letters/{second.id}/opening")

    for who in ("xiaohe", "xiaomai"):
        page = as_(who).get("/us/year").text
        assert "来往 2 封信" in page
        assert "一共走了 6,3" in page
        assert "顺序是001号" in page
        assert "顺序是002号" in page


def test_nobody_else_opens_what_belongs_to_two(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    pair = cast.pair().id

    for who in ("teacher_bj", "teacher_ht", "secretary_bj", "county_bj", "editor"):
        for address in ("/us/year", f"/us/{clock.today():%Y-%m}", f"/us/year?pair={pair}"):
            assert as_(who).get(address).status_code == 403, (who, address)
    for who in ("xiaolin", "xiaoyuan"):
        assert as_(who).get("/us/year").status_code == 404
        assert as_(who).get(f"/us/year?pair={pair}").status_code == 404


def test_a_pair_that_ended_keeps_its_year(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    pair = cast.pair().id
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    xiaohe = as_("xiaohe")

    assert f"/us/year?pair={pair}" in xiaohe.get(f"/letters?pair={pair}").text
    assert "来往 1 封信" in xiaohe.get(f"/us/year?pair={pair}").text
    assert xiaohe.get("/us/year").status_code == 404


@pytest.mark.parametrize(
    ("day", "is_time"),
    [
        (date(2027, 1, 1), True),
        (date(2027, 2, 21), False),
        (date(2027, 6, 20), True),
        (date(2026, 10, 10), False),
    ],
)
def test_a_term_ends_twice_a_year(
    day: date, is_time: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: day)

    assert looking_back.is_time(()) is is_time


def test_what_is_next_follows_from_what_there_is(app: Flask, cast: Cast) -> None:
    def rank(who: str) -> Rank:
        card = card_of(cast.actor(who))
        assert card is not None
        with app.test_request_context():
            step = steps.ahead(card).step
        assert step is not None
        return step.rank

    assert rank("xiaohe") is Rank.FIRST
    save(cast)
    assert rank("xiaohe") is Rank.DRAFT
    letter = send(cast, revision=1)
    assert (rank("xiaohe"), rank("xiaomai")) == (Rank.ON_ITS_WAY, Rank.UNOPENED)
    with transaction():
        letter.delivered_at = clock.now() - timedelta(days=9)
    assert rank("xiaohe") is Rank.IDEA
