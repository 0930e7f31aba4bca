"""Taking a report up: one of those it was told to says that they look after it."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.safeguarding import services
from penpal.safeguarding.models import Addressee, Report
from penpal.safeguarding.states import ReportState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import tell


def reloaded(report: Report) -> Report:
    return session().get_one(Report, report.id)


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_the_child_sees_who_looks_after_it(as_: SignedIn, cast: Cast, who: str) -> None:
    report = tell(cast)
    staff = as_(who)

    page = staff.get(staff.post(f"/reports/{report.id}/taking").location or "").text

    assert "这件事由你来管" in page
    assert "有人在管" in page
    child = as_("xiaohe").get(f"/told/{report.id}").text
    assert "有人在管这件事了" in child
    assert cast.person(who).display_name in child
    assert reloaded(report).taken_by_id == cast.person(who).id
    last = trail.of(report)[-1]
    assert (last.move, last.actor_id) == ("take", cast.person(who).id)


def test_what_is_taken_is_not_taken_again(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast)
    as_("teacher_bj").post(f"/reports/{report.id}/taking")

    again = as_("secretary_bj").post(f"/reports/{report.id}/taking")

    assert again.status_code == 409
    assert reloaded(report).taken_by_id == cast.person("teacher_bj").id
    with pytest.raises(IllegalMove):
        services.take(reloaded(report), by=cast.actor("secretary_bj"))


@pytest.mark.parametrize(
    "who", ["xiaohe", "xiaomai", "teacher_ht", "secretary_ht", "county_bj", "editor"]
)
def test_an_outsider_takes_nothing_nor_does_the_child(as_: SignedIn, cast: Cast, who: str) -> None:
    report = tell(cast)

    assert as_(who).post(f"/reports/{report.id}/taking").status_code in (403, 404)
    with pytest.raises(NotPermitted):
        services.take(report, by=cast.actor(who))

    assert reloaded(report).state is ReportState.TOLD


def test_past_the_teacher_only_the_secretary_takes_it(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)

    assert as_("teacher_bj").post(f"/reports/{report.id}/taking").status_code == 404
    with pytest.raises(NotPermitted):
        services.take(report, by=cast.actor("teacher_bj"))
    assert as_("secretary_bj").post(f"/reports/{report.id}/taking").status_code == 302

    assert reloaded(report).state is ReportState.TAKEN
