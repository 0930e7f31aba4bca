"""A small world with something of everybody's in it, and watchers for what must never happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask, before_render_template, template_rendered
from sqlalchemy import event
from sqlalchemy.engine import Engine

from penpal.accounts import queries as people
from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind
from penpal.config import Settings
from penpal.consent import links, papers
from penpal.consent.models import Purpose
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters import printing
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.profiles import services as profiles
from penpal.rosters import leaving, reading, slips, transfers, uploads
from penpal.rosters import queries as rosters_queries
from penpal.rosters import services as rosters
from penpal.rosters.headings import Column
from penpal.rosters.models import Leaving
from penpal.safeguarding import blocking, holding, items, openings, phrases
from penpal.safeguarding import services as reports
from penpal.safeguarding.block_models import BlockNote
from penpal.safeguarding.models import Addressee, Outcome, Report
from penpal.safeguarding.openings import Why
from penpal.screening.findings import Finding, Kind
from tests.cast import Cast

SEALED_OPENED = "markone 密封的信，已经拆开"
SEALED_WAITING = "marktwo 密封的信，还没有拆开"
POSTCARD = "markthree 明信片，老师可以一起看"
DRAFT = "markfour 还没有写完的一封信"
PROFILE_HE = "markfive 小禾的自我介绍"
PROFILE_MAI = "marksix 小麦的自我介绍"
PROFILE_YUAN = "markseven 小远的自我介绍"
TOLD_TEACHER = "markeight 说给班主任的事"
TOLD_SECRETARY = "marknine 说给团委书记的事"
ANSWER = "markten 老师的回话"
HELD = "markeleven 请老师放行的信"
HANDED_ON = "marktwelve 转给书记放行的信"
ROSTER_NAME = "标记甲乙"


@dataclass
class World:
    """Numbers of what was made, by what it is."""

    cast: Cast
    letters: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    opening: int = 0
    note: int = 0
    hold: int = 0
    handed_on: int = 0
    phrase: int = 0
    upload: int = 0
    heading: int = 0
    transfer: int = 0
    newcomer: int = 0
    left: int = 0
    code: str = ""
    paper: int = 0
    guardian_code: str = ""

    def letter(self, name: str) -> Letter:
        return session().get_one(Letter, self.letters[name])

    def report(self, name: str) -> Report:
        return session().get_one(Report, self.reports[name])


@pytest.fixture
def world(cast: Cast, settings: Settings) -> World:
    """Letters in every state, profiles, reports, an upload and a slip, all made by the product's verbs."""
    made = World(cast)
    for who, words in (
        ("xiaohe", PROFILE_HE),
        ("xiaomai", PROFILE_MAI),
        ("xiaoyuan", PROFILE_YUAN),
    ):
        profiles.edit(
            display_name=cast.person(who).display_name,
            interests="看云、画画",
            introduction=words,
            question="",
            by=cast.actor(who),
        )
    for name, who, words, envelope in (
        ("opened", "xiaohe", SEALED_OPENED, Envelope.SEALED),
        ("waiting", "xiaomai", SEALED_WAITING, Envelope.SEALED),
        ("postcard", "xiaohe", POSTCARD, Envelope.OPEN),
    ):
        sent = letters.send(
            cast.pair(), key=f"world-{name}", body=words, envelope=envelope, by=cast.actor(who)
        )
        made.letters[name] = sent.id
    letters.open_(made.letter("opened"), by=cast.actor("xiaomai"))
    # A reader without a device, and a letter whose author said that it may be printed.
    printing.begin_paper(cast.person("xiaomai"), by=cast.actor("teacher_ht"))
    printing.let_print(made.letter("postcard"), by=cast.actor("xiaohe"))
    begun = letters.save_draft(
        cast.pair(),
        key="world-draft",
        body=DRAFT,
        envelope=Envelope.SEALED,
        revision=0,
        by=cast.actor("xiaohe"),
    )
    made.letters["draft"] = begun.letter.id
    for name, who, words, addressee in (
        ("teacher", "xiaohe", TOLD_TEACHER, Addressee.TEACHER),
        ("secretary", "xiaohe", TOLD_SECRETARY, Addressee.SCHOOL_SECRETARY),
        ("answered", "xiaohe", "已经有人管的事", Addressee.TEACHER),
        ("unsigned", "xiaoman", "同意书未到也能说的事", Addressee.TEACHER),
    ):
        told = reports.tell(
            key=f"world-{name}",
            words=words,
            addressee=addressee,
            about=("letter", made.letters["opened"], "小禾的第一封信"),
            by=cast.actor(who),
        )
        made.reports[name] = told.id
    reports.answer(
        made.report("answered"),
        words=ANSWER,
        outcome=Outcome.TALKED,
        by=cast.actor("teacher_bj"),
    )
    _opening(made)
    _pause(made)
    _hold(made)
    sheet = reading.read(
        f"学号,姓名,班级\n90001,{ROSTER_NAME},初二(3)班\n,缺学号,初二(3)班\n".encode()
    )
    secretary = cast.actor("secretary_bj")
    made.upload = uploads.keep(cast.unit("bj-school"), sheet, file_name="名册.csv", by=secretary).id
    _newcomer(made, settings)
    _rosters(made, settings)
    _leaver(made)
    _ledger(made, settings)
    return made


