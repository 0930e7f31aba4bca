"""One's own letters for the printer: what one wrote and what one opened, and nobody else's."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from penpal.kernel.db import session
from penpal.letters import printing, services, typesetting
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save, send


def shown(browser: FlaskClient, address: str) -> str:
    """The words of a page: drawing on squares puts marks between them."""
    return re.sub(r"<[^>]*>", "", browser.get(address).text)


def test_both_members_print_a_letter_that_was_opened(cast: Cast, as_: SignedIn) -> None:
    letter = send(cast)
    services.open_(letter, by=cast.actor("xiaomai"))

    for who in ("xiaohe", "xiaomai"):
        page = as_(who).get(f"/letters/{letter.id}/print")

        assert page.status_code == 200
        assert "老槐树" in page.text


def test_a_letter_comes_as_a_file_under_a_readable_name(cast: Cast, as_: SignedIn) -> None:
    letter = send(cast)

    answer = as_("xiaohe").get(f"/letters/{letter.id}/print.pdf?way=columns&size=large")

    assert answer.data.startswith(b"%PDF")
    assert "filename*=UTF-8''%E5%B0%8F%E7%A6%BE" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_press_is_asked_once_the_connection_is_back_and_once_for_a_person(
    cast: Cast, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = send(cast)
    busy: list[tuple[bool, int]] = []
    browser, other = as_("xiaohe"), as_("xiaohe")

    def pdf(*_given: object, **_more: object) -> bytes:
        held = session().in_transaction()
        busy.append((held, other.get(f"/letters/{letter.id}/print.pdf").status_code))
        return b"%PDF"

    monkeypatch.setattr(typesetting, "pdf", pdf)
    browser.get(f"/letters/{letter.id}/print.pdf")
    browser.get("/letters/print.pdf")

    assert busy == [(False, 429), (False, 429)]


@pytest.mark.parametrize("ending", ["print", "print.pdf"])
def test_outsiders_and_staff_print_nothing(cast: Cast, as_: SignedIn, ending: str) -> None:
    letter = send(cast)
    services.open_(letter, by=cast.actor("xiaomai"))

    for who in ("xiaolin", "xiaoyuan"):
        assert as_(who).get(f"/letters/{letter.id}/{ending}").status_code == 404
    for who in ("teacher_bj", "teacher_ht", "secretary_ht"):
        assert as_(who).get(f"/letters/{letter.id}/{ending}").status_code in (403, 404)


def test_an_unopened_letter_and_a_draft_are_not_printed(cast: Cast, as_: SignedIn) -> None:
    unopened = send(cast)
    draft = save(cast, key="key-of-a-draft", body="还没有写完").letter

    assert as_("xiaomai").get(f"/letters/{unopened.id}/print").status_code == 403
    assert as_("xiaohe").get(f"/letters/{draft.id}/print").status_code == 403


def test_the_correspondence_holds_what_one_may_print_in_order(cast: Cast, as_: SignedIn) -> None:
    first, second, third = exchange(cast, 3)
    services.open_(first, by=cast.actor("xiaomai"))
    save(cast, key="key-of-a-draft", body="还没有写完")

    xiaohe = shown(as_("xiaohe"), "/letters/print")
    xiaomai = shown(as_("xiaomai"), f"/letters/print?pair={cast.pair().id}&way=columns")

    assert xiaohe.index("顺序是001号") < xiaohe.index("顺序是003号")
    assert "顺序是002号" not in xiaohe
    assert "还没有写完" not in xiaohe
    assert "小禾和小麦的信" in xiaohe
    assert "001" in xiaomai
    assert "002" in xiaomai
    assert "003" not in xiaomai
    assert second.id != third.id


def test_the_correspondence_comes_as_a_file(cast: Cast, as_: SignedIn) -> None:
    assert as_("xiaohe").get("/letters/print.pdf").status_code == 404
    exchange(cast, 2)

    assert as_("xiaohe").get("/letters/print.pdf").data.startswith(b"%PDF")


def test_nobody_prints_the_letters_of_another_pair(cast: Cast, as_: SignedIn) -> None:
    exchange(cast, 2)

    for who in ("xiaolin", "xiaoyuan"):
        assert as_(who).get(f"/letters/print?pair={cast.pair().id}").status_code == 404
        assert as_(who).get("/letters/print").status_code == 404
    assert as_("teacher_bj").get(f"/letters/print?pair={cast.pair().id}").status_code == 403


def test_many_letters_come_in_parts(
    cast: Cast, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = exchange(cast, 5)
    for letter in letters:
        services.open_(letter, by=cast.actor("xiaohe"))
    monkeypatch.setattr(typesetting, "MOST_LETTERS", 2)

    parts = printing.parts(cast.pair().id, cast.actor("xiaohe"))
    page = shown(as_("xiaohe"), "/letters/print?part=2")

    assert parts == [
        [letters[0].id, letters[1].id],
        [letters[2].id, letters[3].id],
        [letters[4].id],
    ]
    assert "顺序是003号" in page
    assert "顺序是001号" not in page
    assert as_("xiaohe").get("/letters/print?part=4").status_code == 404


def test_the_letter_and_the_mailbox_lead_to_their_prints(cast: Cast, as_: SignedIn) -> None:
    letter = send(cast)

    assert f"/letters/{letter.id}/print" in as_("xiaohe").get(f"/letters/{letter.id}").text
    assert f"/letters/print?pair={cast.pair().id}" in as_("xiaohe").get("/letters").text


def test_a_letter_in_uyghur_says_that_it_stays_in_rows(cast: Cast, as_: SignedIn) -> None:
    letter = send(cast, body="مەن خوتەندە ئولتۇرىمەن")

    assert "不能竖排" in as_("xiaohe").get(f"/letters/{letter.id}/print?way=columns").text
