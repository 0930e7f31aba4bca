"""A roster goes out as a spreadsheet: it comes back unchanged, runs nothing, and who took it is known."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.config import Settings
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.kernel.trail import TrailEntry
from penpal.rosters import (
    exports,
    files,
    reading,
    services,
    slips,
)
from penpal.rosters.planning import Outcome
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import sheet_of

ROUND_TRIP = [
    ["初二(1)班", "0101", "-小禾", "2012-05", "2026-09-01"],
    ["初二(1)班", "2026010203000001", "阿依古丽·买买提", "", ""],
    ["高2024级(2)班", "A-07", "𠮷㛃", "2010-01", "是"],
]


def files_rows(content: bytes) -> list[list[str]]:
    return files.tables(content)[0].rows


@pytest.mark.parametrize("make", [exports.roster_csv, exports.roster_xlsx])
def test_a_roster_that_goes_out_and_comes_back_changes_nothing(
    make: object, app: Flask, schools: Schools
) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    content = make(services.outgoing(schools.school, by=schools.secretary))  # type: ignore[operator]
    plan = services.check(schools.school, reading.read(content), by=schools.secretary)

    assert plan.counts[Outcome.UNCHANGED] == 3
    assert not plan.writes
    assert plan.absent == 0


def test_no_cell_that_goes_out_is_a_formula_or_loses_a_zero(app: Flask, schools: Schools) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    text = exports.roster_csv(services.outgoing(schools.school, by=schools.secretary)).decode()

    assert text.startswith("\ufeff")
    assert '"=""0101"""' in text
    assert '"=""2026010203000001"""' in text
    assert ",'-小禾," in text
    for hostile in ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1+1"):
        assert exports._kept_as_text(hostile) == f"'{hostile}"


def test_who_takes_a_roster_out_is_on_the_trail(app: Flask, schools: Schools) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)

    services.outgoing(schools.school, by=schools.secretary)
    own = services.outgoing(schools.class_, by=schools.teacher)

    assert {line.class_name for line in own} == {"初二(1)班"}
    moves = session().execute(
        sa.select(TrailEntry.actor_id, TrailEntry.reason)
        .where(TrailEntry.move == "exported roster")
        .order_by(TrailEntry.id)
    )
    assert [tuple(row) for row in moves] == [(schools.secretary_id, "3"), (schools.teacher_id, "2")]
    for unit, who in (
        (schools.school, schools.teacher),
        (schools.school, schools.outsider),
        (schools.class_, schools.outsider),
    ):
        with pytest.raises(NotPermitted):
            services.outgoing(unit, by=who)


def test_the_list_of_slips_tells_no_code(app: Flask, schools: Schools, settings: Settings) -> None:
    services.apply(schools.school, sheet_of(*ROUND_TRIP), by=schools.secretary)
    slips.issue(schools.class_, by=schools.teacher, settings=settings)
    issued = slips.of_class(schools.class_, by=schools.teacher, settings=settings)

    states = slips.states(schools.class_, by=schools.teacher, settings=settings)
    rows = files_rows(exports.slips_xlsx(states))

    assert rows[0] == ["姓名", "学号", "登录名", "激活卡"]
    assert {row[2] for row in rows[1:]} == {slip.login_name for slip in issued}
    assert not [slip.code for slip in issued if slip.code in repr(rows)]
