"""Every route × every role × own and other: what the door answers, as a table that a person has read.

The table (``matrix.txt``) is made from the map of addresses, so a route that is new, gone or answers
otherwise fails here until its lines have been looked at. ``other`` is somebody with the same role who
has nothing to do with what the address names.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.desk import matrix
from penpal.kernel.db import db, transaction
from penpal.media import links
from penpal.notices import mailing
from penpal.notices.models import MailAddress, Rhythm
from tests.cast import Cast
from tests.conftest import SignedIn, copy_database
from tests.house.conftest import World

# Both databases keep the same rules; the file of this one is put back in a moment.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

TABLE = Path(__file__).with_name("matrix.txt")
REFUSED = ("403", "404", "sign-in", "welcome")
"""``welcome`` is where students wait until they may take part."""
# The cast ends at the county and has one editor: whoever else has an office, and where.
OFFICES = (
    ("county_tj", Role.COUNTY_SECRETARY, "tj-county"),
    ("province_bj", Role.PROVINCE_SECRETARY, "beijing"),
    ("province_tj", Role.PROVINCE_SECRETARY, "tianjin"),
    ("corps", Role.CORPS_SECRETARY, "bingtuan"),
    ("centre", Role.CENTRE_SECRETARY, "centre"),
    ("operator", Role.OPERATOR, "centre"),
)
# Kind of actor, who of them has to do with what the addresses name, and who has not.
PEOPLE = (
    ("student", "xiaohe", "xiaoyuan"),
    ("student_without_consent", "xiaoman", ""),
    ("teacher", "teacher_bj", "teacher_tj"),
    ("school_secretary", "secretary_bj", "secretary_tj"),
    ("county_secretary", "county_bj", "county_tj"),
    ("province_secretary", "province_bj", "province_tj"),
    ("corps_secretary", "", "corps"),
    ("centre_secretary", "centre", ""),
    ("editor", "", "editor"),
    ("operator", "", "operator"),
)
# The address is the key, whoever brings it: on the paper of a guardian, who has no account, and in a mail.
BY_ADDRESS_ALONE = ("/guardian/<code>", "/mail/<link>", "/piece/", "/special/")
# A form that names somebody beside the class in its address: without them nobody is meant.
NAMED_IN_FORMS = {"kind_words.say": ("person", "person_id")}
OF_NOBODY = {"purpose", "guide", "audience", "month"}
"""Names in addresses that are no record: what of one's own is meant, which text is read."""
OF_ALL_EDITORS = ("/desk/", "/issues/")
"""What lies on the desk is every editor's, and nobody else's."""


@dataclass(frozen=True)
class Visitor:
    """Who knocks. ``cookie`` is that of a browser which is signed in."""

    kind: str
    is_other: bool = False
    cookie: str = ""

    def __str__(self) -> str:
        return f"{self.kind} (other)" if self.is_other else self.kind


class House:
    """The application with something of everybody's in it, put back after each change."""

    def __init__(self, app: Flask, world: World, as_: SignedIn) -> None:
        self.app, self.world = app, world
        _appoint(world.cast)
        self.visitors = [Visitor("nobody"), *self._signed_in(as_)]
        self.numbers = _numbers(world)
        self.live = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
        self.whole = self.live.with_suffix(".house")
        self.whole.unlink(missing_ok=True)
        copy_database(self.live, self.whole)
        self.watching = sqlite3.connect(self.live)
        self.version = self._version()

    def _signed_in(self, as_: SignedIn) -> Iterator[Visitor]:
        for kind, own, other in PEOPLE:
            for who in filter(None, (own, other)):
                cookie = as_(who).get_cookie("penpal")
                assert cookie is not None
                yield Visitor(kind, who == other, cookie.value)

    def answer(self, visitor: Visitor, method: str, rule: Rule) -> str:
        browser = self.app.test_client()
        if visitor.cookie:
            browser.set_cookie("penpal", visitor.cookie)
        address = rule.rule
        for name in rule.arguments:
            shape = f"<int:{name}>" if f"<int:{name}>" in address else f"<{name}>"
            address = address.replace(shape, str(self.numbers[name]))
        field, name = NAMED_IN_FORMS.get(rule.endpoint, ("", ""))
        data = {field: self.numbers[name]} if field else None
        answer = browser.open(address, method=method, data=data)
        assert answer.status_code < 500, f"{visitor} {method} {address}: {answer.status}"
        if answer.status_code in (403, 404):
            return str(answer.status_code)
        led = answer.location or ""
        if not visitor.cookie and (led.startswith("/sign-in") or answer.status_code == 401):
            return "sign-in"
        if led == "/welcome":
            return "welcome"
        if self._version() != self.version:
            db.session.remove()
            copy_database(self.whole, self.live)
            self.version = self._version()
        return "yes"

    def _version(self) -> object:
        """Another one after each change of the database by anybody else."""
        return self.watching.execute("PRAGMA data_version").fetchone()[0]

    @cached_property
    def answers(self) -> dict[tuple[str, str], dict[Visitor, str]]:
        """(method, endpoint): what each visitor is answered."""
        return {
            (method, rule.endpoint): {
                visitor: self.answer(visitor, method, rule) for visitor in self.visitors
            }
            for rule, method in self.routes()
        }

    def routes(self) -> Iterator[tuple[Rule, str]]:
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _appoint(cast: Cast) -> None:
    with transaction():
        for login_name, role, code in OFFICES:
            person = accounts.add_person(PersonKind.STAFF, login_name, login_name=login_name)
            accounts.grant(person, role, cast.unit(code), since=date(2026, 9, 1))


