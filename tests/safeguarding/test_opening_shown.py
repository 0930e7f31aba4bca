"""What staff opened of a book or of a thing done together is told on its own page, within the rules of delay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.activities import services as activities
from penpal.kernel import clock
from penpal.safeguarding import openings
from penpal.safeguarding.opening_models import Opening
from penpal.safeguarding.openings import Why
from tests.activities import doing
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading import sharing
from tests.safeguarding.opening import DELAYED, REASON, TOLD, WHY, agreed, at


def opened(cast: Cast, kind: str, number: int, why: Why = WHY) -> Opening:
    mai = cast.person("xiaomai")
    teacher = cast.actor("teacher_ht")
    (asked,) = openings.in_emergency(mai, [(kind, number)], why, danger=mai.id, by=teacher)
    return agreed(cast, asked)


def test_the_page_of_a_book_tells_that_something_of_it_was_opened(
    cast: Cast, as_: SignedIn
) -> None:
    book = sharing.agreed(cast)
    note = sharing.noted(cast, book, "xiaomai", 4)
    here = f"/books/{book.id}"
    before = as_("xiaomai").get(here).text

    opened(cast, "reading_note", note.id)

    mai = as_("xiaomai").get(here).text
    assert TOLD not in before
    assert TOLD in mai
    assert "打开了“小麦在《昆虫记》里写的一条”。" in mai
    assert REASON not in mai
    # What he has not come to is not told of in his book.
    assert TOLD not in as_("xiaohe").get(here).text
    sharing.read(cast, book, "xiaohe", 4)
    he = as_("xiaohe").get(here).text
    assert "负责孩子安全的老师打开了“小麦在《昆虫记》里写的一条”。" in he
    assert "“小麦在《昆虫记》里写的一条”" in as_("xiaomai").get("/letters/readers").text


@pytest.mark.parametrize("kind", ["activity", "activity_word", "activity_record"])
def test_the_page_of_a_thing_done_together_tells_it_too(
    cast: Cast, as_: SignedIn, kind: str
) -> None:
    activity = doing.propose(cast) if kind == "activity" else doing.agreed(cast)
    number = activity.id
    if kind == "activity_word":
        line = activities.talk(
            activity, key="key-of-the-line", words="周五好吗？", by=cast.actor("xiaomai")
        )
        number = line.id
    elif kind == "activity_record":
        number = doing.finish(cast, activity, "xiaomai").id
    opened(cast, kind, number)

    page = as_("xiaomai").get(f"/together/{activity.id}").text

    assert TOLD in page
    assert "打开了“小麦" in page


def test_it_is_not_told_before_its_day(
    cast: Cast, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = sharing.agreed(cast)
    note = sharing.noted(cast, book, "xiaomai", 2)
    mai = as_("xiaomai")

    opened(cast, "reading_note", note.id, DELAYED)

    assert TOLD not in mai.get(f"/books/{book.id}").text
    at(monkeypatch, clock.now() + timedelta(days=10))
    assert TOLD in as_("xiaomai").get(f"/books/{book.id}").text
