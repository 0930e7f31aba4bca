"""Guardians' signatures: the teacher has the paper in hand and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from penpal.accounts.models import Person
from penpal.consent import services
from penpal.consent.models import Consent, Giver, How, Purpose, Refusal, Relation
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import NotPermitted
from tests.cast import Cast
from tests.conftest import SignedIn


def record(
    client: FlaskClient, cast: Cast, *who: str, class_code: str = "bj-class"
) -> TestResponse:
    students = [cast.person(name).id for name in who]
    return client.post(
        f"/classes/{cast.unit(class_code).id}/signatures", data={"student": students}
    )


def consents(cast: Cast, who: str) -> list[Consent]:
    return list(
        session().scalars(
            sa.select(Consent).where(Consent.person_id == cast.person(who).id).order_by(Consent.id)
        )
    )


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj"])
def test_school_staff_record_a_signature_and_the_child_comes_in(
    as_: SignedIn, cast: Cast, who: str
) -> None:
    staff, xiaoman = as_(who), as_("xiaoman")
    waiting = xiaoman.get("/")

    answer = record(staff, cast, "xiaoman")
    page = staff.get(answer.location).text

    assert waiting.location == "/welcome"
    assert "记下了 1 份" in page
    assert xiaoman.get("/").status_code == 200
    [given] = consents(cast, "xiaoman")
    assert (given.giver, given.how, given.purpose) == (
        Giver.GUARDIAN,
        How.PAPER,
        Purpose.TAKING_PART,
    )
    assert given.recorded_by_id == cast.person(who).id
    assert [(entry.move, entry.actor_id) for entry in trail.of(cast.person("xiaoman"))] == [
        ("guardian consented", cast.person(who).id)
    ]


def test_the_class_page_asks_for_what_is_missing_and_for_nothing_else(
    as_: SignedIn, cast: Cast
) -> None:
    page = as_("teacher_bj").get(f"/classes/{cast.unit('bj-class').id}").text

    assert f'name="student" value="{cast.person("xiaoman").id}"' in page
    assert f'name="student" value="{cast.person("xiaohe").id}"' not in page
    assert "记下收到的同意书" in page


def test_recording_twice_is_one_signature(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    record(teacher, cast, "xiaoman", "xiaoman")
    record(teacher, cast, "xiaoman")

    assert len(consents(cast, "xiaoman")) == 1
    assert len(trail.of(cast.person("xiaoman"))) == 1


def test_nobody_chosen_is_said_kindly(as_: SignedIn, cast: Cast) -> None:
    teacher = as_("teacher_bj")

    page = teacher.get(record(teacher, cast).location).text

    assert "先勾选交了同意书的同学" in page


@pytest.mark.parametrize("who", ["teacher_ht", "teacher_tj", "secretary_tj", "county_bj", "editor"])
def test_an_outsider_records_nothing(as_: SignedIn, cast: Cast, who: str) -> None:
    answer = record(as_(who), cast, "xiaoman")

    assert answer.status_code in (403, 404)
    assert consents(cast, "xiaoman") == []
    with pytest.raises(NotPermitted):
        services.record_signatures([cast.person("xiaoman")], by=cast.actor(who))


def test_a_child_records_no_signature_for_itself(as_: SignedIn, cast: Cast) -> None:
    assert record(as_("xiaoman"), cast, "xiaoman").location == "/welcome"
    assert record(as_("xiaohe"), cast, "xiaoman").status_code in (403, 404)
    assert consents(cast, "xiaoman") == []


def test_a_child_of_another_school_cannot_be_slipped_in(as_: SignedIn, cast: Cast) -> None:
    with transaction() as current:
        current.execute(sa.delete(Consent).where(Consent.person_id == cast.person("xiaomai").id))

    answer = record(as_("teacher_bj"), cast, "xiaoman", "xiaomai")

    assert answer.status_code == 404
    assert consents(cast, "xiaomai") == consents(cast, "xiaoman") == []


def test_the_database_keeps_one_running_yes_for_a_purpose(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction() as current:
        current.add(
            Consent(
                person_id=cast.person("xiaohe").id,
                purpose=Purpose.TAKING_PART,
                giver=Giver.GUARDIAN,
                how=How.PAPER,
            )
        )


def test_an_older_paper_overturns_no_later_no(cast: Cast) -> None:
    child = cast.person("xiaoman")
    teacher = cast.actor("teacher_bj")
    no = services.Origin(Giver.GUARDIAN, How.LINK, given_by="家长", relation=Relation.MOTHER)
    with transaction():
        services.say_no(child.id, Purpose.PHOTOS, no, by=SYSTEM)
    today = clock.today()

    before = services.record_signatures(
        [child], by=teacher, purposes=[Purpose.PHOTOS], given_on=today - timedelta(days=9)
    )
    same_day = services.record_signatures([child], by=teacher, purposes=[Purpose.PHOTOS])

    assert (before, same_day) == (0, 0)
    assert consents(cast, "xiaoman") == []


def test_a_paper_signed_after_a_no_takes_its_place(cast: Cast) -> None:
    child = cast.person("xiaoman")
    no = services.Origin(Giver.GUARDIAN, How.PAPER)
    with transaction() as current:
        services.say_no(child.id, Purpose.PHOTOS, no, by=SYSTEM)
        current.execute(sa.update(Refusal).values(refused_at=clock.now() - timedelta(days=3)))

    recorded = services.record_signatures(
        [child], by=cast.actor("teacher_bj"), purposes=[Purpose.PHOTOS]
    )

    assert recorded == 1


@pytest.fixture
def refused(cast: Cast) -> Person:
    """小满's mother said no to photos by link, and took back her yes to taking part."""
    child, teacher = cast.person("xiaoman"), cast.actor("teacher_bj")
    no = services.Origin(Giver.GUARDIAN, How.LINK, given_by="满妈妈", relation=Relation.MOTHER)
    services.record_signatures([child], by=teacher, given_on=clock.today() - timedelta(days=30))
    with transaction():
        services.say_no(child.id, Purpose.PHOTOS, no, by=SYSTEM)
        services.withdraw(child, by=teacher)
    return child


