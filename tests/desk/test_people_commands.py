"""``flask people``: staff by command, under the same rules as on pages."""

from __future__ import annotations

import re

from flask import Flask

from penpal.accounts import office_queries
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.kernel import clock, trail
from penpal.kernel.db import session
from tests.cast import Cast


def run(app: Flask, *words: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["people", *words])
    session().expire_all()
    return answer.exit_code, answer.output


def held_by(login_name: str) -> list[RoleGrant]:
    person = session().query(Person).filter_by(login_name=login_name).one()
    return office_queries.of_person(person.id)


def test_someone_is_taken_on_and_their_slip_is_printed_once(app: Flask, cast: Cast) -> None:
    status, told = run(
        app,
        "add",
        "江河",
        "--office",
        "province_secretary",
        "--at",
        "beijing",
        "--until",
        "2040-06-30",
    )

    found = re.search(r"sign-in name (\w+), activation code ([2-9A-Z]{8})", told)
    assert (status, found is not None) == (0, True)
    assert found is not None
    assert told.count(found[2]) == 1
    [held] = held_by(found[1])
    assert (held.role, held.unit.code, str(held.until)) == (
        Role.PROVINCE_SECRETARY,
        "beijing",
        "2040-06-30",
    )
    assert [(entry.move, entry.actor_kind) for entry in trail.of(held)] == [
        ("give office", "system"),
        ("printed slips", "system"),
    ]


def test_an_office_is_given_found_and_ended(app: Flask, cast: Cast) -> None:
    at = ("--office", "teacher", "--at", "bj-school/初二(4)班")

    given = run(app, "grant", "teacher_bj", *at)
    found = run(app, "find", "--at", "bj-school")
    ended = run(app, "end", "teacher_bj", *at, "--reason", "换班")
    again = run(app, "end", "teacher_bj", *at, "--reason", "换班")

    assert (given[0], found[0], ended[0], again[0]) == (0, 0, 0, 1)
    assert "teacher at 初二(4)班" in found[1]
    assert "secretary_bj" in found[1]
    assert "teacher_ht" not in found[1]
    assert len(held_by("teacher_bj")) == 1
    assert "is not teacher" in again[1]


def test_an_office_is_handed_over(app: Flask, cast: Cast) -> None:
    at = ("--office", "school_secretary", "--at", "bj-school")
    until = str(clock.today())

    status, told = run(
        app,
        "hand-over",
        "secretary_bj",
        *at,
        "--to",
        "teacher_bj",
        "--until",
        until,
        "--reason",
        "出差",
    )
    too_many = run(
        app,
        "hand-over",
        "secretary_bj",
        *at,
        "--name",
        "别人",
        "--until",
        until,
        "--reason",
        "出差",
    )

    assert (status, too_many[0]) == (0, 1)
    assert "(deputy)" in told
    assert "已经有人代理" in too_many[1]
    assert held_by("teacher_bj")[-1].deputy_for_id == held_by("secretary_bj")[0].id


def test_a_slip_comes_again_when_it_was_lost(app: Flask, cast: Cast) -> None:
    there = run(app, "slip", "teacher_bj")
    again = run(app, "slip", "teacher_bj", "--again")

    assert there[0] == 1
    assert "--again" in there[1]
    assert again[0] == 0
    assert "activation code" in again[1]
    assert cast.person("teacher_bj").password_hash is None


def test_an_account_is_closed_and_opened(app: Flask, cast: Cast) -> None:
    closed = run(app, "disable", "teacher_bj", "--reason", "调查")
    assert closed[0] == 0
    assert cast.person("teacher_bj").disabled_at is not None

    opened = run(app, "enable", "teacher_bj", "--reason", "查清了")

    assert opened[0] == 0
    assert cast.person("teacher_bj").disabled_at is None


def test_what_cannot_be_is_told_in_a_sentence(app: Flask, cast: Cast) -> None:
    wrong = [
        run(app, "add", "x", "--office", "teacher", "--at", "bj-school"),
        run(app, "add", "x", "--office", "teacher", "--at", "nowhere"),
        run(app, "grant", "nobody", "--office", "teacher", "--at", "bj-class"),
        run(app, "grant", "xiaohe", "--office", "teacher", "--at", "bj-class"),
        run(app, "find", "没有这个人"),
    ]

    assert [status for status, _told in wrong] == [1] * len(wrong)
    for (_status, told), words in zip(
        wrong,
        ("不在这一级", "no unit is called", "nobody signs in", "is a student", "nobody among"),
        strict=True,
    ):
        assert words in told
        assert "Traceback" not in told
