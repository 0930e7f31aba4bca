"""``flask roster import`` for operators."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from penpal.rosters import reading
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import EVERYTHING, FORBIDDEN_WORDS, HEADINGS, as_csv, as_xlsx

ROWS = [
    HEADINGS,
    ["初二(1)班", "0101", "小禾", "2012-05", "是"],
    ["初二(2)班", "", "小麻", "", ""],
]


@pytest.mark.usefixtures("schools")
def test_a_dry_run_then_the_import_then_the_same_again(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(ROWS, encoding="gb18030"))
    run = app.test_cli_runner().invoke
    arguments = ["roster", "import", str(file), "--school", "roster-school"]

    tried = run(args=[*arguments, "--dry-run"])
    done = run(args=arguments)
    again = run(args=arguments)

    assert tried.exit_code == done.exit_code == again.exit_code == 0
    assert "什么也没有写入" in tried.output
    assert "新增 1" in tried.output
    assert "新增 1" in done.output
    assert "第 3 行没有收：没有学号" in done.output
    assert "新增 0" in again.output
    assert "不变 1" in again.output


def test_refused_rows_are_written_to_a_file(app: Flask, schools: Schools, tmp_path: Path) -> None:
    file, refused = tmp_path / "roster.xlsx", tmp_path / "refused.csv"
    file.write_bytes(as_xlsx(EVERYTHING))

    answer = app.test_cli_runner().invoke(
        args=["roster", "import", str(file), "--school", "roster-school", "--refused", str(refused)]
    )

    assert answer.exit_code == 0
    assert "民族" in answer.output
    assert [row.name for row in reading.read(refused.read_bytes()).rows] == ["小满"]
    told = answer.output + refused.read_text("utf-8-sig")
    assert not [word for word in FORBIDDEN_WORDS if word in told]


@pytest.mark.usefixtures("schools")
def test_what_cannot_be_done_ends_with_one(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"

    for content, school, words in (
        (b"%PDF-1.7", "roster-school", "PDF"),
        (as_csv(ROWS), "nowhere", "nowhere"),
    ):
        file.write_bytes(content)
        answer = app.test_cli_runner().invoke(
            args=["roster", "import", str(file), "--school", school]
        )

        assert answer.exit_code == 1
        assert words in answer.output
