"""Pages of twinned units: who has no counterpart yet, a proposal, the other side's word, and the end."""

from __future__ import annotations

import pytest

from penpal.kernel import trail
from penpal.kernel.db import session
from penpal.twinning import proposals
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.twinning import units


def newest() -> Twinning:
    found = session().query(Twinning).order_by(Twinning.id.desc()).first()
    assert found is not None
    return found


def test_a_class_is_proposed_by_one_school_and_confirmed_by_the_other(
    as_: SignedIn, cast: Cast
) -> None:
    free = units.class_("ht-new", "ht-school")
    beijing, hotan = as_("secretary_bj"), as_("secretary_ht")
    ours = cast.unit("bj-class-2")
    offered = beijing.get(f"/twinnings/new?unit={ours.id}").text

    made = beijing.post("/twinnings", data={"unit": ours.id, "counterpart": free.id})

    twinning = newest()
    assert "ht-new班" in offered
    assert made.location == f"/twinnings/{twinning.id}"
    assert (twinning.supported_id, twinning.supporting_id) == (free.id, ours.id)
    assert "确认结对" not in beijing.get(made.location).text
    assert beijing.post(f"/twinnings/{twinning.id}/confirmation").status_code == 403
    assert "等你们确认" in hotan.get("/twinnings").text
    assert hotan.post(f"/twinnings/{twinning.id}/confirmation").status_code == 302
    session().expire_all()
    assert newest().state is TwinningState.ACTIVE
    assert [entry.move for entry in trail.of(newest())] == ["propose", "confirm"]
    assert hotan.post(f"/twinnings/{twinning.id}/confirmation").status_code == 409


def test_a_class_of_another_grade_and_a_school_too_small_are_shown_with_the_reason(
    as_: SignedIn, cast: Cast
) -> None:
    units.class_("ht-nine", "ht-school", grade=9)
    units.school("ht-big", "hetian-shi", classes=90, students=4000)
    units.school("bj-small", "bj-county", classes=2, students=50)

    classes = as_("secretary_bj").get(f"/twinnings/new?unit={cast.unit('bj-class-2').id}").text
    schools = as_("county_bj").get(f"/twinnings/new?unit={cast.unit('bj-small').id}").text

    assert "不在同一个年级" in classes
    assert "支援学校比受援学校小" in schools
    assert "disabled" in schools


def test_what_the_rules_forbid_is_refused_in_words(as_: SignedIn, cast: Cast) -> None:
    nine = units.class_("ht-nine", "ht-school", grade=9)
    before = session().query(Twinning).count()

    refused = as_("secretary_bj").post(
        "/twinnings", data={"unit": cast.unit("bj-class-2").id, "counterpart": nine.id}
    )
    nobody = as_("secretary_bj").post("/twinnings", data={"unit": cast.unit("bj-class-2").id})

    assert (refused.status_code, nobody.status_code) == (422, 422)
    assert "两个班要在同一个年级" in refused.text
    assert "选一个要结对的单位" in nobody.text
    assert session().query(Twinning).count() == before


def test_a_school_outside_the_twinned_county_takes_a_reason(cast: Cast) -> None:
    small = units.school("ht-small", "hetian-shi", classes=4, students=100)
    units.county("bj-other", "beijing")
    units.school("bj-far", "bj-other", classes=20, students=900)

    found = proposals.candidates(small, units.pen_pals())

    assert found.is_supported
    assert [(each.elsewhere, each.objection) for each in found.found] == [(True, "")]


def test_counties_come_from_the_counterpart_table(cast: Cast) -> None:
    units.county("bj-other", "beijing")
    units.county("tj-other", "tianjin")

    found = proposals.candidates(cast.unit("hetian-xian"), units.pen_pals())

    names = [each.name for each in found.found]
    assert any("bj-other" in name for name in names)
    assert not any("tj-other" in name for name in names)


@pytest.mark.parametrize("who", ["secretary_tj", "xiaohe", "teacher_bj", "editor"])
def test_an_outsider_has_no_page_and_changes_nothing(as_: SignedIn, cast: Cast, who: str) -> None:
    twinning = cast.class_twinning()
    browser = as_(who)

    seen = browser.get(f"/twinnings/{twinning.id}")
    ended = browser.post(f"/twinnings/{twinning.id}/end", data={"reason": "不该"})
    proposed = browser.post(
        "/twinnings", data={"unit": cast.unit("bj-class-2").id, "counterpart": "1"}
    )

    assert {seen.status_code, ended.status_code, proposed.status_code} <= {403, 404}
    session().expire_all()
    assert cast.class_twinning().state is TwinningState.ACTIVE


def test_a_twinning_ends_with_a_reason_once_nothing_runs_under_it(
    as_: SignedIn, cast: Cast
) -> None:
    units.class_("ht-new", "ht-school")
    free = units.tie("ht-new", "bj-class-2")
    secretary = as_("secretary_bj")

    silent = secretary.post(f"/twinnings/{free.id}/end", data={"reason": " "})
    running = secretary.post(f"/twinnings/{cast.class_twinning().id}/end", data={"reason": "换班"})
    done = secretary.post(f"/twinnings/{free.id}/end", data={"reason": "换班"})

    assert (silent.status_code, running.status_code, done.status_code) == (422, 422, 302)
    assert "写一句原因" in silent.text
    assert "下面还有结对没有结束" in running.text
    session().expire_all()
    ended = session().get_one(Twinning, free.id)
    assert ended.state is TwinningState.ENDED
    assert trail.of(ended)[-1].reason == "换班"


def test_a_county_sees_schools_and_counties_and_no_class(as_: SignedIn) -> None:
    page = as_("county_bj").get("/twinnings").text

    assert "白杨中学" in page
    assert "初二(3)班" not in page
