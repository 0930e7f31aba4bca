"""A guardian's one-time link: found, it tells nothing; answered, it is over; each purpose for itself."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.config import Settings
from penpal.consent import ledger, links, queries, services
from penpal.consent.models import Consent, Giver, GuardianLink, How, Purpose, Refusal
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.consent.asking import answer, link_for, number_of

SAID = {"photos": "yes", "video": "no"}


def rows(cast: Cast, who: str = "xiaohe") -> list[Consent]:
    return [row for row in queries.of(cast.person(who).id) if row.how is How.LINK]


def refusals() -> list[Refusal]:
    return list(session().scalars(sa.select(Refusal).order_by(Refusal.id)))


def stored(link_id: int) -> GuardianLink:
    return session().get_one(GuardianLink, link_id, populate_existing=True)


def test_a_guardian_says_yes_to_one_thing_and_no_to_another(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    link, code = link_for(cast, settings)

    over = client.get(answer(client, code, number_of(cast, "xiaohe"), SAID).location)

    assert "收到了，谢谢" in over.text
    [given] = rows(cast)
    assert (given.purpose, given.giver, given.given_by) == (
        Purpose.PHOTOS,
        Giver.GUARDIAN,
        "王秀英",
    )
    assert (given.link_id, given.recorded_by_id) == (link.id, None)
    [refused] = refusals()
    assert (refused.purpose, refused.giver) == (Purpose.VIDEO, Giver.GUARDIAN)
    assert [
        (entry.move, entry.actor_kind, entry.actor_id, entry.reason)
        for entry in trail.of(cast.person("xiaohe"))[-2:]
    ] == [
        ("guardian consented", "guardian", None, "photos"),
        ("guardian refused", "guardian", None, "video"),
    ]


def test_what_was_said_holds_only_with_the_students_own_yes(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    _link, code = link_for(cast, settings)
    answer(client, code, number_of(cast, "xiaohe"), SAID)
    xiaohe = cast.person("xiaohe").id

    before = queries.has(xiaohe, Purpose.PHOTOS)
    services.agree(purpose=Purpose.PHOTOS, by=cast.actor("xiaohe"))
    services.agree(purpose=Purpose.VIDEO, by=cast.actor("xiaohe"))

    assert not before
    assert queries.has(xiaohe, Purpose.PHOTOS)
    assert not queries.has(xiaohe, Purpose.VIDEO)
    assert cast.actor("xiaohe").takes_part


def test_a_found_link_tells_nothing_of_the_child(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    _link, code = link_for(cast, settings)

    for page in (
        client.get(f"/guardian/{code}").text,
        client.post(f"/guardian/{code}", data={"number": "1"}).text,
        answer(client, code, "1", SAID).text,
    ):
        for secret in ("小禾", "槐树中学", "初二(3)班", number_of(cast, "xiaohe"), "发表照片"):
            assert secret not in page


def test_the_number_may_be_typed_as_phones_type_it(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    _link, code = link_for(cast, settings)
    number = number_of(cast, "xiaohe")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)

    page = client.post(f"/guardian/{code}", data={"number": f" {wide} "}).text

    assert "小禾" in page
    assert "发表照片" in page
    assert "参加同心营" not in page


def test_the_tenth_wrong_number_ends_a_link(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    link, code = link_for(cast, settings)

    answers = [client.post(f"/guardian/{code}", data={"number": str(n)}) for n in range(10)]
    right = answer(client, code, number_of(cast, "xiaohe"), SAID)

    assert [one.status_code for one in answers[:9]] == [422] * 9
    assert "不能用了" in right.text
    assert stored(link.id).ended_at
    assert rows(cast) == []


def test_a_link_is_answered_once(client: FlaskClient, cast: Cast, settings: Settings) -> None:
    _link, code = link_for(cast, settings)
    number = number_of(cast, "xiaohe")
    answer(client, code, number, SAID)

    again = answer(client, code, number, {"photos": "no", "video": "yes"})

    assert "收到了，谢谢" in again.text
    assert [row.purpose for row in rows(cast)] == [Purpose.PHOTOS]
    assert len(refusals()) == 1


def test_of_two_who_answer_at_once_one_does(app: Flask, cast: Cast, settings: Settings) -> None:
    link, code = link_for(cast, settings)
    number, link_id = number_of(cast, "xiaohe"), link.id
    session().rollback()
    start, heard = threading.Barrier(2), []

    def one(word: str) -> None:
        visitor = app.test_client()
        start.wait()
        said = {"photos": word, "video": word}
        heard.append(answer(visitor, code, number, said).status_code)

    threads = [threading.Thread(target=one, args=(word,)) for word in ("yes", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(status < 500 for status in heard)
    assert stored(link_id).used_at
    assert len(rows(cast)) + len(refusals()) == 2
    assert len(rows(cast)) in (0, 2)


def test_a_new_link_ends_the_one_before(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    _first, old = link_for(cast, settings)
    _second, new = link_for(cast, settings, Purpose.CAMP)

    assert "不能用了" in client.get(f"/guardian/{old}").text
    assert "孩子的学号" in client.get(f"/guardian/{new}").text


def test_a_link_runs_out_after_two_weeks(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    link, code = link_for(cast, settings)
    good_for = link.expires_at - link.made_at
    with transaction():
        stored(link.id).expires_at = clock.now() - timedelta(seconds=1)

    assert abs(good_for - timedelta(days=14)) < timedelta(seconds=5)
    assert "不能用了" in answer(client, code, number_of(cast, "xiaohe"), SAID).text
    assert rows(cast) == []


def test_the_code_is_nowhere_in_the_database(cast: Cast, settings: Settings) -> None:
    link, code = link_for(cast, settings)

    row = session().execute(sa.select(sa.inspect(GuardianLink).local_table)).one()

    assert all(code not in str(value) for value in row)
    assert links.find(code, settings=settings) == link
    assert links.find(code[:-1] + ("2" if code[-1] != "2" else "3"), settings=settings) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "请写上你的姓名"),
        ({"name": "王秀英 １３８ 0013 8000"}, "不写电话和证件号"),
        ({"relation": "neighbour"}, "请选你是孩子的什么人"),
        ({"confirmed": ""}, "请在这里打勾"),
        ({"answer-video": ""}, "这一件还没有选"),
        ({"version": "2019-01"}, "新的版本"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_recorded(
    client: FlaskClient, cast: Cast, settings: Settings, changes: dict[str, str], words: str
) -> None:
    link, code = link_for(cast, settings)

    page = answer(client, code, number_of(cast, "xiaohe"), SAID, **changes)

    assert page.status_code == 422
    assert words in page.text
    assert rows(cast) == refusals() == []
    assert stored(link.id).used_at is None


def test_a_no_takes_back_an_earlier_yes(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    services.record_signatures(
        [cast.person("xiaohe")], purposes=[Purpose.PHOTOS], by=cast.actor("teacher_bj")
    )
    _link, code = link_for(cast, settings, Purpose.PHOTOS)

    answer(client, code, number_of(cast, "xiaohe"), {"photos": "no"})

    state = ledger.of_person(cast.person("xiaohe"))[Purpose.PHOTOS]
    assert state.guardian.standing == "no"
    moves = [entry.move for entry in trail.of(cast.person("xiaohe"))]
    assert moves[-2:] == ["withdrew consent", "guardian refused"]


def test_a_no_to_taking_part_closes_the_childs_pages_at_once(
    client: FlaskClient, as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    xiaohe = as_("xiaohe")
    _link, code = link_for(cast, settings, Purpose.TAKING_PART)
    before = xiaohe.get("/letters").status_code

    answer(client, code, number_of(cast, "xiaohe"), {"taking_part": "no"})

    assert before == 200
    assert xiaohe.get("/letters").location == "/welcome"


def test_the_page_speaks_the_second_language_of_the_school(
    client: FlaskClient, cast: Cast, settings: Settings
) -> None:
    services.choose_language(cast.unit("bj-school"), "en", by=cast.actor("secretary_bj"))
    _link, code = link_for(cast, settings)

    door = client.get(f"/guardian/{code}").text
    page = client.post(f"/guardian/{code}", data={"number": number_of(cast, "xiaohe")}).text

    assert "孩子的学号" in door
    assert 'lang="en"' in door
    assert "Your child&#39;s student number" in door
    assert "Publishing photos" in page
    assert "发表照片" in page


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_school_staff_make_a_link_and_end_it(as_: SignedIn, cast: Cast, who: str) -> None:
    staff, student = as_(who), cast.person("xiaohe").id
    path = f"/students/{student}/consent"

    staff.post(f"{path}/link", data={"purpose": ["photos"]})
    made = staff.get(path).text
    staff.post(f"{path}/link/end")

    assert "/guardian/" in made
    assert "/guardian/" not in staff.get(path).text
    assert [entry.move for entry in trail.of(cast.person("xiaohe"))] == [
        "made guardian link",
        "ended guardian link",
    ]


def test_nothing_asked_makes_no_link(as_: SignedIn, cast: Cast, settings: Settings) -> None:
    path = f"/students/{cast.person('xiaohe').id}/consent/link"

    page = as_("teacher_bj").post(path, follow_redirects=True)

    assert "先勾选要问家长的事" in page.text
    with pytest.raises(Invalid):
        links.make(cast.person("xiaohe"), [], settings=settings, by=cast.actor("teacher_bj"))


@pytest.mark.parametrize("who", ["teacher_ht", "secretary_tj", "county_bj", "editor", "xiaohe"])
def test_an_outsider_makes_no_link(as_: SignedIn, cast: Cast, settings: Settings, who: str) -> None:
    path = f"/students/{cast.person('xiaohe').id}/consent/link"

    answered = as_(who).post(path, data={"purpose": ["photos"]})

    assert answered.status_code in (403, 404)
    assert queries.open_links([cast.person("xiaohe").id]) == {}
    for verb in (
        lambda: links.make(
            cast.person("xiaohe"), [Purpose.PHOTOS], settings=settings, by=cast.actor(who)
        ),
        lambda: links.end(cast.person("xiaohe"), by=cast.actor(who)),
    ):
        with pytest.raises(NotPermitted):
            verb()


def test_a_child_does_not_see_the_guardians_link(
    as_: SignedIn, cast: Cast, settings: Settings
) -> None:
    _link, code = link_for(cast, settings)

    assert code not in as_("xiaohe").get("/consent").text
    found = session().scalars(queries.links_visible_to(cast.actor("xiaohe"))).all()
    assert found == []


def test_an_ended_link_is_not_answered_even_by_the_verb(cast: Cast, settings: Settings) -> None:
    link, _code = link_for(cast, settings)
    links.end(cast.person("xiaohe"), by=cast.actor("teacher_bj"))

    with pytest.raises((NotPermitted, IllegalMove)):
        links.answer(
            stored(link.id),
            number=number_of(cast, "xiaohe"),
            version="2026-09",
            answers={Purpose.PHOTOS: True, Purpose.VIDEO: True},
            name="王秀英",
            relation=None,
            confirmed=True,
        )
