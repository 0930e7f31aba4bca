"""Every address, as everybody: nothing breaks, nothing is shown to the wrong eyes, nothing of others changes.

Here is what is posted, and what a walk over the pages looks for; that walk is in ``test_no_other_way.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from penpal.accounts.models import Enrolment, RoleGrant
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.consent.models import Consent
from penpal.kernel import clock
from penpal.kernel.trail import TrailEntry
from penpal.letters.models import Letter
from penpal.media import links
from penpal.media.models import Photo
from penpal.profiles.models import Profile
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.reviews.models import PathRule, Recusal, Remark, ReviewStation
from penpal.reading.class_models import BookQuestion, ClassBook
from penpal.reading.models import ReadingCopy, SharedBook
from penpal.reading.note_models import ReadingNote, Reflection
from penpal.rosters.models import RosterHeading, RosterUpload, Transfer
from penpal.safeguarding import queue
from penpal.safeguarding.models import Report
from penpal.twinning.models import Pair, Twinning
from tests.cast import STAFF
from tests.conftest import SignedIn
from tests.house import conftest as house
from tests.house import together
from tests.house.conftest import World

STRANGERS = ("nobody", "xiaoyuan", "xiaoman", "teacher_tj", "secretary_tj", "county_bj", "editor")

# Who may ever have these words on a page. Sealed letters are for two; staff is named nowhere.
SPANS = re.compile(r"</?span[^>]*>")
# Up to its own end, the next form's beginning or the page's end.
FORM = re.compile(r"<form\b([^>]*)>(.*?)(?=</form|<form\b|\Z)", re.DOTALL | re.IGNORECASE)
POSTS = re.compile(r"""\bmethod\s*=\s*["']?post\b""", re.IGNORECASE)
TOKEN = re.compile(r"""<input\b[^>]*\bname=["']?csrf_token\b""", re.IGNORECASE)
READERS = {
    house.SEALED_OPENED: {"xiaohe", "xiaomai"},
    house.SEALED_WAITING: {"xiaohe", "xiaomai"},
    house.POSTCARD: {"xiaohe", "xiaomai", "teacher_bj"},
    house.DRAFT: {"xiaohe"},
    house.POSTED: {"xiaohe"},
    house.PROFILE_HE: {"xiaohe", "xiaomai"},
    house.PROFILE_MAI: {"xiaohe", "xiaomai"},
    house.PROFILE_YUAN: {"xiaoyuan"},
    house.TOLD_TEACHER: {"xiaohe", "teacher_bj", "secretary_bj"},
    house.TOLD_SECRETARY: {"xiaohe", "secretary_bj"},
    house.ANSWER: {"xiaohe", "teacher_bj", "secretary_bj"},
    house.HELD: {"xiaohe", "teacher_bj"},
    house.HANDED_ON: {"xiaomai", "teacher_ht", "secretary_ht"},
    house.ROSTER_NAME: {"secretary_bj"},
    together.THING_PROPOSED: {"xiaohe", "xiaomai"},
    together.THING_UNSHARED: {"xiaohe"},
    together.THING_DRAFT: {"xiaomai"},
    together.THING_OPEN: {"xiaohe", "xiaomai", "teacher_bj"},
    together.THING_SEALED: {"xiaohe", "xiaomai"},
    together.THING_SHOWN: {"xiaohe", "xiaomai", "teacher_bj", "teacher_ht"},
    together.THING_WORD: {"xiaohe", "xiaomai"},
    together.BOOK_WHY: {"xiaohe", "xiaomai"},
    together.NOTE_READ: {"xiaohe", "xiaomai"},
    together.NOTE_HELD: {"xiaohe"},
    together.NOTE_OPEN: {"xiaohe", "xiaomai", "teacher_bj"},
    together.NOTE_ASKED: {"xiaohe", "teacher_bj"},
    together.REFLECTION_DRAFT: {"xiaomai"},
    together.REFLECTION_OPEN: {"xiaohe", "teacher_bj"},
    house.TALK_SENT: {"xiaohe", "xiaomai"},
    house.TALK_UNSENT: set(),
    house.TALK_WAITING: {"xiaohe", "teacher_bj"},
    house.PIECE: {
        *("xiaohe", "xiaomai", "teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht")
    },
    house.REMARK: {"teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht"},
    house.PHOTO_SEALED: {"xiaohe", "xiaomai"},
    house.PHOTO_POSTCARD: {"xiaohe", "xiaomai", "teacher_bj"},
    together.THEME: {"xiaohe", "xiaolin", "teacher_bj"},
}
# Each begins with a word that stands nowhere else.
MARKS = {words.split()[0]: words for words in READERS}


def forms_without_token(page: str) -> int:
    """How many forms post without a token of their own."""
    return sum(
        bool(POSTS.search(form.group(1))) and not TOKEN.search(form.group(2))
        for form in FORM.finditer(page)
    )


