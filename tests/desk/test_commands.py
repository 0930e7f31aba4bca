"""The operator's commands: from an empty server to two twinned classes."""

from __future__ import annotations

import re

from flask import Flask

from penpal.accounts.models import Role
from penpal.kernel.db import session
from penpal.twinning import queries as pairs
from tests.cast import Cast


def run(app: Flask, *words: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=list(words))
    return answer.exit_code, answer.output


def test_a_school_comes_with_a_secretary_who_can_come_in(app: Flask, cast: Cast) -> None:
    status, told = run(
        app, "school", "add", "new-school", "新学校", "--under", "hetian-shi", "--secretary", "江河"
    )

    assert status == 0
    found = re.search(r"sign-in name (\w+), activation code ([2-9A-Z]{8})", told)
    assert found
    session().expire_all()
    [held] = cast.person(found[1]).grants
    assert (held.role, held.unit.code) == (Role.SCHOOL_SECRETARY, "new-school")
    page = app.test_client().post(
        "/activate",
        data={
            "code": found[2],
            "display_name": "江河",
            "password": "nine slow camels",
            "agreed": "1",
        },
    )
    assert page.location == "/welcome"


def test_a_taken_code_and_a_region_without_a_county_are_refused_in_words(
    app: Flask, cast: Cast
) -> None:
    taken = run(app, "school", "add", "bj-school", "x", "--under", "hetian-shi", "--secretary", "y")
    nowhere = run(app, "school", "add", "z", "x", "--under", "beijing", "--secretary", "y")
    unknown = run(app, "twin", "ht-school", "no-such-school")

    assert taken[0] == nowhere[0] == unknown[0] == 1
    assert "is taken" in taken[1]
    assert "--county" in nowhere[1]
    assert "no unit is called" in unknown[1]


def test_units_are_twinned_under_the_same_rules_as_everywhere(app: Flask, cast: Cast) -> None:
    run(app, "school", "add", "s1", "甲中学", "--under", "moyu", "--secretary", "甲")
    run(
        app,
        "school",
        "add",
        "s2",
        "乙中学",
        "--under",
        "beijing",
        "--county",
        "西城区",
        "--secretary",
        "乙",
    )
    too_small = ("school", "count", "s2", "--classes", "3", "--students", "100")
    for words in (("school", "count", "s1", "--classes", "6", "--students", "240"), too_small):
        assert run(app, *words)[0] == 0

    assert run(app, "twin", "moyu", "beijing/西城区")[0] == 0
    refused = run(app, "twin", "s1", "s2")
    run(app, "school", "count", "s2", "--classes", "8", "--students", "300")
    tied = run(app, "twin", "s1", "s2")

    assert refused[0] == 1
    assert "不能少于" in refused[1]
    assert tied[0] == 0
    session().expire_all()
    unit = cast.unit("s1")
    twinning = pairs.running_of(cast.pair().programme, unit)
    assert twinning is not None
    assert twinning.supporting.code == "s2"


def test_a_teacher_is_given_a_class(app: Flask, cast: Cast) -> None:
    status, told = run(app, "school", "staff", "bj-school/初二(4)班", "知秋")

    assert status == 0
    found = re.search(r"sign-in name (\w+)", told)
    assert found
    [held] = cast.person(found[1]).grants
    assert (held.role, held.unit.name) == (Role.TEACHER, "初二(4)班")
