"""Letters set by the press: every word as it was written, each script shaped, nothing taken for a command."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from pypdf import PdfReader

from penpal.kernel import html
from penpal.kernel import press as presswork
from penpal.kernel.errors import PenpalError, TooMany
from penpal.kernel.press import Press
from penpal.letters import columns, typesetting
from penpal.letters.models import Hand, Letter, Paper
from penpal.letters.typesetting import Choices, Correspondent, Slip, TitlePage, Way

HE = Correspondent("小禾", "北京", "北京", "beijing")
UYGHUR = "مەن خوتەندە ئولتۇرىمەن، مەكتىپىمىز چىرايلىق."
TIBETAN = "བཀྲ་ཤིས་བདེ་ལེགས།"
MONGOLIAN = "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ"
COMMANDS = (
    '#set page(width: 1cm) #read("letters.typ") $x^2$ *b* _i_ `c` \\u{41} @a <b> [[d]] // e /* f */'
)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A request in Chinese: the press needs no database."""
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans")
    with app.test_request_context("/"):
        yield


def letter(body: str, paper: Paper = Paper.GREEN, hand: Hand = Hand.KAI) -> Letter:
    return Letter(
        body=body,
        body_html=html.plain(body),
        direction=html.direction(body),
        number=4,
        paper=paper,
        hand=hand,
        lunar=False,
        delivered_at=datetime(2026, 11, 16, 4, tzinfo=UTC),
    )


def read(*letters: Letter, way: Way = Way.ROWS, **more: object) -> PdfReader:
    choices = Choices(way)
    described = [typesetting.described(found, HE, "小麦", choices) for found in letters]
    return PdfReader(io.BytesIO(typesetting.pdf("信", described, choices, **more)))  # type: ignore[arg-type]


def words(found: PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in found.pages))


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("way", list(Way))
def test_what_looks_like_a_command_is_printed_as_it_was_written(paper: Paper, way: Way) -> None:
    found = read(letter(f"小麦：\n\n{COMMANDS}", paper), way=way)

    assert len(found.pages) == 1
    assert re.sub(r"\s", "", COMMANDS) in words(found)


def test_every_script_of_a_letter_has_a_face() -> None:
    faces = {
        str(face["/BaseFont"]).split("+")[-1]  # type: ignore[index]
        for face in _faces(read(letter(f"字\n\n{UYGHUR}\n\n{TIBETAN}\n\n{MONGOLIAN}\n\n😀")))
    }

    assert {"LXGWWenKai", "NotoNaskhArabic", "NotoSerifTibetan", "NotoSansMongolian"} <= {
        face.split("-")[0] for face in faces
    }


def _faces(found: PdfReader) -> list[object]:
    fonts = found.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    return [font.get_object() for font in fonts.values()]


def test_a_paragraph_in_uyghur_runs_from_the_right_in_a_chinese_letter() -> None:
    described = typesetting.described(letter(f"小麦：\n\n{UYGHUR}"), HE, "小麦", Choices())

    assert [part["rtl"] for part in described["paragraphs"]] == [False, True]
    assert not described["rtl"]


def test_letters_that_join_stay_in_rows() -> None:
    assert not columns.can_stand(UYGHUR)
    assert not columns.can_stand(TIBETAN)
    assert not columns.can_stand(MONGOLIAN)

    found = typesetting.described(letter(f"小麦：\n\n{UYGHUR}"), HE, "小麦", Choices(Way.COLUMNS))

    assert found["columns"] is None


def test_the_file_says_its_title_and_nothing_about_people() -> None:
    found = read(letter("小麦：\n\n你好！"))

    assert found.metadata is not None
    assert found.metadata.title == "信"
    assert found.metadata.author is None
    assert found.metadata.creation_date is None


def test_a_correspondence_begins_with_its_title_page() -> None:
    title = TitlePage("小禾和小麦的信", "北京 · 和田", "2026年9月1日", "2 封信")

    found = read(letter("一"), letter("二"), title_page=title)

    assert len(found.pages) == 3
    assert "小禾和小麦的信" in found.pages[0].extract_text()


def test_each_letter_of_a_batch_has_a_cover_and_begins_on_the_front_of_a_sheet() -> None:
    slip = Slip("麦小麦", "八年级(2)班", "007", "https://penpal.example/letters/7")
    long = letter("长" * 1500)
    described = [
        typesetting.described(found, HE, "小麦", Choices(), slip=slip)
        for found in (long, letter("短"))
    ]

    found = PdfReader(io.BytesIO(typesetting.pdf("信", described, Choices(), duplex=True)))
    texts = [re.sub(r"\s", "", page.extract_text()) for page in found.pages]
    covers = [place for place, text in enumerate(texts) if "麦小麦" in text]

    assert len(covers) == 2
    assert all(place % 2 == 0 for place in covers)
    assert "007" in texts[0]
    assert "长长长" not in texts[0]
    assert "长长长" in texts[1]


def test_stops_hang_and_brackets_stay_with_their_words() -> None:
    found = columns.set_down(["天地玄黄，宇宙洪《荒》"], [], rows=4)

    assert ["".join(cell.text for cell in column.cells) for column in found] == [
        "天地玄黄，",
        "宇宙洪",
        "《荒》",
    ]


def test_a_signature_stands_at_the_foot_of_the_last_column() -> None:
    found = columns.set_down(["你好"], ["小禾", "七日"], rows=12)

    assert found[-1].at_foot
    assert found[-1].end == 11


def test_figures_stand_and_words_lie() -> None:
    (column,) = columns.set_down(["11月，Hello world"], [], rows=20)

    assert [(cell.text, cell.kind) for cell in column.cells] == [
        ("11", "small"),
        ("月", "plain"),
        ("，", "corner"),
        ("Hello world", "turned"),
    ]


def test_a_press_that_hangs_is_stopped_and_the_next_job_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    press = Press()
    described = [typesetting.described(letter("字" * 5_000), HE, "小麦", Choices())]
    monkeypatch.setattr(typesetting, "press", press)
    monkeypatch.setattr(presswork, "LONGEST", 0.001)

    with pytest.raises(TooMany, match="太慢"):
        typesetting.pdf("信", described, Choices())
    monkeypatch.setattr(presswork, "LONGEST", 20.0)

    assert typesetting.pdf("信", described, Choices()).startswith(b"%PDF")
    press.stop()


def test_a_program_that_does_not_take_its_job_in_is_stopped_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    press = Press()
    monkeypatch.setattr(presswork, "LONGEST", 0.1)
    press._program = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )

    with pytest.raises(TooMany, match="太慢"):
        press.pdf("letters/typst/letters.typ", {"title": "字" * 1_000_000})

    assert press._program is None


def test_a_person_has_one_place_in_the_line_and_the_line_is_short() -> None:
    press = Press()
    with ExitStack() as line:
        for person_id in range(presswork.LINE - 1):
            line.enter_context(press.place(person_id))
        with pytest.raises(TooMany, match="还在排版"), press.place(0):
            pass
        line.enter_context(press.place(100))
        with pytest.raises(TooMany, match="正多"), press.place(101):
            pass

    with press.place(0):
        pass


def test_a_press_that_went_home_comes_back_for_the_next_job() -> None:
    press = Press()
    with pytest.raises(PenpalError):
        press.pdf("letters/typst/letters.typ", {"not": "a letter"})
    assert press._program is not None
    gone = press._program
    threading.Timer(0, gone.kill).start()
    gone.wait()

    with pytest.raises(PenpalError):
        press.pdf("letters/typst/letters.typ", {"not": "a letter"})

    assert press._program is not gone
    press.stop()
