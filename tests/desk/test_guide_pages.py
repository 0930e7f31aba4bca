"""The guides for staff as pages: for whom each is, where the pictures are, and that no child gets one."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from penpal.accounts import appointing
from penpal.accounts.models import Role
from penpal.config import ROOT
from penpal.desk import guides
from penpal.kernel.access import SYSTEM
from tests.cast import Cast
from tests.conftest import SignedIn


@pytest.mark.parametrize(
    ("who", "guide"),
    [("teacher_bj", "banzhuren"), ("secretary_bj", "tuanwei"), ("county_bj", "tuanwei")],
)
def test_everyone_of_the_staff_is_led_to_a_guide_from_every_page(
    as_: SignedIn, who: str, guide: str
) -> None:
    member = as_(who)

    page = member.get("/guides", follow_redirects=True)

    assert page.request.path == f"/guides/{guide}"
    assert member.get("/").text.count('href="/guides"') >= 2
    assert "<h1>" in page.text
    # Each part of the contents is a heading further down, and another guide is a page as well.
    marks = re.findall(r'<li><a href="#(part-\d+)">', page.text)
    assert len(marks) >= 10
    assert all(f'<h2 id="{mark}">' in page.text for mark in marks)
    assert ".zh.md" not in page.text


def test_a_teacher_who_is_secretary_too_gets_the_secretarys(as_: SignedIn, cast: Cast) -> None:
    secretary = cast.person("secretary_bj")
    appointing.grant(secretary, Role.TEACHER, cast.unit("bj-class-2"), by=SYSTEM)

    assert as_("secretary_bj").get("/guides").location == "/guides/tuanwei"


def test_pictures_are_served_with_their_size_and_words(as_: SignedIn) -> None:
    member = as_("teacher_bj")

    page = member.get("/guides/banzhuren").text

    pictures = re.findall(r'<img src="([^"]+)" alt="([^"]+)" width="\d+" height="\d+"', page)
    assert len(pictures) == page.count("<img")
    for address, _words in pictures:
        answer = member.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")


@pytest.mark.parametrize("who", ["xiaohe", "xiaoman"])
def test_no_child_is_shown_a_guide(as_: SignedIn, who: str) -> None:
    child = as_(who)

    answers = [child.get("/guides"), child.get("/guides/banzhuren")]

    assert all(answer.status_code in (302, 403) for answer in answers)
    assert all("/guides" not in (answer.location or "") for answer in answers)
    assert "/guides" not in child.get("/account").text


def test_another_name_is_no_guide(as_: SignedIn) -> None:
    assert as_("teacher_bj").get("/guides/README").status_code == 404


def test_every_guide_of_the_repository_has_its_page() -> None:
    files = {file.name for file in (ROOT / "docs" / "guides").glob("*.md")}

    safety = {f"safety-{who}.{tongue}.md" for who in guides.AUDIENCES for tongue in ("zh", "en")}
    assert files == set(guides.FILES.values()) | safety


@pytest.mark.parametrize(
    ("who", "audience"), [("xiaoman", "students"), ("teacher_bj", "teachers"), ("", "guardians")]
)
def test_what_keeps_children_safe_is_told_to_everyone_in_their_language(
    as_: SignedIn, client: FlaskClient, who: str, audience: str
) -> None:
    reader = as_(who) if who else client

    chinese = reader.get(f"/safety/{audience}").text
    reader.set_cookie("penpal_lang", "en")
    english = reader.get(f"/safety/{audience}").text

    assert 'lang="zh-Hans"' in chinese
    assert '<article class="manual" lang="en"' in english
    assert "12355" in chinese
    assert "12355" in english
    assert reader.get("/safety/nobody").status_code == 404
    if who:
        assert f'href="/safety/{audience}"' in reader.get("/account").text