def addresses(app: Flask, world: World, method: str) -> Iterator[str]:
    """Every address of the map for a method, with the numbers of everybody's things filled in."""
    units, partner = world.cast.unit, world.cast.person("xiaomai")
    classes = [units(code).id for code in ("bj-class", "ht-class")]
    schools = [units(code).id for code in ("bj-school", "ht-school")]
    numbers: dict[str, list[object]] = {
        "class_id": [*classes, schools[0]],
        "school_id": [*schools, classes[0]],
        "line_id": [*world.lines.values(), 999_999],
        "letter_id": [*world.letters.values(), 999_999],
        "report_id": [*world.reports.values(), 999_999],
        "opening_id": [world.opening, 999_999],
        "upload_id": [world.upload],
        "heading_id": [world.heading, 999_999],
        "transfer_id": [world.transfer, 999_999],
        "pair_id": [world.cast.pair().id],
        "notice_id": [world.notice, 999_999],
        "link": ["nothing"],
        "person_id": [
            world.newcomer,
            *(world.cast.person(who).id for who in ("xiaohe", "teacher_bj")),
        ],
        "session_id": [1, 999_999],
        "enrolment_id": [world.left, 999_999],
        "key": ["world-draft", "world-opened"],
        "unit_id": [schools[0], units("bj-county").id, units("beijing").id],
        "grant_id": [
            *(world.cast.person(who).grants[0].id for who in ("teacher_bj", "secretary_ht")),
            999_999,
        ],
        "twinning_id": [world.cast.class_twinning().id, 999_999],
        "paper_id": [world.paper, 999_999],
        "purpose": ["photos", "nothing"],
        "code": [world.guardian_code, world.piece_code],
        "party_id": [world.party, 999_999],
        "guide": ["banzhuren", "nothing"],
        "hold_id": [world.hold, world.asked, 999_999],
        "note_id": [1, 999_999],
        "phrase_id": [1, 999_999],
        "month": [f"{clock.today():%Y-%m}", "2020-13"],
        "audience": ["students", "teachers", "guardians", "nothing"],
        "activity_id": [*world.activities.values(), 999_999],
        "theme_id": [world.theme, 999_999],
        "book_id": [*world.books.values(), 999_999],
        "written_id": [*world.notes.values(), 999_999],
        "reflection_id": [world.reflection, 999_999],
        "listed_id": [world.listed, 999_999],
        "question_id": [world.question, 999_999],
        "photo_id": [
            *(world.photos["loose"], world.photos["sealed"], world.published_photo, 999_999),
        ],
        # Of the partner alone: in all other hands it opens nothing.
        "token": [links.token(world.photos["sealed"], "small", "jpeg", partner.id), "nothing"],
        "submission_id": [*world.pieces.values(), 999_999],
        "station_id": [*world.stations.values(), 999_999],
        "remark_id": [world.remark, 999_999],
        "recusal_id": [world.recusal, 999_999],
        "version_id": [1, 999_999],
        "issue_id": [world.issue, 999_999],
        "row_id": [world.issue_piece, 999_999],
        "handout_id": [world.handout, 999_999],
        "list_id": [1, 999_999],
        "piece_id": [world.published, *world.pieces.values(), 999_999],
        "word_id": [world.word, 999_999],
        "section_key": ["letters", "nothing"],
        "theme_key": ["home", "nothing"],
        "here": [1],
        "there": [2],
        "size": ["small"],
        "form": ["jpeg", "nothing"],
        "number": [1],
    }
    things = _in_the_queue(world)
    assert queue._sources.keys() <= things.keys(), "a kind of the queue is not walked"
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        if {"kind", "item_id"} <= rule.arguments:
            for kind, items in things.items():
                yield from _filled(rule, numbers | {"kind": [kind], "item_id": items})
        else:
            yield from _filled(rule, numbers | {"kind": list(things)})


def _in_the_queue(world: World) -> dict[str, list[object]]:
    """By kind, what stands in somebody's queue and what has no place there; a number means one thing in each."""
    letters = list(world.letters.values())
    return {
        # Behind those of letters and notes come those of two lines of a chat.
        "hold": [*range(1, world.handed_on + 3), 999_999],
        "postcard": [*letters, 999_999],
        "report": [*world.reports.values()],
        "pause": [world.note, 1],
        "opening": [world.opening],
        "letter": [world.letters["opened"], world.letters["postcard"]],
        "reading_note": [*world.notes.values()],
        "reflection": [1, world.reflection],
        "activity_record": [*world.records.values()],
        "piece": [*world.stations.values()],
        "nothing": [1],
    }


def _filled(rule: Rule, numbers: dict[str, list[object]]) -> Iterator[str]:
    ways: list[str] = [rule.rule]
    for name in rule.arguments:
        converter = f"<int:{name}>" if f"<int:{name}>" in rule.rule else f"<{name}>"
        ways = [way.replace(converter, str(value)) for way in ways for value in numbers[name]]
    yield from ways


def visitor(who: str, app: Flask, as_: SignedIn) -> FlaskClient:
    return app.test_client() if who == "nobody" else as_(who)


