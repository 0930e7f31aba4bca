"""In English no page shows a Chinese word of ours: only names and what people wrote stay as they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts.models import Person, PersonKind
from penpal.kernel.db import session, transaction
from penpal.places.models import Unit
from tests.accounts.doors import sign_in
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import composed, send
from tests.safeguarding.telling import post as post_report
from tests.safeguarding.telling import tell

CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff60]")
WRITTEN = "ئۇيغۇرچە خەت"
OF_THE_PRODUCT = ("中文", "结对子")
"""The name of the other language in the menu, and our own name in the seal."""

_SPOKEN = ("alt", "aria-label", "placeholder", "title", "value", "label")


class Words(HTMLParser):
    """Everything that is shown or read aloud; what is hidden from both is ornament."""

    VOID = frozenset(("meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "use"))

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ornaments = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID and (self.ornaments or given.get("aria-hidden") == "true"):
            self.ornaments += 1
        for name, value in given.items():
            if value and not self.ornaments and (name in _SPOKEN or name.startswith("data-")):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        if self.ornaments and tag not in self.VOID:
            self.ornaments -= 1

    def handle_data(self, data: str) -> None:
        if not self.ornaments:
            self.found.append(data)


@pytest.fixture
def names(cast: Cast) -> list[str]:
    """Names of people and places, the longest first; staff get names that are no words of ours."""
    with transaction() as current:
        current.execute(
            sa.update(Person)
            .where(Person.kind == PersonKind.STAFF)
            .values(name="Zhou", display_name="Zhou")
        )
    columns = (Unit.name, Unit.short_name, Person.name, Person.display_name)
    known = {name for column in columns for name in session().scalars(sa.select(column)) if name}
    return sorted(known | set(OF_THE_PRODUCT), key=len, reverse=True)


def chinese_on(page: str, names: list[str]) -> list[str]:
    reader = Words()
    reader.feed(page)
    left = []
    for words in reader.found:
        for name in names:
            words = words.replace(name, "")
        if CHINESE.search(words):
            left.append(words.strip())
    return left


def in_english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("penpal_lang", "en")
    return client


def assert_english(client: FlaskClient, address: str, names: list[str]) -> None:
    answer = in_english(client).get(address, follow_redirects=True)

    assert '<html lang="en"' in answer.text, address
    assert chinese_on(answer.text, names) == [], address


def test_the_judge_finds_what_it_is_asked_to_find(names: list[str]) -> None:
    page = '<p>小禾 writes</p><input placeholder="学校"><b aria-hidden="true">壹<i>贰</i></b><p>新的</p>'

    assert chinese_on(page, names) == ["学校", "新的"]


def test_the_pages_before_the_door(client: FlaskClient, names: list[str]) -> None:
    for address in ("/sign-in", "/activate", "/agreement", "/no-such-page"):
        assert_english(client, address, names)


def test_a_students_pages(as_: SignedIn, cast: Cast, names: list[str]) -> None:
    own = send(cast, body=WRITTEN)
    came = send(cast, "xiaomai", body=WRITTEN)
    report = tell(cast, words=WRITTEN)
    xiaohe = as_("xiaohe")

    for address in (
        "/",
        "/letters",
        f"/letters/{own.id}",
        f"/letters/{came.id}",
        "/letters/new",
        "/profile",
        "/account",
        "/tell",
        f"/told/{report.id}",
        f"/tell?about=letter:{came.id}",
    ):
        assert_english(xiaohe, address, names)
    xiaohe.post(f"/letters/{came.id}/opening")
    for address in ("/", f"/letters/{came.id}", f"/letters/new?reply_to={came.id}"):
        assert_english(xiaohe, address, names)


def test_the_pages_of_those_who_wait(as_: SignedIn, names: list[str]) -> None:
    for who, address in (("xiaolin", "/"), ("xiaolin", "/letters"), ("xiaoman", "/welcome")):
        assert_english(as_(who), address, names)


def test_the_pages_of_staff(as_: SignedIn, cast: Cast, names: list[str]) -> None:
    tell(cast, words=WRITTEN)
    class_id, school_id = cast.unit("bj-class").id, cast.unit("bj-school").id
    for address in (
        "/",
        f"/classes/{class_id}",
        f"/classes/{class_id}/pairs",
        "/reports",
        "/account",
    ):
        assert_english(as_("teacher_bj"), address, names)
    for address in (
        "/",
        f"/schools/{school_id}",
        f"/schools/{school_id}/roster",
        f"/classes/{class_id}/slips",
    ):
        assert_english(as_("secretary_bj"), address, names)
    for who in ("county_bj", "editor"):
        assert_english(as_(who), "/", names)


def test_refusals_and_thanks(as_: SignedIn, client: FlaskClient, names: list[str]) -> None:
    xiaohe = in_english(as_("xiaohe"))
    refused = [
        sign_in(in_english(client), "xiaohe", "wrong"),
        client.post("/activate", data={"code": "1", "display_name": "", "password": "short"}),
        xiaohe.post("/account/password", data={"current_password": "x", "password": "12345678"}),
        xiaohe.post("/profile", data={"display_name": ""}),
        xiaohe.post("/letters", data=composed(body="")),
        xiaohe.post("/letters", data=composed(key="x", body=WRITTEN)),
        post_report(xiaohe, words=""),
    ]

    for answer in refused:
        assert answer.status_code == 422
        assert chinese_on(answer.text, names) == []
    xiaohe.post("/letters", data=composed(body=WRITTEN))
    assert_english(xiaohe, "/letters", names)
