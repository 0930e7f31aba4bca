"""A small world with something of everybody's in it, and watchers for what must never happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, before_render_template, template_rendered
from sqlalchemy import event
from sqlalchemy.engine import Engine

from penpal.accounts import queries as people
from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind
from penpal.activities import recording, theming
from penpal.activities import services as activities
from penpal.activities.models import Activity
from penpal.activities.states import IdeaKind, Seal, ShownTo
from penpal.activities.typed import Wording, Written
from penpal.config import Settings
from penpal.consent import links, papers
from penpal.consent.models import Purpose
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.letters import printing
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.profiles import services as profiles
from penpal.reading import class_lists, notes, reflections
from penpal.reading import services as books
from penpal.reading import steps as reading_log
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope as NoteEnvelope
from penpal.reading.note_models import Reflection
from penpal.reading.proposals import Typed
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
from tests.media import pictures

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
THING_PROPOSED = "jointone 小麦提议的一件事"
THING_UNSHARED = "jointtwo 做完了、还没有给伙伴看的记录"
THING_DRAFT = "jointthree 还没有写完的记录"
THING_OPEN = "jointfour 愿意给老师看的记录"
THING_SEALED = "jointfive 只给伙伴看的记录"
THING_SHOWN = "jointsix 两个人都愿意给两个班看的记录"
THING_WORD = "jointseven 商量的时候说的一句话"
THEME = "jointeight 挂在班里的题目"
BOOK_WHY = "bookone 为什么想读这一本"
NOTE_READ = "booktwo 伙伴已经读到的一条"
NOTE_HELD = "bookthree 伙伴还没有读到的一条"
NOTE_OPEN = "bookfour 老师也可以看的一条"
REFLECTION_DRAFT = "bookfive 还没有写完的心得"
REFLECTION_OPEN = "booksix 写完了、老师也可以看的心得"
PHOTO_SEALED = "photoone 密封的信里的照片"
PHOTO_POSTCARD = "phototwo 明信片里的照片"


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
    activities: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    theme: int = 0
    books: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    reflection: int = 0
    listed: int = 0
    question: int = 0
    photos: dict[str, int] = field(default_factory=dict)

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
    _photo(made, "sealed", "xiaohe", made.letters["opened"], PHOTO_SEALED)
    _photo(made, "postcard", "xiaohe", made.letters["postcard"], PHOTO_POSTCARD)
    _photo(made, "loose", "xiaohe", None, "")
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
    _together(made)
    _read(made)
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


def _photo(made: World, name: str, who: str, letter_id: int | None, words: str) -> None:
    """A photo in a letter, or in nothing yet."""
    author = made.cast.actor(who)
    photo = photos.keep(pictures.jpeg(8, 6), key=f"world-{name}", by=author)
    made.photos[name] = photo.id
    if letter_id is not None:
        with transaction():
            photos.attach("letter", letter_id, [Chosen(photo.id, words)], by=author, look=False)


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
        _photo(made, f"held-{who}", who, draft.id, "")
        content = items.read("letter", draft.id)
        assert content is not None
        holds.append(holding.ask(content, [Finding(Kind.QQ, 11, 13)], by=author))
    made.hold, made.handed_on = (hold.id for hold in holds)
    holding.hand_on(holds[1], by=made.cast.actor("teacher_ht"))
    made.phrase = phrases.add("再写一个细节。", by=made.cast.actor("teacher_bj")).id


def _read(made: World) -> None:
    """A book that two read and one that waits for a yes, notes before and ahead of the partner, a list."""
    cast = made.cast
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    teacher, class_ = cast.actor("teacher_bj"), cast.unit("bj-class")
    listed = class_lists.add(class_, title="书单上的书", author="", isbn="", why="", by=teacher)
    asked = class_lists.ask(listed, chapter=2, words="老师留在第二章的一问", by=teacher)
    made.listed, made.question = listed.id, asked.id
    for name, title, by in (("running", "书单上的书", he), ("waiting", "等着点头的书", mai)):
        typed = Typed(title=title, chapter_count="6", why=BOOK_WHY)
        made.books[name] = books.propose(cast.pair(), typed, key=f"world-{name}", by=by).id
    running = session().get_one(SharedBook, made.books["running"])
    books.agree(running, by=mai)
    reading_log.log(running, key="world-step", chapter=2, by=mai)
    for name, by, chapter, words, envelope in (
        ("read", he, 1, NOTE_READ, NoteEnvelope.SEALED),
        ("held", he, 5, NOTE_HELD, NoteEnvelope.SEALED),
        ("open", he, 1, NOTE_OPEN, NoteEnvelope.OPEN),
        ("theirs", mai, 6, "伙伴留在后面的一条", NoteEnvelope.SEALED),
    ):
        written = notes.Written(chapter=chapter, body=words, envelope=envelope)
        made.notes[name] = notes.write(running, written, key=f"world-{name}", by=by).note.id
    reflections.save(running, body=REFLECTION_DRAFT, envelope=NoteEnvelope.SEALED, by=mai)
    reflections.finish(running, body=REFLECTION_OPEN, envelope=NoteEnvelope.OPEN, by=he)
    own = sa.select(Reflection.id).where(Reflection.author_id == he.person_id)
    made.reflection = session().scalars(own).one()


def _together(made: World) -> None:
    """What two do together in every state, sealed and open, and a theme on the wall of a class."""
    cast = made.cast
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    later = clock.today() + timedelta(days=30)

    def propose(name: str, by: Actor, plan: str = "") -> Activity:
        said = Wording(IdeaKind.OWN, "同做的一件事", plan, later)
        made_now = activities.propose(cast.pair(), said, key=f"world-{name}", by=by)
        made.activities[name] = made_now.id
        return made_now

    def agree(name: str) -> Activity:
        agreed = propose(name, he)
        activities.nod(agreed, version=1, by=mai)
        return agreed

    def finish(name: str, activity: Activity, by: Actor, text: str, seal: Seal) -> None:
        kept = recording.finish(activity, Written(text, "", None, seal), by=by)
        made.records[name] = kept.id

    activities.talk(
        propose("proposed", mai, THING_PROPOSED), key="world-word", words=THING_WORD, by=mai
    )
    propose("waiting", he)
    agreed = agree("agreed")
    finish("unshared", agreed, he, THING_UNSHARED, Seal.SEALED)
    draft = recording.save(agreed, Written(THING_DRAFT, "", None), by=mai)
    made.records["draft"] = draft.id
    done = agree("done")
    finish("open", done, he, THING_OPEN, Seal.OPEN)
    finish("sealed", done, mai, THING_SEALED, Seal.SEALED)
    shown = agree("shown")
    finish("shown", shown, he, THING_SHOWN, Seal.SEALED)
    finish("shown too", shown, mai, THING_SHOWN, Seal.SEALED)
    for by in (he, mai):
        recording.wish(shown, to=ShownTo.CLASSES, by=by)
    theme = theming.put_up(key="world-theme", idea=IdeaKind.ESSAY, title="题目", words=THEME, by=he)
    made.theme = theme.id


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
