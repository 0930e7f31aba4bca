"""Pages of offices: the staff of a place, invitations by slip and link, one's own, and the hat one wears."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask import Flask

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Role, RoleGrant
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from tests.cast import Cast
from tests.conftest import SignedIn


def newest() -> RoleGrant:
    found = session().query(RoleGrant).order_by(RoleGrant.id.desc()).first()
    assert found is not None
    return found


def own(cast: Cast, who: str) -> RoleGrant:
    return office_queries.of_person(cast.person(who).id)[0]


def test_a_secretary_sees_who_holds_what_and_what_is_vacant(as_: SignedIn, cast: Cast) -> None:
    page = as_("secretary_bj").get(f"/units/{cast.unit('bj-school').id}/staff").text

    assert "班主任" in page
    assert "1 个地方还没有人" in page
    assert "初二(4)班" in page
    assert "八年级" not in page


def test_whoever_leads_above_looks_and_gives_nothing(as_: SignedIn, cast: Cast) -> None:
    school = cast.unit("bj-school")
    county = as_("county_bj")

    seen = county.get(f"/units/{school.id}/staff")
    form = county.get(f"/units/{school.id}/staff/new")
    refused = county.post(
        f"/units/{school.id}/staff", data={"place": cast.unit("bj-class").id, "name": "外人"}
    )

    assert seen.status_code == 200
    assert "/staff/new" not in seen.text
    assert form.status_code == refused.status_code == 403


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_ht", "editor", "xiaohe"])
def test_an_outsider_sees_no_staff(as_: SignedIn, cast: Cast, who: str) -> None:
    assert as_(who).get(f"/units/{cast.unit('bj-school').id}/staff").status_code in (403, 404)


def test_an_invitation_ends_in_a_card_with_a_link_that_works_once(
    app: Flask, as_: SignedIn, cast: Cast
) -> None:
    secretary = as_("secretary_bj")
    place = cast.unit("bj-class-2")

    made = secretary.post(
        f"/units/{cast.unit('bj-school').id}/staff", data={"place": place.id, "name": "知秋"}
    )

    held = newest()
    assert (held.role, held.unit_id, held.person.name) == (Role.TEACHER, place.id, "知秋")
    assert made.location == f"/offices/{held.id}/slip"
    card = secretary.get(made.location)
    assert trail.of(held)[-1].move == "printed slips"
    assert card.headers["Cache-Control"] == "private, no-store"
    [link] = re.findall(r'value="(http[^"]*/activate\?code=[^"]+)"', card.text)
    code = html.unescape(link).partition("code=")[2]
    assert secretary.get(f"/offices/{held.id}/slip.svg").mimetype == "image/svg+xml"
    typed = {"code": code, "display_name": "知秋", "password": "nine slow camels", "agreed": "1"}
    assert app.test_client().post("/activate", data=typed).status_code == 302
    assert app.test_client().post("/activate", data=typed).status_code == 422
    assert code not in secretary.get(made.location).text


def test_names_beside_vacant_classes_make_all_their_teachers(as_: SignedIn, cast: Cast) -> None:
    school, place = cast.unit("bj-school"), cast.unit("bj-class-2")
    secretary = as_("secretary_bj")

    nothing = secretary.post(f"/units/{school.id}/staff/vacancies", data={f"name-{place.id}": " "})
    done = secretary.post(
        f"/units/{school.id}/staff/vacancies",
        data={f"name-{place.id}": "知秋", f"name-{cast.unit('ht-class').id}": "外人"},
    )

    assert nothing.location.endswith("/staff/new")
    assert done.location == f"/units/{school.id}/staff/slips"
    assert newest().person.name == "知秋"
    assert "外人" not in secretary.get(done.location).text
    assert "知秋" in secretary.get(done.location).text
    assert office_queries.vacant_below(school) == []


def test_what_is_missing_is_said_beside_the_field(as_: SignedIn, cast: Cast) -> None:
    school, place = cast.unit("bj-school"), cast.unit("bj-class-2")
    secretary = as_("secretary_bj")

    nameless = secretary.post(f"/units/{school.id}/staff", data={"place": place.id})
    nowhere = secretary.post(
        f"/units/{school.id}/staff", data={"place": cast.unit("ht-class").id, "name": "知秋"}
    )
    when = secretary.post(
        f"/units/{school.id}/staff", data={"place": place.id, "name": "知秋", "until": "明年"}
    )

    assert [page.status_code for page in (nameless, nowhere, when)] == [422, 422, 422]
    assert 'id="name-error"' in nameless.text
    assert 'id="place-error"' in nowhere.text
    assert 'id="until-error"' in when.text


def test_an_office_is_handed_over_and_ended_on_its_page(as_: SignedIn, cast: Cast) -> None:
    held, secretary = own(cast, "secretary_bj"), as_("secretary_bj")
    until = clock.today() + timedelta(days=7)
    form = {"person": cast.person("teacher_bj").id, "until": str(until), "reason": "出差"}

    done = secretary.post(f"/offices/{held.id}/deputy", data=form)

    deputy = newest()
    assert done.location == f"/offices/{held.id}"
    assert (deputy.deputy_for_id, deputy.until) == (held.id, until)
    assert "代理人" in secretary.get(done.location).text
    assert "代理" in as_("teacher_bj").get("/account/offices").text
    ended = secretary.post(f"/offices/{deputy.id}/end", data={"reason": "回来了"})
    assert ended.status_code == 302
    session().expire_all()
    assert session().get_one(RoleGrant, deputy.id).ended_at is not None


def test_ones_last_office_is_asked_about_once_more(as_: SignedIn, cast: Cast) -> None:
    held, teacher = own(cast, "teacher_bj"), as_("teacher_bj")

    asked = teacher.post(f"/offices/{held.id}/end", data={"reason": "退休"})
    done = teacher.post(f"/offices/{held.id}/end", data={"reason": "退休", "sure": "1"})

    assert asked.status_code == 422
    assert 'name="sure"' in asked.text
    assert done.location == "/account/offices"
    assert "你现在没有职务" in teacher.get("/account/offices").text


def test_a_lost_card_is_made_again(as_: SignedIn, cast: Cast) -> None:
    held, secretary = own(cast, "teacher_bj"), as_("secretary_bj")

    made = secretary.post(f"/offices/{held.id}/slip")

    assert made.location == f"/offices/{held.id}/slip"
    assert "activate?code=" in secretary.get(made.location).text
    session().expire_all()
    assert cast.person("teacher_bj").password_hash is None


@pytest.mark.parametrize("who", ["secretary_ht", "county_bj", "teacher_bj", "xiaohe"])
def test_an_outsider_gets_no_card(as_: SignedIn, cast: Cast, who: str) -> None:
    held = own(cast, "teacher_bj")

    refused = as_(who).post(f"/offices/{held.id}/slip")

    assert refused.status_code in (403, 404)
    session().expire_all()
    assert cast.person("teacher_bj").password_hash is not None


def test_one_office_shows_no_hat_and_two_can_be_worn_one_at_a_time(
    as_: SignedIn, cast: Cast
) -> None:
    assert "以哪一项职务看" not in as_("secretary_bj").get("/").text
    appointing.grant(
        cast.person("secretary_bj"), Role.COUNTY_SECRETARY, cast.unit("bj-county"), by=SYSTEM
    )
    secretary = as_("secretary_bj")
    both = secretary.get("/").text

    secretary.post("/hat", data={"hat": f"county_secretary:{cast.unit('bj-county').id}"})
    narrowed = secretary.get("/").text

    assert "全部职务" in both
    assert "初二(3)班" in both
    assert "初二(3)班" not in narrowed
    assert "东城区" in narrowed
    # The rulebook still judges by all offices.
    assert secretary.get(f"/schools/{cast.unit('bj-school').id}").status_code == 200
    secretary.post("/hat", data={"hat": ""})
    assert "初二(3)班" in secretary.get("/").text


def test_a_hat_of_someone_else_is_none(as_: SignedIn, cast: Cast) -> None:
    secretary = as_("secretary_bj")

    secretary.post("/hat", data={"hat": f"county_secretary:{cast.unit('bj-county').id}"})

    assert "初二(3)班" in secretary.get("/").text


def test_two_classes_are_one_hat(as_: SignedIn, cast: Cast, settings: Settings) -> None:
    appointing.grant(
        cast.person("teacher_bj"),
        Role.TEACHER,
        cast.unit("bj-class-2"),
        by=cast.actor("secretary_bj"),
    )

    assert "以哪一项职务看" not in as_("teacher_bj").get("/").text