def _numbers(world: World) -> dict[str, object]:
    """One thing of Beijing's for each name in an address; letters are sealed, as most are."""
    cast = world.cast
    return {
        "class_id": cast.unit("bj-class").id,
        "school_id": cast.unit("bj-school").id,
        "unit_id": cast.unit("bj-school").id,
        "letter_id": world.letters["opened"],
        "line_id": world.lines["sent"],
        "key": "world-opened",
        "report_id": world.reports["teacher"],
        "opening_id": world.opening,
        "note_id": world.note,
        "kind": "hold",
        "item_id": world.hold,
        "hold_id": world.asked,
        "phrase_id": world.phrase,
        "upload_id": world.upload,
        "heading_id": world.heading,
        "transfer_id": world.transfer,
        "pair_id": cast.pair().id,
        "person_id": cast.person("xiaohe").id,
        "session_id": 1,
        "enrolment_id": world.left,
        "grant_id": cast.person("teacher_bj").grants[0].id,
        "twinning_id": cast.class_twinning().id,
        "paper_id": world.paper,
        "purpose": "photos",
        "guide": "banzhuren",
        "audience": "guardians",
        "code": world.guardian_code,
        "party_id": world.party,
        "month": "2026-11",
        "activity_id": world.activities["proposed"],
        "theme_id": world.theme,
        "book_id": world.books["waiting"],
        "written_id": world.notes["read"],
        "reflection_id": world.reflection,
        "listed_id": world.listed,
        "question_id": world.question,
        "list_id": 1,
        "issue_id": world.issue,
        "row_id": world.issue_piece,
        "handout_id": world.handout,
        "piece_id": world.published,
        "word_id": world.word,
        "section_key": "letters",
        "theme_key": "home",
        "here": 1,
        "there": 2,
        "size": "small",
        "form": "jpeg",
        "remark_id": world.remark,
        "version_id": 1,
        "submission_id": world.pieces["teacher"],
        "photo_id": world.photos["loose"],
        "token": links.token(world.photos["sealed"], "small", "jpeg", cast.person("xiaohe").id),
        "number": 1,
        "station_id": world.stations["bj"],
        "recusal_id": world.recusal,
        "notice_id": world.notice,
        "link": _link_in_a_mail(cast.person("teacher_bj").id),
    }


def _link_in_a_mail(person_id: int) -> str:
    """It confirms where mail goes; whoever has it needs nothing else."""
    address = "teacher@example.cn"
    with transaction() as current:
        current.add(
            MailAddress(person_id=person_id, address=address, rhythm=Rhythm.DAILY, language="en")
        )
    return mailing.confirm_token(person_id, address)


@pytest.fixture
def house(app: Flask, world: World, as_: SignedIn) -> Iterator[House]:
    house = House(app, world, as_)
    yield house
    house.watching.close()


def test_each_route_answers_each_role_as_the_table_says(house: House, tmp_path: Path) -> None:
    found = _as_text(house)
    (tmp_path / TABLE.name).write_text(found, encoding="utf-8")

    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines(), (
        f"read each line that differs; the table as it is now: {tmp_path / TABLE.name}"
    )
    _nobody_passes_whom_the_rulebook_never_lets_in(house)
    _nobody_reaches_what_is_of_others(house)
    _whoever_is_not_signed_in_is_asked_to(house)


def _as_text(house: House) -> str:
    signed_in = ", ".join(str(visitor) for visitor in house.visitors[1:])
    blocks = []
    for rule, method in house.routes():
        by_answer: dict[str, list[str]] = defaultdict(list)
        for visitor, answer in house.answers[method, rule.endpoint].items():
            by_answer[answer].append(str(visitor))
        lines = [
            f"    {answer:8} {', '.join(who).replace(signed_in, 'whoever is signed in')}"
            for answer, who in sorted(by_answer.items())
        ]
        blocks.append("\n".join([f"{method} {rule.rule}", *lines]))
    return "\n".join(blocks) + "\n"


def _nobody_passes_whom_the_rulebook_never_lets_in(house: House) -> None:
    for rule, method in house.routes():
        permission = house.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        for visitor, answer in house.answers[method, rule.endpoint].items():
            if permission is None or visitor.kind == "nobody":
                continue
            if matrix.cell(permission, visitor.kind) == matrix.NEVER:
                assert answer in REFUSED, (str(visitor), method, rule.rule)


def _nobody_reaches_what_is_of_others(house: House) -> None:
    for rule, method in house.routes():
        if rule.arguments - OF_NOBODY and not rule.rule.startswith(BY_ADDRESS_ALONE):
            answers = house.answers[method, rule.endpoint].items()
            passed = [str(who) for who, answer in answers if who.is_other and answer == "yes"]
            if rule.rule.startswith(OF_ALL_EDITORS):
                passed = [who for who in passed if who != "editor (other)"]
            assert not passed, (method, rule.rule)


def _whoever_is_not_signed_in_is_asked_to(house: House) -> None:
    for rule, method in house.routes():
        is_open = house.app.view_functions[rule.endpoint].permission is None  # type: ignore[attr-defined]
        answer = house.answers[method, rule.endpoint][house.visitors[0]]
        assert is_open or answer == "sign-in", (method, rule.rule, answer)