def test_whom_an_older_paper_leaves_out_is_named_with_the_reason_and_the_ways(
    as_: SignedIn, cast: Cast, refused: Person
) -> None:
    teacher, class_ = as_("teacher_bj"), cast.unit("bj-class").id
    other, long_ago = cast.person("xiaolin").id, clock.today() - timedelta(days=9)

    answer = teacher.post(
        f"/classes/{class_}/consent/papers",
        data={
            "student": [refused.id, other],
            "purpose": ["taking_part", "photos"],
            "given_on": long_ago.isoformat(),
        },
    )
    page = teacher.get(answer.location).text
    plain = teacher.get(f"/classes/{class_}/consent").text

    notice = page[page.index("1 位同学的纸没有记上") : page.index("人没齐")]
    assert "记下了 1 位同学的家长同意" in page
    assert f'href="/students/{refused.id}/consent#link"' in notice
    assert all(
        word in notice for word in ("小满", "满妈妈", "不同意", "撤下", "新链接", "重新签一张")
    )
    assert "小林" not in notice
    assert "的纸没有记上" not in plain
    assert not cast.actor("xiaoman").takes_part


def test_one_paper_that_changes_nothing_says_so_and_a_later_one_counts(
    as_: SignedIn, cast: Cast, refused: Person
) -> None:
    teacher, class_ = as_("teacher_bj"), cast.unit("bj-class").id
    long_ago = (clock.today() - timedelta(days=9)).isoformat()
    paper = {"purpose": "photos", "given_on": long_ago}

    alone = teacher.post(f"/students/{refused.id}/consent/papers", data=paper)
    told = teacher.get(alone.location).text
    with transaction() as current:
        then = clock.now() - timedelta(days=3)
        current.execute(sa.update(Consent).values(withdrawn_at=then))
    from_class = record(teacher, cast, "xiaoman")

    assert "的纸没有记上" in told
    assert "记下了。" not in told.split("<main")[1].split("</main")[0]
    assert from_class.location == f"/classes/{class_}"
    assert "记下了 1 份" in teacher.get(from_class.location).text


def test_the_class_page_names_them_too_and_counts_what_is_new(
    as_: SignedIn, cast: Cast, refused: Person
) -> None:
    teacher = as_("teacher_bj")
    no = services.Origin(Giver.GUARDIAN, How.PAPER)
    with transaction():
        services.say_no(refused.id, Purpose.TAKING_PART, no, by=SYSTEM)

    answer = record(teacher, cast, "xiaoman", "xiaohe")
    page = teacher.get(answer.location).text
    again = teacher.get(record(teacher, cast, "xiaohe").location).text

    assert "1 位同学的纸没有记上" in page
    assert "份签好的同意书" not in page
    assert "都已经记过了" in again
    stranger = as_("teacher_ht").get(answer.location)
    assert stranger.status_code == 404
