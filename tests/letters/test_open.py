"""Opening: the recipient alone, and the sender sees that it was, never when."""

from __future__ import annotations

import pytest

from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.letters import services
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import save, send


def reloaded(letter: Letter) -> Letter:
    return session().get_one(Letter, letter.id)


def test_a_letter_comes_in_its_envelope_and_is_opened(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaomai = as_("xiaomai")

    envelope = xiaomai.get(f"/letters/{letter.id}").text
    opened = xiaomai.post(f"/letters/{letter.id}/opening")
    page = xiaomai.get(opened.location).text

    assert "拆信" in envelope
    assert "小麦收" in envelope
    assert "老槐树" not in envelope
    assert opened.location == f"/letters/{letter.id}"
    assert "老槐树" in page
    assert "小禾的第一封信" in page
    assert reloaded(letter).state is LetterState.OPENED
    assert [(entry.move, entry.actor_id) for entry in trail.of(letter)] == [
        ("send", cast.person("xiaohe").id),
        ("open", cast.person("xiaomai").id),
    ]


def test_an_unopened_letter_shows_no_word_of_it_anywhere(as_: SignedIn, cast: Cast) -> None:
    send(cast)
    xiaomai = as_("xiaomai")

    for address in ("/", "/letters"):
        assert "老槐树" not in xiaomai.get(address).text


def test_the_sender_sees_that_it_was_opened_and_no_time(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaohe = as_("xiaohe")
    before = xiaohe.get(f"/letters/{letter.id}").text

    as_("xiaomai").post(f"/letters/{letter.id}/opening")
    opened_at = clock.local(trail.of(letter)[-1].at)
    after = xiaohe.get(f"/letters/{letter.id}").text

    assert "信已经在小麦的信箱里" in before
    assert "小麦读过了" in after
    assert "小麦读过了" in xiaohe.get("/").text
    assert "小麦读过了" in xiaohe.get("/letters").text
    assert f"{opened_at:%H:%M:%S}" not in after
    assert not hasattr(Letter, "opened_at")


def test_opening_again_changes_nothing(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaomai = as_("xiaomai")

    for _ in range(3):
        assert xiaomai.post(f"/letters/{letter.id}/opening").status_code == 302

    assert [entry.move for entry in trail.of(letter)] == ["send", "open"]


def test_the_author_reads_without_opening(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaohe = as_("xiaohe")

    page = xiaohe.get(f"/letters/{letter.id}").text
    xiaohe.post(f"/letters/{letter.id}/opening")

    assert "老槐树" in page
    assert reloaded(letter).state is LetterState.DELIVERED


@pytest.mark.parametrize(
    "who",
    [
        "xiaolin",
        "xiaoyuan",
        "teacher_bj",
        "teacher_ht",
        "secretary_bj",
        "secretary_ht",
        "county_bj",
        "editor",
    ],
)
def test_nobody_else_opens_or_reads_a_sealed_letter(as_: SignedIn, cast: Cast, who: str) -> None:
    letter = send(cast)
    outsider = as_(who)

    # Refused alike whether it exists or not: an answer never tells that there is a letter.
    for method, address in (("GET", "/letters/{}"), ("POST", "/letters/{}/opening")):
        there = outsider.open(address.format(letter.id), method=method)
        nowhere = outsider.open(address.format(999_999), method=method)
        assert there.status_code == nowhere.status_code
        assert there.status_code in (403, 404)
    services.open_(letter, by=cast.actor(who))

    assert reloaded(letter).state is LetterState.DELIVERED


def test_a_draft_cannot_be_opened_by_the_partner(as_: SignedIn, cast: Cast) -> None:
    draft = save(cast).letter

    assert as_("xiaomai").post(f"/letters/{draft.id}/opening").status_code == 404
    assert reloaded(draft).is_draft


def test_a_letter_tells_the_navigation_that_it_waits(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)
    xiaomai = as_("xiaomai")

    waiting = xiaomai.get("/account").text
    xiaomai.post(f"/letters/{letter.id}/opening")

    assert "1 件新的" in waiting
    assert "件新的" not in xiaomai.get("/account").text