def _hold(made: World) -> None:
    """Letters that wait for a teacher and for a secretary, and a sentence that a teacher writes often."""
    holds = []
    for who, words in (("xiaohe", HELD), ("xiaomai", HANDED_ON)):
        author = made.cast.actor(who)
        draft = letters.save_draft(
            made.cast.pair(),
            key=f"world-held-{who}",
            body=words,
            envelope=Envelope.OPEN,
            revision=0,
            by=author,
        ).letter
        content = items.read("letter", draft.id)
        assert content is not None
        holds.append(holding.ask(content, [Finding(Kind.QQ, 11, 13)], by=author))
    made.hold, made.handed_on = (hold.id for hold in holds)
    holding.hand_on(holds[1], by=made.cast.actor("teacher_ht"))
    made.phrase = phrases.add("再写一个细节。", by=made.cast.actor("teacher_bj")).id


def _pause(made: World) -> None:
    """A pause that is over; nobody has said yet that they know of it."""
    asker = made.cast.actor("xiaohe")
    blocking.lift(blocking.pause(made.cast.pair(), by=asker), by=asker)
    home = made.cast.unit("bj-class").id
    made.note = session().scalars(sa.select(BlockNote.id).where(BlockNote.class_id == home)).one()


def _opening(made: World) -> None:
    """A request in an emergency that nobody has answered: nobody may read because of it."""
    student, teacher = made.cast.person("xiaohe"), made.cast.actor("teacher_bj")
    why = Why("孩子说有人约她出去，要弄清楚", "老师担心有人有危险，读了好帮忙")
    pointers = [("letter", made.letters["opened"])]
    asked = openings.in_emergency(student, pointers, why, danger=student.id, by=teacher)
    made.opening = asked[0].id


def _ledger(made: World, settings: Settings) -> None:
    """A guardian's link that waits, and a scan of a signed paper."""
    student, teacher = made.cast.person("xiaohe"), made.cast.actor("teacher_bj")
    link = links.make(student, [Purpose.PHOTOS], settings=settings, by=teacher)
    made.guardian_code = links.code_of(link, settings=settings)
    made.paper = papers.keep(student, b"%PDF-1.4\n%%EOF\n", settings=settings, by=teacher).id


def _rosters(made: World, settings: Settings) -> None:
    """A heading that the school explained, and somebody on the way to another school."""
    school, secretary = made.cast.unit("bj-school"), made.cast.actor("secretary_bj")
    rosters.remember_heading(school, "校内代码", Column.NUMBER, by=secretary)
    made.heading = rosters_queries.headings_of(school.id)[0].id
    made.transfer = transfers.give_out(school, number="90099", settings=settings, by=secretary).id


def _leaver(made: World) -> None:
    """Somebody who left the school, and can come back."""
    with transaction():
        person = accounts.add_person(PersonKind.STUDENT, "小离", login_name="xiaoli")
        accounts.enrol(person, made.cast.unit("bj-class"), number="90098")
    secretary = made.cast.actor("secretary_bj")
    made.left = leaving.leave(person, why=Leaving.LEFT, day=clock.today(), by=secretary).id


def _newcomer(made: World, settings: Settings) -> None:
    """Somebody who holds a slip and has not come in yet."""
    class_ = made.cast.unit("bj-class")
    with transaction():
        person = accounts.add_person(PersonKind.STUDENT, "小新", login_name="xiaoxin")
        accounts.enrol(person, class_, number="90099")
    made.newcomer = person.id
    slips.issue(class_, by=made.cast.actor("teacher_bj"), settings=settings)
    activation = people.live_activations([person.id])[person.id]
    made.code = accounts.code_of(activation, settings=settings)


@pytest.fixture
def rendering(app: Flask) -> Iterator[list[str]]:
    """Collects every statement that runs while a template renders, with the template's name."""
    found: list[str] = []
    open_templates: list[str] = []

    def begin(_sender: Flask, template: object, **_: object) -> None:
        open_templates.append(str(getattr(template, "name", template)))

    def end(_sender: Flask, **_: object) -> None:
        open_templates.pop()

    def watch(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if open_templates:
            found.append(f"{open_templates[-1]}: {statement[:300]}")

    before_render_template.connect(begin, app)
    template_rendered.connect(end, app)
    event.listen(Engine, "before_cursor_execute", watch)
    yield found
    event.remove(Engine, "before_cursor_execute", watch)
    before_render_template.disconnect(begin, app)
    template_rendered.disconnect(end, app)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collects the statements that are asked of the database; beginnings of transactions are none."""
    asked: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def stored(model: type[object]) -> list[tuple[object, ...]]:
    """All rows of a table, to compare what was with what is."""
    table = sa.inspect(model).local_table
    with session().get_bind().connect() as connection:
        return [
            tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
        ]
