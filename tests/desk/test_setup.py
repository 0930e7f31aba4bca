"""``flask setup``: a real server from nothing, and safely again."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner

from penpal.accounts import office_queries
from penpal.accounts.models import Role
from penpal.kernel.db import session, transaction
from penpal.places import queries as places
from tests.cast import Cast


def run(app: Flask, file: Path, *words: str, typed: str = "") -> tuple[int, str]:
    runner: FlaskCliRunner = app.test_cli_runner()
    answer = runner.invoke(args=["setup", "--env-file", str(file), *words], input=typed)
    session().expire_all()
    return answer.exit_code, answer.output


def test_options_alone_make_a_start(app: Flask, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / ".env"

    status, told = run(
        app, file, "--yes", "--public-url", "https://penpal.example.cn/", "--time-zone",
        "Asia/Urumqi", "--top", "centre", "--secretary", "江河", "--county", "beijing/西城区",
    )  # fmt: skip

    assert status == 0, told
    found = re.search(r"sign-in name (\w+), activation code ([2-9A-Z]{8})", told)
    assert found
    centre = places.by_code("centre")
    assert centre is not None
    assert [(held.role, held.person.login_name) for held in office_queries.at(centre)] == [
        (Role.CENTRE_SECRETARY, found[1])
    ]
    assert places.by_address("beijing/西城区") is not None
    written = file.read_text(encoding="utf-8")
    assert "PENPAL_DEMO=false" in written
    assert "PENPAL_PUBLIC_URL=https://penpal.example.cn\n" in written
    assert "TZ=Asia/Urumqi" in written
    assert "What comes next" in told
    # The slip is on the screen once, and in no file.
    assert told.count(found[2]) == 1
    assert found[2] not in written
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_run_changes_nothing_and_keeps_what_the_operator_wrote(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    words = ("--yes", "--top", "bj-school")
    run(app, file, *words)
    file.write_text(
        file.read_text(encoding="utf-8") + "DATABASE_URL='postgresql://me:a b@host/x'\n",
        encoding="utf-8",
    )

    status, told = run(app, file, *words)

    assert status == 0
    assert "has its secretary: secretary_bj" in told
    assert "activation code" not in told
    assert "a b@host" not in told
    assert "DATABASE_URL='postgresql://me:a b@host/x'" in file.read_text(encoding="utf-8")


def test_questions_have_sensible_defaults(app: Flask, cast: Cast, tmp_path: Path) -> None:
    status, told = run(
        app, tmp_path / ".env", typed="https://penpal.example.cn\n\n\nbeijing\n江河\n"
    )

    assert status == 0, told
    beijing = places.by_code("beijing")
    assert beijing is not None
    [held] = office_queries.at(beijing)
    assert held.role is Role.PROVINCE_SECRETARY


def test_the_demo_is_no_place_for_a_real_start(app: Flask, cast: Cast, tmp_path: Path) -> None:
    with transaction():
        cast.person("xiaohe").is_demo = True

    status, told = run(app, tmp_path / ".env", "--yes")

    assert status == 1
    assert "holds the demo" in told
    assert not (tmp_path / ".env").exists()


def test_what_makes_no_sense_is_told_in_a_sentence(app: Flask, cast: Cast, tmp_path: Path) -> None:
    wrong = [
        run(app, tmp_path / ".env", "--yes", "--public-url", "penpal"),
        run(app, tmp_path / ".env", "--yes", "--time-zone", "Mars/Olympus"),
        run(app, tmp_path / ".env", "--yes", "--top", "bj-class"),
        run(app, tmp_path / ".env", "--yes", "--county", "nowhere/县"),
        run(app, tmp_path / ".env", "--yes", "--school-year", "2020"),
    ]

    assert [status for status, _told in wrong] == [1] * len(wrong)
    assert all("Traceback" not in told for _status, told in wrong)
