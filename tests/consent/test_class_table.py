"""The class's page: who is missing what, papers in bulk, forms to print, who is asked again soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.config import Settings
from penpal.consent import ledger, links, queries, services
from penpal.consent.models import Giver, How, Purpose
from penpal.kernel import clock, trail
from penpal.kernel.errors import Invalid, NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.consent.asking import link_for, make_as_old
from tests.house.conftest import counted
from tests.house.test_queries import enrol


def page_of(cast: Cast) -> str:
    return f"/classes/{cast.unit('bj-class').id}/consent"


def record(client: FlaskClient, cast: Cast, *who: str, **fields: object) -> TestResponse:
    return client.post(
        f"{page_of(cast)}/papers",
        data={"student": [cast.person(name).id for name in who], **fields},
    )


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_the_table_shows_who_is_missing_what(as_: SignedIn, cast: Cast, who: str) -> None:
    staff = as_(who)

    everything = staff.get(page_of(cast)).text
    part = staff.get(page_of(cast) + "?purpose=taking_part").text
    everyone = staff.get(page_of(cast) + "?purpose=taking_part&show=all").text

    assert all(name in everything for name in ("小禾", "小林", "小满"))
    assert "缺家长和本人" in everything
    assert "小满" in part
    assert "小禾" not in part
    assert "小禾" in everyone
    assert 'href="' + page_of(cast) in staff.get(f"/classes/{cast.unit('bj-class').id}").text


def test_papers_of_several_children_are_one_act_each(as_: SignedIn, cast: Cast) -> None:
    signed_on = clock.today() - timedelta(days=3)

    answer = record(
        as_("teacher_bj"),
        cast,
        "xiaoman",
        "xiaolin",
        purpose=["taking_part", "photos"],
        given_on=signed_on.isoformat(),
    )

    assert answer.status_code == 302
    for who, expected in (
        ("xiaoman", ["taking_part", "photos"]),
        # She takes part already.
        ("xiaolin", ["photos"]),
    ):
        rows = [row for row in queries.of(cast.person(who).id) if row.given_on == signed_on]
        assert {row.purpose.value for row in rows} == set(expected)
        assert {(row.giver, row.how) for row in rows} == {(Giver.GUARDIAN, How.PAPER)}
        acts = trail.of(cast.person(who))
        assert [(act.move, act.reason) for act in acts] == [
            ("guardian consented", purpose) for purpose in expected
        ]
        assert {act.actor_id for act in acts} == {cast.person("teacher_bj").id}
    assert cast.actor("xiaoman").takes_part


@pytest.mark.parametrize("day", ["2999-01-01", "1999-01-01", "gestern"])
def test_an_impossible_day_is_refused(as_: SignedIn, cast: Cast, day: str) -> None:
    answer = record(as_("teacher_bj"), cast, "xiaoman", purpose=["photos"], given_on=day)

    assert answer.status_code == 422
    assert "日期" in answer.text
    assert queries.of(cast.person("xiaoman").id) == []


def test_nothing_ticked_is_said_kindly(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    assert "先勾选同学" in teacher.get(record(teacher, cast, "xiaoman").location).text
    assert "先勾选同学" in teacher.get(record(teacher, cast, purpose="photos").location).text


@pytest.mark.parametrize("who", ["teacher_ht", "secretary_tj", "county_bj", "editor", "xiaohe"])
def test_an_outsider_sees_and_records_nothing(as_: SignedIn, cast: Cast, who: str) -> None:
    other = as_(who)

    for path in (page_of(cast), page_of(cast) + "/forms"):
        assert other.get(path).status_code in (403, 404), path
    assert other.get(f"/students/{cast.person('xiaohe').id}/consent").status_code in (403, 404)
    assert record(other, cast, "xiaoman", purpose=["photos"]).status_code in (403, 404)
    assert queries.of(cast.person("xiaoman").id) == []


def test_a_child_of_another_class_cannot_be_slipped_in(as_: SignedIn, cast: Cast) -> None:
    answer = record(as_("teacher_bj"), cast, "xiaoman", "xiaoqiu", purpose=["photos"])

    assert answer.status_code == 404
    assert queries.of(cast.person("xiaoman").id) == []


def test_the_forms_have_a_page_for_each_child_whose_guardian_is_missing(
    as_: SignedIn, cast: Cast
) -> None:
    teacher = as_("teacher_bj")

    answer = teacher.post(page_of(cast) + "/forms", data={"purpose": ["taking_part"]})
    sheets = teacher.get(answer.location).text

    assert sheets.count('class="a4 form-sheet"') == 1
    assert "小满" in sheets
    assert "小禾" not in sheets
    assert "监护人签名" in sheets
    assert trail.of(cast.unit("bj-class"))[-1].move == "printed consent forms"
    assert [act.move for act in trail.of(cast.person("xiaoman"))] == ["made guardian link"]


def test_printing_again_keeps_the_codes_that_are_out(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    teacher, xiaoman = as_("teacher_bj"), cast.person("xiaoman").id
    teacher.post(page_of(cast) + "/forms", data={"purpose": ["taking_part", "photos"]})
    first = queries.open_links([xiaoman])[xiaoman].id

    teacher.post(page_of(cast) + "/forms", data={"purpose": ["taking_part", "photos"]})
    same = queries.open_links([xiaoman])[xiaoman].id
    teacher.post(page_of(cast) + "/forms", data={"purpose": ["taking_part", "camp"]})
    other = queries.open_links([xiaoman])[xiaoman].id

    assert first == same != other


def test_nothing_to_ask_prints_nothing(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    page = teacher.post(page_of(cast) + "/forms", follow_redirects=True).text

    assert "没有要打印的" in page
    assert "没有要打印的同意书" in teacher.get(page_of(cast) + "/forms").text


def test_the_guardian_of_a_child_of_fourteen_is_not_asked_about_taking_part(
    cast: Cast, settings: Settings
) -> None:
    make_as_old(cast, "xiaoman", 14 * 12 + 1)

    with pytest.raises(Invalid):
        link_for(cast, settings, Purpose.TAKING_PART, who="xiaoman")

    link, _code = link_for(cast, settings, Purpose.TAKING_PART, Purpose.CAMP, who="xiaoman")
    assert link.purposes == ["camp"]


@pytest.mark.parametrize(
    ("months", "is_soon"), [(166, False), (167, True), (168, True), (169, False)]
)
def test_who_turns_fourteen_soon_is_listed(cast: Cast, months: int, is_soon: bool) -> None:
    make_as_old(cast, "xiaoman", months)

    table = ledger.of_class(cast.unit("bj-class"))

    assert [row.person.login_name for row in table.soon] == (["xiaoman"] if is_soon else [])
    if is_soon:
        [row] = table.soon
        assert row.asked_from is not None
        assert 0 < (row.asked_from - clock.today()).days <= 62
        assert row.asked_from.day == 1


def test_the_secretary_chooses_the_second_language_of_the_forms(as_: SignedIn, cast: Cast) -> None:
    secretary, school = as_("secretary_bj"), cast.unit("bj-school")

    secretary.post(f"/schools/{school.id}/consent/language", data={"language": "en"})
    secretary.post(page_of(cast) + "/forms", data={"purpose": ["taking_part"]})
    sheets = secretary.get(page_of(cast) + "/forms").text
    secretary.post(f"/schools/{school.id}/consent/language", data={"language": ""})
    after = secretary.get(page_of(cast) + "/forms").text

    assert "Signature of a guardian" in sheets
    assert "Signature of a guardian" not in after
    assert [act.move for act in trail.of(cast.unit("bj-school"))].count("chose form language") == 2


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_tj", "county_bj"])
def test_nobody_else_chooses_it(as_: SignedIn, cast: Cast, who: str) -> None:
    school = cast.unit("bj-school")

    answer = as_(who).post(f"/schools/{school.id}/consent/language", data={"language": "en"})

    assert answer.status_code in (403, 404)
    assert queries.second_language(school.id) == ""
    with pytest.raises(NotPermitted):
        services.choose_language(school, "en", by=cast.actor(who))


def test_a_language_without_words_is_refused(as_: SignedIn, cast: Cast) -> None:
    school = cast.unit("bj-school")

    answer = as_("secretary_bj").post(
        f"/schools/{school.id}/consent/language", data={"language": "tlh"}
    )

    assert answer.status_code == 422
    assert queries.second_language(school.id) == ""


@pytest.mark.parametrize("end", ["", "/forms"])
def test_the_page_asks_no_more_as_the_class_grows(
    as_: SignedIn, cast: Cast, settings: Settings, end: str
) -> None:
    teacher = as_("teacher_bj")
    enrol(cast, 0, 2)
    links.prepare_forms(
        ledger.of_class(cast.unit("bj-class")).rows,
        list(Purpose),
        settings=settings,
        by=cast.actor("teacher_bj"),
    )
    with counted() as few:
        teacher.get(page_of(cast) + end)
    enrol(cast, 2, 8)
    links.prepare_forms(
        ledger.of_class(cast.unit("bj-class")).rows,
        list(Purpose),
        settings=settings,
        by=cast.actor("teacher_bj"),
    )

    with counted() as many:
        teacher.get(page_of(cast) + end)

    assert len(many) == len(few)


def test_the_teacher_records_that_a_guardian_took_one_thing_back(as_: SignedIn, cast: Cast) -> None:
    teacher, student = as_("teacher_bj"), cast.person("xiaohe").id
    record(teacher, cast, "xiaohe", purpose=["photos", "camp"])

    teacher.post(f"/students/{student}/consent/photos/withdrawal")

    states = ledger.of_person(cast.person("xiaohe"))
    assert states[Purpose.PHOTOS].guardian.standing == "withdrawn"
    assert states[Purpose.CAMP].guardian.standing == "yes"
    last = trail.of(cast.person("xiaohe"))[-1]
    assert (last.move, last.reason) == ("withdrew consent", "photos")
