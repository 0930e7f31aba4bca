"""Lawful requests: by the operator's command, with the paper on record, and shown to the children."""

from __future__ import annotations

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from penpal.kernel import access, clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.errors import NotFound, NotPermitted
from penpal.letters.models import Letter
from penpal.safeguarding import lawful, opening_queries, openings
from penpal.safeguarding.opening_models import LawfulPaper
from penpal.safeguarding.opening_states import OpeningState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters import writing
from tests.safeguarding.opening import REASON, WORDS, at, chains_of, moves, sealed, stored

PAPER = b"%PDF-1.4\n a demand \n%%EOF\n"
SHOWN = "有关部门依照法律看了这封信。"


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    scan = tmp_path / "demand.pdf"
    scan.write_bytes(PAPER)
    return scan


def demand(letter: Letter, paper: Path, out: Path, *more: str) -> list[str]:
    return [
        "lawful",
        "open",
        f"letter:{letter.id}",
        "--authority",
        "和田市公安局",
        "--reference",
        "和公调〔2026〕12号",
        "--paper",
        str(paper),
        "--reason",
        REASON,
        "--out",
        str(out),
        *more,
    ]


def test_a_lawful_request_is_opened_by_command_with_its_paper_on_record(
    runner: FlaskCliRunner, cast: Cast, as_: SignedIn, paper: Path, tmp_path: Path
) -> None:
    letter, out = sealed(cast), tmp_path / "words.txt"

    said = runner.invoke(args=demand(letter, paper, out))

    assert said.exit_code == 0, said.output
    assert WORDS not in said.output
    assert WORDS in out.read_text(encoding="utf-8")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (opening,) = stored()
    kept = access.load(LawfulPaper, SYSTEM, opening.id)
    assert (kept.authority, kept.digest) == ("和田市公安局", hashlib.sha256(PAPER).hexdigest())
    assert PAPER not in kept.sealed
    assert moves(opening) == [
        ("asked by law", None),
        ("open sealed", None),
        ("gave out by law", None),
    ]
    assert chains_of(opening) == {cast.unit("bj-school").id, cast.unit("ht-school").id}
    for child in ("xiaohe", "xiaomai"):
        assert SHOWN in as_(child).get(f"/letters/{letter.id}").text
        assert SHOWN in as_(child).get("/letters/readers").text
    listed = runner.invoke(args=["lawful", "list"]).output
    assert "和公调〔2026〕12号" in listed
    assert kept.digest in listed
    back = tmp_path / "paper.pdf"
    runner.invoke(args=["lawful", "paper", str(opening.id), "--out", str(back)])
    assert back.read_bytes() == PAPER


def test_no_member_of_staff_reads_or_sees_a_lawful_opening(
    runner: FlaskCliRunner, cast: Cast, as_: SignedIn, paper: Path, tmp_path: Path
) -> None:
    letter = sealed(cast)
    runner.invoke(args=demand(letter, paper, tmp_path / "words.txt"))
    (opening,) = stored()

    for who in ("teacher_ht", "secretary_ht", "teacher_bj", "secretary_bj", "county_bj", "editor"):
        for page in ("", "/words"):
            answer = as_(who).get(f"/openings/{opening.id}{page}")
            assert answer.status_code in (403, 404), who
        with pytest.raises(NotPermitted):
            lawful.hand_over(opening, by=cast.actor(who))
        with pytest.raises(NotPermitted):
            lawful.open_("letter", letter.id, _demand(), settings=None, by=cast.actor(who))  # type: ignore[arg-type]


def _demand() -> lawful.Demand:
    return lawful.Demand("和田市公安局", "12号", PAPER, REASON)


def test_an_authority_may_put_off_the_telling_until_a_day(
    runner: FlaskCliRunner,
    cast: Cast,
    as_: SignedIn,
    paper: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter, day = sealed(cast), clock.today() + timedelta(days=60)
    out = tmp_path / "words.txt"

    half = runner.invoke(args=demand(letter, paper, out, "--tell-from", f"{day}"))
    said = runner.invoke(
        args=demand(
            letter, paper, out, "--tell-from", f"{day}", "--delay-reason", "侦查期间不得告知当事人"
        )
    )

    assert half.exit_code == 1
    assert said.exit_code == 0, said.output
    (opening,) = stored()
    assert chains_of(opening) == {0}
    assert SHOWN not in as_("xiaohe").get("/letters/readers").text
    assert SHOWN not in as_("xiaohe").get(f"/letters/{letter.id}").text
    at(monkeypatch, openings.begin_of_day(day))
    assert opening_queries.shown_to(cast.actor("xiaohe"), size=9) == [opening]


def test_what_lacks_a_paper_a_reason_or_a_letter_opens_nothing(
    runner: FlaskCliRunner, cast: Cast, paper: Path, tmp_path: Path
) -> None:
    letter, out = sealed(cast), tmp_path / "words.txt"
    draft = writing.save(cast, key="key-of-a-draft").letter.id
    text = tmp_path / "no-scan.txt"
    text.write_text("not a scan")
    there = tmp_path / "there.txt"
    there.write_text("kept")
    good = demand(letter, paper, out)

    for wrong in (
        [*good, "--paper", str(text)],
        [*good, "--reason", "短"],
        [*good, "--authority", " "],
        [*good, "--reference", ""],
        [*good, "--out", str(there)],
        [good[0], good[1], f"letter:{draft}", *good[3:]],
        [good[0], good[1], "letter:999999", *good[3:]],
        [good[0], good[1], "everything", *good[3:]],
    ):
        said = runner.invoke(args=wrong)
        assert said.exit_code == 1, wrong
        assert WORDS not in said.output

    assert there.read_text() == "kept"
    assert not out.exists()
    assert stored() == []


def test_the_words_are_handed_over_on_the_day_of_the_request_alone(
    runner: FlaskCliRunner,
    cast: Cast,
    paper: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner.invoke(args=demand(sealed(cast), paper, tmp_path / "words.txt"))
    (opening,) = stored()
    assert opening.state is OpeningState.OPEN
    at(monkeypatch, clock.now() + timedelta(days=2))

    with pytest.raises(NotFound):
        lawful.hand_over(opening, by=SYSTEM)