class Eyes:
    """What everybody finds on the pages of a walk, held against who may ever read it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: dict[str, set[str]] = {words: set() for words in READERS}

    def look(self, who: str, address: str, answer: TestResponse) -> None:
        assert answer.status_code < 500, f"{who} {address}: {answer.status}"
        page = answer.get_data().decode(errors="replace")
        assert forms_without_token(page) == 0, f"a form without its token: {who} {address}"
        # Squared paper sets signs apart by elements of their own: what is read has none.
        text = SPANS.sub("", page)
        for mark, words in MARKS.items():
            if mark in text:
                assert who in READERS[words], f"{who} reads {words!r} on {address}"
                self.seen[words].add(who)
        if self.world.code in page:
            assert who in ("teacher_bj", "secretary_bj"), f"{who} reads a code on {address}"

    def have_seen_all(self) -> None:
        """The walk would prove nothing if the words were nowhere."""
        for words in (
            house.SEALED_OPENED,
            house.DRAFT,
            house.POSTED,
            house.HELD,
            house.HANDED_ON,
            house.TOLD_TEACHER,
            house.ROSTER_NAME,
            together.THING_DRAFT,
            together.THING_OPEN,
            together.THING_SEALED,
            together.NOTE_READ,
            together.NOTE_HELD,
            together.NOTE_OPEN,
            together.NOTE_ASKED,
            together.REFLECTION_OPEN,
            house.TALK_SENT,
            house.TALK_WAITING,
            house.PHOTO_SEALED,
        ):
            assert self.seen[words] == READERS[words], words
        assert "teacher_bj" in self.seen[house.POSTCARD]


def test_a_sealed_letter_is_on_no_page_of_any_member_of_staff() -> None:
    sealed = READERS[house.SEALED_OPENED] | READERS[house.SEALED_WAITING] | READERS[house.DRAFT]

    assert sealed.isdisjoint(STAFF)


FORGED = {
    "key": "forged-key-0001",
    "body": "别人的话",
    "words": "别人的话",
    "answer": "别人的话",
    "display_name": "别人",
    "introduction": "别人",
    "reason": "别人的原因",
    "seen": "0",
    "next": "//example.org/",
    "envelope": "neither",
    "revision": "-1",
    "in_reply_to": "1",
    "student": "1",
    "class_id": "1",
    "number": "1",
    "column-0": "name",
    "partner-1": "2",
    "addressee": "everyone",
    "about": "letter:1",
    "login_name": "xiaohe",
    "password": "wrong",
    "code": "2345-6789",
    "agreed": "y",
}
KEPT = (
    *(Letter, Pair, Twinning, RosterUpload, RosterHeading, Transfer, Enrolment),
    *(Activity, ActivityWord, ActivityRecord, Photo),
    *(ChatRoom, ChatSeat, ChatLine),
    *(SharedBook, ReadingCopy, ReadingNote, Reflection, ClassBook, BookQuestion),
    *(Submission, SubmissionPart, ReviewStation, Remark, Recusal, PathRule),
)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_stranger_changes_anything_by_any_post(
    app: Flask, as_: SignedIn, world: World, rendering: list[str]
) -> None:
    before = {model: house.stored(model) for model in KEPT}
    told, consents, trail = (house.stored(model) for model in (Report, Consent, TrailEntry))
    offices = house.stored(RoleGrant)
    profiles = [row for row in house.stored(Profile) if house.PROFILE_YUAN not in row]

    for who in STRANGERS:
        _post_everything(who, app, as_, world, FORGED)

    for model, rows in before.items():
        assert house.stored(model) == rows, model.__name__
    own = {world.cast.person(who).id for who in STRANGERS if who != "nobody"}
    # They may tell a teacher of their own, agree for themselves and edit their own profile, no more.
    assert house.stored(Report)[: len(told)] == told
    assert [row for row in house.stored(Consent) if row[1] not in own] == [
        row for row in consents if row[1] not in own
    ]
    assert [row for row in house.stored(Profile) if row in profiles] == profiles
    # One's own list of first steps may be put away; nobody's office changes.
    assert [row for row in house.stored(RoleGrant) if row[1] not in own] == [
        row for row in offices if row[1] not in own
    ]
    since = house.stored(TrailEntry)[len(trail) :]
    assert {row[3] for row in since} <= own
    assert rendering == [], "SQL ran while a template rendered"


# Everyday the matrix posts everything as everybody, and strangers and staff post with forged fields.
@pytest.mark.slow
@pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_no_post_of_anybody_breaks_the_server(
    app: Flask, as_: SignedIn, world: World, rendering: list[str]
) -> None:
    for who in ("xiaohe", "xiaomai", "teacher_bj", "secretary_bj"):
        _post_everything(who, app, as_, world, {}, FORGED)

    assert rendering == [], "SQL ran while a template rendered"


def _post_everything(
    who: str, app: Flask, as_: SignedIn, world: World, *forms: dict[str, str]
) -> None:
    browser = visitor(who, app, as_)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for address in addresses(app, world, method):
            for fields in forms:
                answer = browser.open(address, method=method, data=fields)
                assert answer.status_code < 500, f"{who} {method} {address}: {answer.status}"
                if answer.status_code == 302 and answer.location.startswith("/sign-in"):
                    browser = visitor(who, app, as_)
