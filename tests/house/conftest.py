"""A small world with something of everybody's in it, and watchers for what must never happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask, before_render_template, template_rendered
from sqlalchemy import event
from sqlalchemy.engine import Engine

from penpal.accounts import queries as people
from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind
from penpal.chat import services as chat
from penpal.config import Settings
from penpal.consent import links, papers
from penpal.consent.models import Purpose
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import db, session, transaction
from penpal.letters import printing
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.notices import queries as notices
from penpal.places import hours
from penpal.places.hours_models import DAY
from penpal.places.rest import Rest
from penpal.profiles import services as profiles
from penpal.publishing.issues import queries as issues
from penpal.publishing.issues.models import Handout, HandoutForm, HandoutPiece
from penpal.publishing.pieces import links as piece_links
from penpal.publishing.pieces.leaving import Gone
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews import remarks
from penpal.publishing.reviews import services as reviews
from penpal.publishing.special import services as special
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
from tests.chat import talking
from tests.conftest import Store
from tests.house import together
from tests.media import pictures
from tests.publishing.issues import ready
from tests.publishing.reviews import piecework
from tests.publishing.special import printed

SEALED_OPENED = "markone 密封的信，已经拆开"
SEALED_WAITING = "marktwo 密封的信，还没有拆开"
POSTCARD = "markthree 明信片，老师可以一起看"
DRAFT = "markfour 还没有写完的一封信"
POSTED = "markzero 夜里寄出、还在路上的明信片"
PROFILE_HE = "markfive 小禾的自我介绍"
PROFILE_MAI = "marksix 小麦的自我介绍"
PROFILE_YUAN = "markseven 小远的自我介绍"
TOLD_TEACHER = "markeight 说给班主任的事"
TOLD_SECRETARY = "marknine 说给团委书记的事"
ANSWER = "markten 老师的回话"
HELD = "markeleven 请老师放行的信"
HANDED_ON = "marktwelve 转给书记放行的信"
ROSTER_NAME = "标记甲乙"
TALK_SENT = "talkone 聊天里说的一句话"
TALK_UNSENT = "talktwo 撤回了的一句话"
TALK_WAITING = "talkthree 打我电话13812345678吧"
PIECE = "pieceone 投出去、老师正在看的一封信"
REMARK = "piecetwo 老师在投稿里写的一句话"
PHOTO_SEALED = "photoone 密封的信里的照片"
PHOTO_POSTCARD = "phototwo 明信片里的照片"


@dataclass
class World:
    """Numbers of what was made, by what it is."""

    cast: Cast
    letters: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    opening: int = 0
    asked: int = 0
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
    lines: dict[str, int] = field(default_factory=dict)
    pieces: dict[str, int] = field(default_factory=dict)
    stations: dict[str, int] = field(default_factory=dict)
    piece_code: str = ""
    party: int = 0
    remark: int = 0
    recusal: int = 0
    issue: int = 0
    issue_piece: int = 0
    handout: int = 0
    handed_out: int = 0
    published: int = 0
    published_photo: int = 0
    word: int = 0
    notice: int = 0

    def letter(self, name: str) -> Letter:
        return session().get_one(Letter, self.letters[name])

    def report(self, name: str) -> Report:
        return session().get_one(Report, self.reports[name])


@pytest.fixture
def world(store: Store, cast: Cast, settings: Settings) -> World:
    """Letters in every state, profiles, reports, an upload and a slip, all made by the product's verbs.

    Once for each database of a process; afterwards it is put back as it was then.
    """
    if store not in _made:
        _made[store] = _make(cast, settings), store.keep("world")
    else:
        db.session.remove()
        _made[store][1]()
    return deepcopy(_made[store][0])


_made: dict[Store, tuple[World, Callable[[], None]]] = {}


def _make(cast: Cast, settings: Settings) -> World:
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
    made.letters["posted"] = put_on_its_way(cast)
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
    together.do(made)
    together.read(made)
    _opening(made)
    _pause(made)
    _hold(made)
    _talk(made)
    _submit(made)
    _ask_guardian(made, settings)
    _plan_issue(made)
    _print(made)
    sheet = reading.read(
        f"学号,姓名,班级\n90001,{ROSTER_NAME},初二(3)班\n,缺学号,初二(3)班\n".encode()
    )
    secretary = cast.actor("secretary_bj")
    made.upload = uploads.keep(cast.unit("bj-school"), sheet, file_name="名册.csv", by=secretary).id
    _newcomer(made, settings)
    _rosters(made, settings)
    _leaver(made)
    _ledger(made, settings)
    made.notice = notices.newest_unseen(cast.person("xiaohe").id)[0].id
    return made


def put_on_its_way(cast: Cast) -> int:
    """A postcard that was sent in quiet hours, which are over: no job has delivered it yet."""
    school, secretary = cast.unit("ht-school"), cast.actor("secretary_ht")
    here = clock.local(clock.now())
    minute = here.hour * 60 + here.minute
    night = Rest(quiet_from=(minute - 60) % DAY, quiet_until=(minute + 60) % DAY)
    hours.keep_rest(school, night, by=secretary)
    sent = letters.send(
        cast.pair(),
        key="world-posted",
        body=POSTED,
        envelope=Envelope.OPEN,
        by=cast.actor("xiaohe"),
    )
    hours.keep_rest(school, Rest(), by=secretary)
    return sent.id


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


def _pause(made: World) -> None:
    """A pause that is over; nobody has said yet that they know of it."""
    asker = made.cast.actor("xiaohe")
    blocking.lift(blocking.pause(made.cast.pair(), by=asker), by=asker)
    home = made.cast.unit("bj-class").id
    made.note = session().scalars(sa.select(BlockNote.id).where(BlockNote.class_id == home)).one()


def _talk(made: World) -> None:
    """Lines of a chat: said, unsent, and waiting for a teacher and for a secretary."""
    cast = made.cast
    talking.open_rooms(cast)
    made.lines["sent"] = talking.say(cast, TALK_SENT, key="world-said").line.id
    unsent = talking.say(cast, TALK_UNSENT, "xiaomai", key="world-unsent").line
    chat.unsend(talking.line(unsent.id), by=cast.actor("xiaomai"))
    made.lines["unsent"] = unsent.id
    made.lines["waiting"] = talking.ask(cast, TALK_WAITING, key="world-asked").item_id
    handed_on = talking.ask(cast, talking.NUMBER, key="world-handed-on")
    holding.hand_on(handed_on, by=cast.actor("teacher_bj"))
    made.lines["handed on"] = handed_on.item_id


def _submit(made: World) -> None:
    """A piece that both teachers are looking at; one of them said a word, and somebody stepped aside."""
    cast = made.cast
    submission = piecework.piece(cast, body=PIECE, key="world-piece")
    made.pieces["teacher"] = submission.id
    for side in ("bj", "ht"):
        made.stations[side] = piecework.turn(cast, submission, f"teacher_{side}").id
    part = submission.current_parts()[0]
    said = remarks.make(part, REMARK, for_author=False, by=cast.actor("teacher_bj"))
    made.remark = said.id
    near = reviews.step_aside(cast.person("xiaomai"), by=cast.actor("teacher_ht"))
    reviews.come_back(near, by=cast.actor("teacher_ht"))
    made.recusal = near.id


def _ask_guardian(made: World, settings: Settings) -> None:
    """A link with which a guardian of 小禾's reads the piece that her teacher looks at."""
    piece = session().get_one(Submission, made.pieces["teacher"])
    student = made.cast.person("xiaohe")
    party = next(one for one in piece.parties if one.person_id == student.id)
    link = piece_links.make(party, settings=settings, by=made.cast.actor("teacher_bj"))
    made.party, made.piece_code = party.id, piece_links.code_of(link, settings=settings)


def _print(made: World) -> None:
    """A piece that anybody can read, with a photo, and a reader's word that waits for the editors."""
    made.published = printed.piece(made.cast, printed.issue())
    made.published_photo = printed.photo(made.cast, made.published, 0, key="world-printed")
    special.take_words(True, by=made.cast.actor("editor"))
    piece = session().get_one(Submission, made.published)
    made.word = special.leave(piece, "谢谢你写下来。", by=SYSTEM).id


def _plan_issue(made: World) -> None:
    """An issue with one piece, and a file with that piece which is recalled."""
    issue = ready.planned(made.cast, 1)
    row = issues.pieces_of(issue)[0]
    made.issue, made.issue_piece, made.handed_out = issue.id, row.id, row.submission_id
    with transaction() as current:
        handout = Handout(
            issue_id=issue.id,
            form=HandoutForm.ZIP,
            taken_by_id=made.cast.person("editor").id,
            digest="0" * 64,
        )
        handout.pieces = [
            HandoutPiece(
                submission_id=row.submission_id, recalled=Gone.PIECE, recalled_at=clock.now()
            )
        ]
        current.add(handout)
        current.flush()
        made.handout = handout.id


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
