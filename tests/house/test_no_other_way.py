"""There is no other way to what is sealed: every address, search and file, as every role but its two.

A sentence that stands nowhere else is put into a sealed letter, and into all else that two keep. It is
looked for in pages, in JSON and inside of files: in spreadsheets, in the packed streams of a PDF, in
what is compressed. All else that every page is held to is asked on the same walk, which is long.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from werkzeug.test import TestResponse

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.activities import recording
from penpal.activities import services as activities
from penpal.activities.states import IdeaKind, Seal
from penpal.activities.typed import Wording, Written
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters import night, printing
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.reading import notes, reflections
from penpal.reading import services as books
from penpal.reading import steps as reading_log
from penpal.reading.note_models import Envelope as NoteEnvelope
from penpal.reading.proposals import Typed
from penpal.safeguarding import openings
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from penpal.safeguarding.opening_models import Opening
from penpal.safeguarding.openings import Why
from tests.cast import STAFF
from tests.chat import talking
from tests.conftest import SignedIn
from tests.house.conftest import World, put_on_its_way
from tests.house.test_attributes import inputs, offends
from tests.house.test_headers import check, stays_out_of_caches
from tests.house.test_walk import Eyes, addresses, visitor
from tests.media import pictures

# Both databases keep the same rules, and the walk is long.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

CANARY = "墙头草里住着一只金丝雀，翅膀是青铜色的。"
FOUND, SOUGHT = "青铜色的", "墙头草里"
"""What is looked for, and other words of the same letter, which are typed to find it."""
PARTIES = ("xiaohe", "xiaomai")
OFFICES = (
    ("province_bj", Role.PROVINCE_SECRETARY, "beijing"),
    ("corps", Role.CORPS_SECRETARY, "bingtuan"),
    ("centre", Role.CENTRE_SECRETARY, "centre"),
    ("operator", Role.OPERATOR, "centre"),
)
OTHERS = (
    "nobody",
    "xiaolin",
    "xiaoduo",
    "xiaoman",
    "xiaoyuan",
    *STAFF,
    *(login_name for login_name, _role, _code in OFFICES),
)
ASKED = ("nobody", "xiaohe", "secretary_bj")
"""Whose pages together ask for all that is ever asked for."""
WHY = Why("孩子说有人约她出去，要弄清楚", "老师担心有人有危险，读了好帮忙")
ASKED_FOR = f"?words={SOUGHT}&q={SOUGHT}&show=all&past=1&format=json"
"""What is put behind an address that takes no number: search words, kinds of lists, forms of answers."""


@pytest.fixture
def sealed(world: World) -> int:
    """The sealed letter, printed by nobody, reported past the teacher with its words frozen as evidence."""
    cast = world.cast
    with transaction():
        for login_name, role, code in OFFICES:
            person = accounts.add_person(PersonKind.STAFF, login_name, login_name=login_name)
            accounts.grant(person, role, cast.unit(code), since=date(2026, 9, 1))
    # What is on its way would come before the next letter: it is called back, and sent once more.
    posted = session().get_one(Letter, world.letters["posted"])
    night.take_back(posted, by=cast.actor("xiaohe"))
    letters.discard(posted, by=cast.actor("xiaohe"))
    # Read on the screen: else its teacher may print it, which its author is told before sending.
    printing.end_paper(cast.person("xiaomai"), by=cast.actor("teacher_ht"))
    letter = letters.send(
        cast.pair(),
        key="key-of-the-canary",
        body=CANARY,
        envelope=Envelope.SEALED,
        by=cast.actor("xiaohe"),
    )
    letters.open_(letter, by=cast.actor("xiaomai"))
    world.letters["canary"] = letter.id
    _seal_elsewhere(world)
    world.letters["posted"] = put_on_its_way(cast)
    for who, addressee in (("xiaomai", Addressee.SCHOOL_SECRETARY), ("xiaohe", Addressee.TEACHER)):
        report = reports.tell(
            key=f"canary-{who}",
            words="这封信让我不舒服",
            addressee=addressee,
            about=("letter", letter.id, "一封信"),
            by=cast.actor(who),
        )
        world.reports[f"canary-{who}"] = report.id
    return letter.id


def _seal_elsewhere(world: World) -> None:
    """The same sentence in all else that two keep between them: photo, book, notes, a thing done."""
    cast = world.cast
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    photo = photos.keep(pictures.jpeg(8, 6), key="photo-of-the-canary", by=he)
    with transaction():
        chosen = [Chosen(photo.id, CANARY)]
        photos.attach("letter", world.letters["canary"], chosen, by=he, look=False)
    typed = Typed(title=FOUND, chapter_count="3", why=CANARY)
    book = books.propose(cast.pair(), typed, key="canary-book", by=he)
    books.agree(book, version=1, by=mai)
    reading_log.log(book, key="canary-step", chapter=2, by=mai)
    note = notes.Written(chapter=1, body=CANARY, quote=CANARY)
    world.notes["canary"] = notes.write(book, note, key="canary-note", by=he).note.id
    later = clock.today() + timedelta(days=30)
    said = Wording(IdeaKind.OWN, FOUND, CANARY, later)
    thing = activities.propose(cast.pair(), said, key="canary-thing", by=he)
    activities.nod(thing, version=1, by=mai)
    talking.say(cast, CANARY, key="canary-line")
    activities.talk(thing, key="canary-word", words=CANARY, by=mai)
    for by in (he, mai):
        reflections.finish(book, body=CANARY, envelope=NoteEnvelope.SEALED, by=by)
        recording.finish(thing, Written(CANARY, CANARY, None, Seal.SEALED), by=by)
    world.books["canary"], world.activities["canary"] = book.id, thing.id


def every_page(app: Flask, world: World) -> list[str]:
    """Every address that can be asked for, with what could bring the words out behind it."""
    plain = list(dict.fromkeys(addresses(app, world, "GET")))
    lists = [page for page in plain if not re.search(r"\d", page)]
    pointer = quote(f"letter:{world.letters['canary']}")
    return [
        *plain,
        *(page + ASKED_FOR for page in lists),
        f"/tell?about={pointer}",
        f"/letters/print?pair={world.cast.pair().id}",
        f"/letters/search?words={SOUGHT}",
        f"/letters/search?words={SOUGHT}&pair={world.cast.pair().id}",
        f"/letters?pair={world.cast.pair().id}",
        f"/letters/new?reply_to={world.letters['canary']}",
    ]


def readable(answer: TestResponse) -> Iterator[str]:
    """All that can be read in an answer, whatever it is packed in."""
    content = answer.get_data()
    yield content.decode(errors="replace")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield packed.read(name).decode(errors="replace")
    elif content.startswith(b"%PDF"):
        # The scan of this world is a PDF in name alone: of its bytes all was read above.
        with suppress(PdfReadError):
            for page in PdfReader(io.BytesIO(content)).pages:
                yield page.extract_text().replace("\n", "")
    elif content.startswith(b"\x1f\x8b"):
        yield zlib.decompress(content, 31).decode(errors="replace")


def has_canary(answer: TestResponse) -> bool:
    if answer.location:
        assert FOUND not in answer.location
    texts = (re.sub(r"</?(span|mark)[^>]*>", "", text) for text in readable(answer))
    return any(FOUND in text for text in texts)


class Walk:
    """One visitor after the other over all pages. ``asked`` are the names under which pages send something."""

    def __init__(self, app: Flask, as_: SignedIn, world: World) -> None:
        self.app, self.as_ = app, as_
        self.pages = every_page(app, world)
        self.eyes = Eyes(world)
        self.asked: set[str] = set()

    def of(self, who: str) -> Iterator[str]:
        """The pages on which somebody finds the sentence."""
        browser = visitor(who, self.app, self.as_)
        for page in self.pages:
            answer = browser.get(page)
            self.eyes.look(who, page, answer)
            check(answer.headers)
            # The partner's own address of a photo is the one that stays for an hour, for them alone.
            if who not in ("nobody", "xiaomai"):
                stays_out_of_caches(page.removesuffix(ASKED_FOR), answer.headers)
            if who in ASKED and answer.mimetype == "text/html":
                self.asked |= inputs(answer.get_data(as_text=True))
            if has_canary(answer):
                yield page


def test_nobody_but_the_two_and_who_opened_it_finds_a_word_of_a_sealed_letter_anywhere(
    app: Flask, as_: SignedIn, world: World, sealed: int, rendering: list[str]
) -> None:
    """Staff read a sealed item only when a party reports it or two declare an emergency."""
    cast = world.cast
    child = cast.person("xiaohe")
    opening = openings.in_emergency(
        child, [("letter", sealed)], WHY, danger=child.id, by=cast.actor("teacher_bj")
    )[0]
    openings.agree(opening, word="", by=cast.actor("secretary_bj"))
    world.opening = opening.id
    words = f"/openings/{opening.id}/words"
    walk = Walk(app, as_, world)

    found = {(who, page) for who in OTHERS for page in walk.of(who)}

    assert found == {("teacher_bj", words), ("secretary_bj", words)}
    # The walk would prove nothing if it could not find: the two read it on pages, in the search, on paper.
    for who in PARTIES:
        seen = set(walk.of(who))
        assert {
            f"/letters/{sealed}",
            f"/letters/search?words={SOUGHT}",
            f"/books/{world.books['canary']}",
            f"/together/{world.activities['canary']}",
            f"/chat/{cast.pair().id}",
        } <= seen, who
        assert any(page.endswith(".pdf") or "/print" in page for page in seen), who
    # After its time nobody does any more: the clock alone says so.
    with transaction() as current:
        ended = clock.now() - timedelta(seconds=1)
        current.execute(sa.update(Opening).where(Opening.id == opening.id).values(until=ended))
    for who in ("teacher_bj", "secretary_bj"):
        browser = as_(who)
        assert browser.get(f"/openings/{opening.id}").status_code == 200
        assert browser.get(words).status_code == 403
    walk.eyes.have_seen_all()
    assert {"login_name", "body", "words", "file"} <= walk.asked
    assert {name for name in walk.asked if offends(name)} == set()
    assert rendering == [], "SQL ran while a template rendered"


def test_no_form_of_staff_brings_out_a_word_of_a_sealed_letter(
    app: Flask, as_: SignedIn, world: World, sealed: int, rendering: list[str]
) -> None:
    """Files are made by forms too: letters to print, lists, records."""
    fields = {"letter": str(sealed), "letter_id": str(sealed), "about": f"letter:{sealed}"}

    for who in ("teacher_bj", "secretary_bj", "teacher_ht"):
        browser = as_(who)
        for page in addresses(app, world, "POST"):
            if "999999" in page:
                continue
            answer = browser.post(page, data=fields)
            assert not has_canary(answer), (who, page)
            assert answer.status_code < 500, (who, page)
            if (answer.location or "").startswith("/sign-in"):
                browser = as_(who)
    assert rendering == [], "SQL ran while a template rendered"
