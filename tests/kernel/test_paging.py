"""Keyset pages: nothing twice, nothing left out, however the list grows in between."""

from __future__ import annotations

from penpal.kernel import paging
from penpal.kernel.db import transaction
from penpal.letters import queries
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from tests.cast import Cast


def write(cast: Cast, first: int, last: int) -> None:
    with transaction():
        for number in range(first, last):
            letters.send(
                cast.pair(),
                key=f"letter-{number:04}",
                body=f"第 {number} 封",
                envelope=Envelope.SEALED,
                by=cast.actor("xiaohe"),
            )


def sequences(cast: Cast, before: int | None) -> tuple[list[int | None], int | None]:
    page = queries.mailbox(cast.pair(), cast.actor("xiaomai"), before=before, size=5)
    return [row.sequence for row in page.rows], page.older


def test_a_page_knows_whether_another_one_follows() -> None:
    assert paging.cut([9, 8, 7], 2, key=lambda row: row) == paging.Page([9, 8], 8)
    assert paging.cut([9, 8], 2, key=lambda row: row) == paging.Page([9, 8], None)
    assert paging.cut([], 2, key=lambda row: row) == paging.Page([], None)


def test_pages_follow_each_other_without_a_gap(cast: Cast) -> None:
    write(cast, 0, 12)

    pages, before = [], None
    while True:
        found, before = sequences(cast, before)
        pages.append(found)
        if before is None:
            break

    assert pages == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3], [2, 1]]


def test_a_letter_that_comes_in_between_shifts_nothing(cast: Cast) -> None:
    write(cast, 0, 8)
    first, older = sequences(cast, None)
    write(cast, 8, 11)

    assert first == [8, 7, 6, 5, 4]
    assert sequences(cast, older) == ([3, 2, 1], None)
