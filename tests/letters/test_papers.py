"""Paper and hand: chosen by the writer, kept with the letter, shown to the reader."""

from __future__ import annotations

import pytest

from penpal.kernel.db import session
from penpal.letters import queries, services
from penpal.letters.models import Envelope, Hand, Letter, Paper
from penpal.letters.paper import FIRST_SHEET, Stationery
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY, composed, save, send

GRID = Stationery(Paper.GRID, Hand.SONG, lunar=True)
CHOSEN = {"paper": "grid", "hand": "song", "lunar": "1"}


def stationery(letter: Letter) -> Stationery:
    session().refresh(letter)
    return Stationery(letter.paper, letter.hand, letter.lunar)


def write(cast: Cast, **changes: object) -> Letter:
    words = {"key": KEY, "body": BODY, "envelope": Envelope.SEALED, "stationery": GRID} | changes
    return services.send(cast.pair(), **words, by=cast.actor("xiaohe"))  # type: ignore[arg-type]


def test_the_choice_is_sent_with_the_letter(cast: Cast) -> None:
    assert stationery(write(cast)) == GRID
    assert stationery(send(cast, key="another-letter")) == FIRST_SHEET


def test_a_letter_that_was_sent_keeps_its_paper_when_it_is_sent_again(cast: Cast) -> None:
    first = write(cast)

    again = write(cast, stationery=Stationery(Paper.RED))

    assert again.id == first.id
    assert stationery(first) == GRID


def test_the_composer_keeps_the_choice_while_one_types(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    xiaohe.put(f"/letters/drafts/{KEY}", data=composed() | CHOSEN)
    draft = queries.of_key(cast.person("xiaohe").id, KEY)
    assert draft is not None
    page = xiaohe.get(f"/letters/{draft.id}/edit").text

    assert stationery(draft) == GRID
    for choice in ("paper-grid", "hand-song", "lunar"):
        assert "checked" in page.split(f'id="{choice}"')[1].split(">")[0]
    assert 'data-paper="grid" data-hand="song"' in page


def test_the_form_alone_sends_the_choice_and_the_reader_sees_it(as_: SignedIn, cast: Cast) -> None:
    sent = as_("xiaohe").post("/letters", data=composed() | CHOSEN | {"action": "send"})
    xiaomai = as_("xiaomai")
    xiaomai.post(f"{sent.location}/opening")
    page = xiaomai.get(sent.location).text

    assert '<article class="letter" data-paper="grid" data-hand="song"' in page
    assert "<time datetime=" in page
    assert "年" in page.split("data-lunar>")[1].split("<")[0]


def test_the_chinese_date_shows_only_where_the_writer_wants_it(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast)

    assert "data-lunar" not in as_("xiaohe").get(f"/letters/{letter.id}").text


@pytest.mark.parametrize("field", ["paper", "hand", "lunar"])
def test_a_choice_that_there_is_not_loses_no_words(as_: SignedIn, cast: Cast, field: str) -> None:
    as_("xiaohe").put(f"/letters/drafts/{KEY}", data=composed() | {field: "purple"})

    draft = queries.of_key(cast.person("xiaohe").id, KEY)
    assert draft is not None
    assert draft.body == BODY
    assert stationery(draft) == FIRST_SHEET


def test_a_new_sheet_is_like_the_writers_last_one_and_nobody_elses(
    as_: SignedIn, cast: Cast
) -> None:
    write(cast)

    mine = as_("xiaohe").get("/letters/new?another=1").text
    theirs = as_("xiaomai").get("/letters/new?another=1").text

    assert 'data-paper="grid" data-hand="song"' in mine
    assert 'data-paper="green" data-hand="kai"' in theirs
    assert queries.last_stationery(cast.actor("xiaohe")) == GRID


def test_a_teacher_reads_a_postcard_on_the_writers_paper(as_: SignedIn, cast: Cast) -> None:
    letter = write(cast, envelope=Envelope.OPEN)

    page = as_("teacher_bj").get(f"/letters/{letter.id}").text

    assert 'data-paper="grid" data-hand="song"' in page


def test_the_signature_of_a_uyghur_letter_is_not_cut_into_squares(
    as_: SignedIn, cast: Cast
) -> None:
    save(cast)
    letter = write(cast, key="uyghur-letter", body="ياخشىمۇسىز\n\nمەن ياخشى.\n\nئايگۈل")

    page = as_("xiaohe").get(f"/letters/{letter.id}").text

    assert '<p class="letter__sign">ئايگۈل</p>' in page
