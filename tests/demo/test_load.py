"""The demo: complete, readable, the same for a seed, and never among real people."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.demo import services
from penpal.demo.plan import CLASS_SIZE, SCHOOLS, UNPAIRED
from penpal.kernel import clock
from penpal.kernel.db import db, session
from penpal.kernel.errors import Conflict
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.places.models import Level, Unit
from penpal.screening.findings import Context
from penpal.screening.screen import screen
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import TwinningState
from tests.accounts.doors import sign_in
from tests.cast import Cast
from tests.demo.conftest import empty, load

pytestmark = pytest.mark.xdist_group("demo")

SIGN_INS = [login for login, _who in services.SIGN_INS]


def count(*conditions: sa.ColumnElement[bool]) -> int:
    return session().scalar(sa.select(sa.func.count()).where(*conditions)) or 0


@pytest.mark.usefixtures("inside")
def test_three_hundred_students_in_twelve_classes_of_six_schools() -> None:
    classes = session().scalars(sa.select(Unit).where(Unit.level == Level.CLASS)).all()
    sizes = session().execute(
        sa.select(Enrolment.class_id, sa.func.count()).group_by(Enrolment.class_id)
    )

    assert count(Person.kind == PersonKind.STUDENT) == 300
    assert len(classes) == 12
    assert count(Unit.level == Level.SCHOOL) == len(SCHOOLS) == 6
    assert {size for _class_id, size in sizes} == {25}
    assert count(Person.is_demo.is_(False)) == 0


@pytest.mark.usefixtures("inside")
def test_the_guard_stops_none_of_its_letters() -> None:
    sent = sa.select(Letter.body).where(Letter.state != LetterState.DRAFT).distinct()

    stopped = {body for body in session().scalars(sent) if screen(body, Context.LETTER)}

    assert stopped == set()


@pytest.mark.usefixtures("inside")
def test_two_counties_on_either_side_are_twinned_down_to_the_class() -> None:
    by_level = {
        level: session()
        .query(Twinning)
        .filter_by(supported_level=level, state=TwinningState.ACTIVE)
        .all()
        for level in (Level.COUNTY, Level.SCHOOL, Level.CLASS)
    }

    assert [len(found) for found in by_level.values()] == [2, 3, 6]
    assert len({twinning.supported_id for twinning in by_level[Level.COUNTY]}) == 2
    assert len({twinning.supporting_id for twinning in by_level[Level.COUNTY]}) == 2


@pytest.mark.usefixtures("inside")
def test_most_are_paired_and_some_wait_on_the_board() -> None:
    pairs = session().query(Pair).all()

    assert len(pairs) == 6 * (CLASS_SIZE - UNPAIRED)
    members = [
        one for pair in pairs for one in (pair.supported_student_id, pair.supporting_student_id)
    ]
    assert len(members) == len(set(members))


@pytest.mark.usefixtures("inside")
def test_a_term_of_letters_none_with_a_hole_in_it() -> None:
    letters = session().query(Letter).filter(Letter.state != LetterState.DRAFT).all()

    assert len(letters) > 250
    assert not [letter.id for letter in letters if re.search(r"\{\w*\}", letter.body)]
    assert not [letter.id for letter in letters if len(letter.body) < 40]
    days = {clock.local(letter.delivered_at).date() for letter in letters if letter.delivered_at}
    assert date(2026, 9, 1) <= min(days)
    assert max(days) <= date(2026, 11, 20)
    assert sum(letter.direction == "rtl" for letter in letters) >= 3
    assert 0 < sum(letter.envelope is Envelope.OPEN for letter in letters) < len(letters) / 3


@pytest.mark.usefixtures("inside")
def test_each_pairs_letters_are_numbered_as_the_product_would() -> None:
    rows = session().execute(
        sa.select(
            Letter.pair_id, Letter.author_id, Letter.number, Letter.sequence, Letter.delivered_at
        )
        .where(Letter.state != LetterState.DRAFT)
        .order_by(Letter.pair_id, Letter.sequence)
    )
    numbers: dict[tuple[int, int], int] = {}
    sequences: dict[int, int] = {}
    latest: dict[int, datetime] = {}

    for pair_id, author_id, number, sequence, at in rows:
        assert sequence == sequences.get(pair_id, 0) + 1
        assert number == numbers.get((pair_id, author_id), 0) + 1
        assert at is not None
        assert pair_id not in latest or at > latest[pair_id]
        sequences[pair_id], numbers[pair_id, author_id], latest[pair_id] = sequence, number, at


@pytest.mark.usefixtures("inside")
def test_whoever_answered_has_opened_what_they_answer() -> None:
    answers = session().query(Letter).filter(Letter.in_reply_to_id.is_not(None)).all()

    assert answers
    for answer in answers:
        answered = session().get_one(Letter, answer.in_reply_to_id)
        assert answered.pair_id == answer.pair_id
        assert answered.author_id == answer.author_id or answered.state is LetterState.OPENED


@pytest.mark.usefixtures("inside")
def test_everyone_has_a_name_of_their_own_in_class() -> None:
    rows = session().execute(
        sa.select(Enrolment.class_id, Person.display_name).join(
            Person, Person.id == Enrolment.person_id
        )
    )
    names = [tuple(row) for row in rows]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("login", SIGN_INS)
def test_the_sign_ins_work(visitor: FlaskClient, login: str) -> None:
    answer = sign_in(visitor, login, services.PASSWORD)

    assert answer.status_code == 302
    # An editor's home is the desk.
    assert visitor.get("/", follow_redirects=True).status_code == 200


def test_the_first_pair_has_a_story(visitor: FlaskClient) -> None:
    sign_in(visitor, "xiaohe", services.PASSWORD)

    home = visitor.get("/").text

    assert "小麦" in home
    assert "和田" in home
    assert "来往 9 封信" in home
    assert "接着写草稿" in home


def test_the_teacher_finds_somebody_to_pair(visitor: FlaskClient) -> None:
    sign_in(visitor, "banzhuren.bj", services.PASSWORD)
    home = visitor.get("/").text

    address = re.search(r"/classes/\d+/pairs", home)

    assert address is not None
    assert 'name="partner-' in visitor.get(address[0]).text


@pytest.mark.usefixtures("inside")
def test_a_second_load_is_refused(inside: Flask) -> None:
    with pytest.raises(Conflict, match="已经有人了"):
        services.load(settings=inside.extensions["penpal.settings"])

    refused = inside.test_cli_runner().invoke(args=["demo", "load"])

    assert refused.exit_code != 0
    assert count(Person.kind == PersonKind.STUDENT) == 300


def test_among_real_people_nothing_is_loaded(app: Flask, cast: Cast) -> None:
    before = count(Person.id.is_not(None))

    with pytest.raises(Conflict, match="只能装进空的数据库"):
        services.load(settings=app.extensions["penpal.settings"])

    assert count(Person.id.is_not(None)) == before


def fingerprint(app: Flask) -> list[tuple[object, ...]]:
    """Everything that a reader could notice, without what has to differ: keys and login names."""
    with app.app_context():
        letters = session().execute(
            sa.select(
                Letter.pair_id,
                Letter.sequence,
                Letter.body,
                Letter.envelope,
                Letter.state,
                Letter.delivered_at,
            ).order_by(Letter.id)
        )
        people = session().execute(
            sa.select(Person.display_name, Person.birth_year, Person.birth_month).order_by(
                Person.id
            )
        )
        found = [tuple(row) for row in (*letters, *people)]
        db.session.remove()
        db.engine.dispose()
    return found


@pytest.mark.slow
def test_a_seed_gives_the_same_demo_and_another_seed_another(tmp_path: Path) -> None:
    made = {}
    for name, seed in (("first", 7), ("again", 7), ("other", 8)):
        app = empty(tmp_path / name)
        load(app, seed=seed)
        made[name] = fingerprint(app)

    assert made["first"] == made["again"]
    assert made["first"] != made["other"]


def test_the_command_prints_the_sign_ins(loaded: Flask) -> None:
    done = loaded.extensions["tests.printed"]

    assert done.exit_code == 0
    for login in SIGN_INS:
        assert login in done.output
