"""Telling a grown-up: from every page, to the class teacher or past them, once for a key."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from penpal.kernel import clock, trail
from penpal.kernel.access import visible
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.safeguarding.models import WORDS_MAX, Addressee, Raised, Report, ReportKind
from penpal.safeguarding.states import ReportState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import save, send
from tests.safeguarding.telling import KEY, WORDS, post, reports, tell


def sees(cast: Cast, who: str) -> int:
    return len(session().scalars(visible(Report, cast.actor(who))).all())


def test_a_child_tells_the_class_teacher(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    answer = post(xiaohe)
    told = xiaohe.get(answer.location).text

    assert "老师会看到的" in told
    assert WORDS in told
    [report] = reports()
    assert (report.state, report.addressee) == (ReportState.TOLD, Addressee.TEACHER)
    assert report.class_id == cast.unit("bj-class").id
    assert [(entry.move, entry.actor_id) for entry in trail.of(report)] == [
        ("tell", cast.person("xiaohe").id)
    ]
    assert WORDS in as_("teacher_bj").get("/reports").text
    assert WORDS in as_("secretary_bj").get("/reports").text


def test_past_the_teacher_the_teacher_sees_nothing_of_it(as_: SignedIn, cast: Cast) -> None:
    answer = post(as_("xiaohe"), addressee="school_secretary")
    teacher, secretary = as_("teacher_bj"), as_("secretary_bj")

    for address in ("/reports", "/", answer.location, f"/classes/{cast.unit('bj-class').id}"):
        page = teacher.get(address).text
        assert WORDS not in page
        assert "在等回话" not in page
    assert teacher.get(answer.location).status_code == 404
    assert 'class="dot' not in teacher.get("/").text
    assert sees(cast, "teacher_bj") == 0
    page = secretary.get("/reports").text
    assert WORDS in page
    assert "只说给校团委书记" in page


def test_past_the_school_only_the_county_sees_it(as_: SignedIn, cast: Cast) -> None:
    answer = post(as_("xiaohe"), addressee="above")

    for who in ("teacher_bj", "secretary_bj", "teacher_ht", "secretary_ht", "editor"):
        assert sees(cast, who) == 0
        assert as_(who).get(answer.location).status_code in (403, 404)
        assert WORDS not in as_(who).get("/reports").text
    assert WORDS in as_("county_bj").get("/reports").text


@pytest.mark.parametrize(
    "who",
    ["xiaomai", "xiaolin", "teacher_ht", "teacher_tj", "secretary_ht", "county_bj", "editor"],
)
def test_nobody_else_learns_of_it_not_even_the_partner(as_: SignedIn, cast: Cast, who: str) -> None:
    report = tell(cast)
    outsider = as_(who)

    assert sees(cast, who) == 0
    assert outsider.get(f"/told/{report.id}").status_code in (403, 404)
    assert WORDS not in outsider.get("/reports", follow_redirects=True).text
    assert WORDS not in outsider.get("/").text


def test_pressing_twice_tells_once(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    first, second = post(xiaohe), post(xiaohe)

    assert first.location == second.location
    assert len(reports()) == 1
    assert len(trail.of(reports()[0])) == 1


def test_two_children_may_have_the_same_key(cast: Cast) -> None:
    tell(cast)
    tell(cast, "xiaolin", words="我也有事想说。")

    assert [report.words for report in reports()] == [WORDS, "我也有事想说。"]


def test_each_page_brings_a_fresh_key(as_: SignedIn) -> None:
    xiaohe = as_("xiaohe")

    keys = {
        re.findall(r'name="key" value="([^"]+)"', xiaohe.get("/tell").text)[0] for _ in range(2)
    }

    assert len(keys) == 2


def test_a_lost_key_still_tells(as_: SignedIn) -> None:
    assert post(as_("xiaohe"), key="").status_code == 302
    assert len(reports()) == 1


def test_a_letter_can_be_pointed_at_without_a_word(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai")
    xiaohe = as_("xiaohe")
    xiaohe.post(f"/letters/{letter.id}/opening")

    read = xiaohe.get(f"/letters/{letter.id}").text
    page = xiaohe.get(f"/tell?about=letter:{letter.id}").text
    answer = post(xiaohe, words="", about=f"letter:{letter.id}")

    assert f"/tell?about=letter:{letter.id}" in read
    assert "说的是：小麦的第一封信" in page
    assert "小麦的第一封信" in xiaohe.get(answer.location).text
    [report] = reports()
    assert (report.about_kind, report.about_id) == ("letter", letter.id)
    listed = as_("teacher_bj").get("/reports").text
    assert "小麦的第一封信" in listed


def test_pointing_opens_no_letter_to_the_teacher(as_: SignedIn, cast: Cast) -> None:
    letter = send(cast, "xiaomai")
    post(as_("xiaohe"), about=f"letter:{letter.id}")
    teacher = as_("teacher_bj")

    assert "老槐树" not in teacher.get("/reports").text
    assert teacher.get(f"/letters/{letter.id}").status_code == 404


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan"])
def test_a_letter_that_is_not_theirs_is_not_pointed_at(as_: SignedIn, cast: Cast, who: str) -> None:
    letter = send(cast)
    child = as_(who)

    page = child.get(f"/tell?about=letter:{letter.id}").text
    post(child, about=f"letter:{letter.id}")

    assert "小禾" not in page
    [report] = reports()
    assert (report.about_kind, report.about_id, report.about_label) == ("", None, "")


@pytest.mark.parametrize(
    "pointer",
    [
        "letter:999999",
        "letter:x",
        "letter:",
        "letter",
        "person:1",
        ":1",
        "letter:-1",
        "letter:²",
        "letter:99999999999",
        "x" * 500,
    ],
)
def test_a_pointer_to_nothing_is_left_out(as_: SignedIn, pointer: str) -> None:
    xiaohe = as_("xiaohe")

    assert xiaohe.get("/tell", query_string={"about": pointer}).status_code == 200
    assert post(xiaohe, about=pointer).status_code == 302
    assert [report.about_label for report in reports()] == [""]


def test_a_draft_of_the_partner_is_not_pointed_at(as_: SignedIn, cast: Cast) -> None:
    draft = save(cast, "xiaomai").letter

    post(as_("xiaohe"), about=f"letter:{draft.id}")

    assert reports()[0].about_id is None


@pytest.mark.parametrize(
    ("words", "said"),
    [("", "写一句也行"), ("  \n", "写一句也行"), ("字" * (WORDS_MAX + 1), "最多写 2000 个字")],
)
def test_too_little_or_too_much_is_answered_kindly(
    as_: SignedIn, cast: Cast, words: str, said: str
) -> None:
    answer = post(as_("xiaohe"), words=words)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'name="key" value="{KEY}"' in answer.text
    assert words.strip() in answer.text
    assert reports() == []
    with pytest.raises(Invalid):
        tell(cast, words=words)


def test_a_child_without_consent_can_tell(as_: SignedIn, cast: Cast) -> None:
    xiaoman = as_("xiaoman")

    answer = post(xiaoman)

    assert xiaoman.get(answer.location).status_code == 200
    assert WORDS in as_("teacher_bj").get("/reports").text


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "county_bj", "editor"])
def test_staff_have_no_form_of_a_child(as_: SignedIn, cast: Cast, who: str) -> None:
    staff = as_(who)

    assert staff.get("/tell").status_code == 403
    refused = post(staff)
    assert refused.status_code == 403
    assert WORDS in refused.text
    with pytest.raises(NotPermitted):
        tell(cast, who)

    assert reports() == []


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/tell").location == "/sign-in?next=/tell"


@pytest.mark.parametrize("address", ["/", "/letters", "/letters/new", "/profile", "/account"])
def test_telling_is_two_taps_from_every_page_of_a_student(as_: SignedIn, address: str) -> None:
    for who in ("xiaohe", "xiaolin"):
        shown = as_(who).get(address, follow_redirects=True).text
        assert 'href="/tell"' in shown
        assert "告诉老师" in shown


def test_the_page_says_who_will_read_it_and_where_help_is_at_once(as_: SignedIn) -> None:
    page = as_("xiaohe").get("/tell").text

    assert "老师不会告诉伙伴是你说的" in page
    assert "你的班主任。校团委书记也看得到" in page
    assert "老师看不到" in page
    assert "12355" in page


def test_words_are_shown_as_text(as_: SignedIn) -> None:
    post(as_("xiaohe"), words="<script>alert(1)</script>")

    page = as_("teacher_bj").get("/reports").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "broken",
    [
        {"about_kind": "letter"},
        {"about_id": 7},
        {"answered_at": clock.now()},
        {"key": KEY},
        {"raised_to": Raised.COUNTY},
        {"evidence_until": clock.today()},
        {"kind": ReportKind.WORRY, "words": "原话"},
        {"kind": ReportKind.WORRY, "about_kind": "letter", "about_id": 7},
    ],
)
def test_impossible_reports_cannot_be_stored(cast: Cast, broken: dict[str, object]) -> None:
    tell(cast)
    columns: dict[str, object] = {
        "key": "another-key",
        "reporter_id": cast.person("xiaohe").id,
        "class_id": cast.unit("bj-class").id,
        "addressee": Addressee.TEACHER,
        "due_at": clock.now(),
    }

    with pytest.raises(IntegrityError), transaction() as current:
        current.add(Report(**(columns | broken)))


def test_a_child_who_has_left_still_reaches_those_of_the_last_class(
    as_: SignedIn, cast: Cast
) -> None:
    with transaction():
        place = cast.person("xiaohe").enrolments[0]
        place.until = clock.today()

    page = as_("xiaohe").get("/tell")
    answer = post(as_("xiaohe"))

    assert page.status_code == 200
    assert cast.person("teacher_bj").shown_name in page.text
    assert answer.status_code == 302
    assert [report.class_id for report in reports()] == [cast.unit("bj-class").id]
    assert WORDS in as_("teacher_bj").get("/reports").text
