"""The duty to report by law: staff are reminded of it, and that they did is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.kernel import clock, trail
from penpal.kernel.access import visible
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.safeguarding import services
from penpal.safeguarding.models import Authority, LegalReport, Outcome
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import tell

FORM = {"authority": "police", "reported_on": "", "reference": "京公 2026-118"}


def recorded() -> list[LegalReport]:
    return list(session().scalars(sa.select(LegalReport)))


def test_staff_are_reminded_of_their_duty_and_that_they_did_is_recorded(
    as_: SignedIn, cast: Cast
) -> None:
    """未成年人保护法 第十一条; DOMAIN, 'Help is near'."""
    report = tell(cast)
    teacher = as_("teacher_bj")
    page = teacher.get("/reports").text
    assert "第十一条" in page
    for number in ("110", "12345", "12355"):
        assert f'href="tel:{number}"' in page

    done = teacher.post(f"/reports/{report.id}/duty", data=FORM)

    assert done.status_code == 302
    [row] = recorded()
    assert (row.authority, row.reported_on, row.reference) == (
        Authority.POLICE,
        clock.today(),
        "京公 2026-118",
    )
    shown = as_("secretary_bj").get("/reports").text
    assert "报告过 1 次" in shown
    assert "京公 2026-118" in shown
    last = trail.of(report)[-1]
    assert (last.move, last.reason) == (
        "reported by law",
        f"police {clock.today().isoformat()} 京公 2026-118",
    )
    record = as_("secretary_bj").get(f"/schools/{cast.unit('bj-school').id}/record").text
    assert "依法报告了" in record
    assert "公安" in record
    assert "京公" not in as_("xiaohe").get(f"/told/{report.id}").text
    assert session().scalars(visible(LegalReport, cast.actor("xiaohe"))).all() == []
    services.answer(report, words="好。", outcome=Outcome.PASSED_ON, by=cast.actor("teacher_bj"))
    assert teacher.post(f"/reports/{report.id}/duty", data=FORM).status_code == 302
    assert len(recorded()) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"authority": ""}, "选一个部门"),
        ({"reported_on": "昨天"}, "日期这样写"),
        ({"reported_on": "2020-01-01"}, "日期在孩子说的那天和今天之间"),
        ({"reference": "号" * 81}, "编号最多"),
    ],
)
def test_what_cannot_be_so_is_explained(
    as_: SignedIn, cast: Cast, change: dict[str, str], said: str
) -> None:
    report = tell(cast)

    answer = as_("teacher_bj").post(f"/reports/{report.id}/duty", data=FORM | change)

    assert answer.status_code == 422
    assert said in answer.text
    assert recorded() == []


@pytest.mark.parametrize("who", ["xiaohe", "xiaomai", "teacher_ht", "county_bj", "editor"])
def test_nobody_else_records_it(as_: SignedIn, cast: Cast, who: str) -> None:
    report = tell(cast)

    assert as_(who).post(f"/reports/{report.id}/duty", data=FORM).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        services.record_duty(
            report,
            authority=Authority.POLICE,
            reported_on=clock.today(),
            reference="",
            by=cast.actor(who),
        )
    with pytest.raises(Invalid):
        services.record_duty(
            report,
            authority=Authority.POLICE,
            reported_on=clock.today() + timedelta(days=1),
            reference="",
            by=cast.actor("teacher_bj"),
        )
    assert recorded() == []
