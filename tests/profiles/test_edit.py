"""The profile: what partners see, written by the student alone."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from penpal.kernel.access import visible
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.profiles import services
from penpal.profiles.models import Profile
from penpal.safeguarding.models import Report
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn

WRITTEN: dict[str, Any] = {
    "display_name": "小禾",
    "interests": "画画、踢足球，听爷爷讲树",
    "introduction": "我住在一条有槐树的胡同里。\n\n下雨的时候树叶会响。",
    "question": "你们那里的星星是不是特别多？",
}


def edit(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/profile", data=WRITTEN | changes)


def test_the_partner_sees_what_was_written(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    answer = edit(xiaohe)
    own = xiaohe.get("/profile").text
    partner = as_("xiaomai").get("/").text

    assert answer.location == "/profile"
    assert "存好了" in own
    assert "画画、踢足球、听爷爷讲树" in own
    for words in ("画画、踢足球、听爷爷讲树", "下雨的时候树叶会响。", WRITTEN["question"]):
        assert words in partner
    profile = services.of(cast.person("xiaohe").id)
    assert profile.interests == ["画画", "踢足球", "听爷爷讲树"]


def test_a_new_display_name_is_what_the_partner_reads(as_: SignedIn) -> None:
    edit(as_("xiaohe"), display_name=" 禾苗 ")

    assert "禾苗" in as_("xiaomai").get("/").text
    assert "禾苗" in as_("xiaohe").get("/account").text


def test_markup_is_shown_as_text(as_: SignedIn) -> None:
    edit(as_("xiaohe"), introduction="<b>我</b><script>alert(1)</script>", display_name="<i>禾</i>")

    page = as_("xiaomai").get("/").text

    assert "&lt;b&gt;我&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "<i>禾" not in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("display_name", "", "名字写 1 到 12 个字"),
        ("display_name", "字" * 13, "名字写 1 到 12 个字"),
        ("interests", "、".join("一二三四五六七"), "最多写六样"),
        ("interests", "字" * 13, "每一样不超过 12 个字"),
        ("introduction", "字" * 301, "自我介绍最多 300 个字"),
        ("question", "字" * 61, "问题最多 60 个字"),
    ],
)
def test_too_much_is_refused_in_words_and_kept_on_the_page(
    as_: SignedIn, cast: Cast, field: str, typed: str, words: str
) -> None:
    answer = edit(as_("xiaohe"), **{field: typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert typed in answer.text
    assert session().get(Profile, cast.person("xiaohe").id) is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("display_name", "字" * 12),
        ("interests", "、".join("一二三四五六")),
        ("interests", ""),
        ("introduction", "字" * 300),
        ("question", "字" * 60),
        ("interests", "画画、画画，画画"),
    ],
)
def test_as_much_as_allowed_is_taken(as_: SignedIn, field: str, typed: str) -> None:
    assert edit(as_("xiaohe"), **{field: typed}).status_code == 302


@pytest.mark.parametrize("who", ["teacher_bj", "secretary_bj", "editor"])
def test_staff_have_no_profile_to_write(as_: SignedIn, cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.edit(**WRITTEN, by=cast.actor(who))

    assert edit(as_(who)).status_code == 403


def test_staff_do_not_get_the_page(as_: SignedIn) -> None:
    assert as_("teacher_bj").get("/profile").status_code == 403


def test_a_child_without_consent_writes_nothing(as_: SignedIn, cast: Cast) -> None:
    assert edit(as_("xiaoman")).location == "/welcome"
    with pytest.raises(NotPermitted):
        services.edit(**WRITTEN, by=cast.actor("xiaoman"))


def test_a_profile_is_there_for_its_owner_and_the_partner_alone(as_: SignedIn, cast: Cast) -> None:
    edit(as_("xiaohe"))
    sees = {
        who: len(session().scalars(visible(Profile, cast.actor(who))).all())
        for who in ("xiaohe", "xiaomai", "xiaolin", "xiaoyuan", "teacher_bj", "editor")
    }

    assert sees == {
        "xiaohe": 1,
        "xiaomai": 1,
        "xiaolin": 0,
        "xiaoyuan": 0,
        "teacher_bj": 0,
        "editor": 0,
    }


def test_a_past_partner_keeps_seeing_who_it_was(as_: SignedIn, cast: Cast) -> None:
    edit(as_("xiaohe"))
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    assert len(session().scalars(visible(Profile, cast.actor("xiaomai"))).all()) == 1


def test_what_endangers_a_child_stands_in_no_profile_and_no_word_is_lost(
    as_: SignedIn, cast: Cast
) -> None:
    xiaohe = as_("xiaohe")
    risky = "画画、13812345678"

    for field in ("introduction", "question", "interests"):
        refused = edit(xiaohe, **{field: risky})

        assert refused.status_code == 422
        assert "像是手机号" in refused.text
        assert risky in refused.text
        assert f"/tell?about=profile:{cast.person('xiaohe').id}" in refused.text
    assert edit(xiaohe, display_name="13812345678").status_code == 422
    assert services.of(cast.person("xiaohe").id).introduction == ""


def test_words_of_despair_are_saved_show_help_and_tell_of_a_worry(
    as_: SignedIn, cast: Cast
) -> None:
    answer = edit(as_("xiaohe"), introduction="有时候我不想活了。")
    page = as_("xiaohe").get(answer.location).text

    assert services.of(cast.person("xiaohe").id).introduction == "有时候我不想活了。"
    assert "12356" in page
    (worry,) = session().query(Report).all()
    assert worry.reporter_id == cast.person("xiaohe").id
    assert "不想活" not in worry.about_label + worry.words


def test_one_photo_is_shown_to_the_partner_until_it_is_taken_out(as_: SignedIn, cast: Cast) -> None:
    xiaohe, owner = as_("xiaohe"), cast.person("xiaohe").id
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#204080").save(made, "JPEG")

    answer = xiaohe.post(
        "/profile",
        data=WRITTEN | {"photos": "shown", "photo": (io.BytesIO(made.getvalue()), "a.jpg")},
    )
    (photo,) = services.photo_of(owner)
    named = {"photos": "shown", "photo_id": str(photo.id)}
    edit(xiaohe, **named, **{f"photo_description_{photo.id}": "我种的花"})
    home = as_("xiaomai").get("/").text
    refused = edit(xiaohe, **named, **{f"photo_description_{photo.id}": "打 13800001111 找我"})
    two = xiaohe.post(
        "/profile", data=WRITTEN | named | {"photo": (io.BytesIO(made.getvalue()), "b.jpg")}
    )
    edit(xiaohe)

    assert answer.status_code == 302
    assert 'alt="我种的花"' in home
    (address,) = re.findall(r"/photos/[\w.-]+", home)
    assert as_("xiaomai").get(address).status_code == 200
    assert as_("xiaolin").get(address).status_code == 404
    assert refused.status_code == 422
    assert f'id="photo-{photo.id}-error"' in refused.text
    assert two.status_code == 422
    # A form that does not ask for the photo leaves it alone.
    assert [one.description for one in services.photo_of(owner)] == ["我种的花"]
    edit(xiaohe, photos="shown")
    assert services.photo_of(owner) == ()
    assert as_("xiaomai").get(address).status_code == 404
