"""The trail: acts of staff are tied into the chains of schools, in their order and each once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from datetime import UTC
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from penpal.config import ROOT
from penpal.kernel import chain, db, machine, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.chain import NO_SCHOOL
from penpal.kernel.db import session, transaction
from penpal.kernel.trail import TrailHead
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.twinning.models import Twinning
from penpal.twinning.states import END
from tests.cast import Cast
from tests.kernel.chains import entry_of, links, moves, tell, troubles


def test_an_act_of_staff_becomes_the_next_link_of_the_school(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    before = links(school_id)
    others = {each: len(links(each)) for each in chain.schools() if each != school_id}

    tell(cast, "teacher_bj", "xiaohe")

    added = links(school_id)[len(before) :]
    assert [link.number for link in added] == [len(before) + 1]
    assert (entry_of(added[0]).move, entry_of(added[0]).reason) == ("looked", "一个原因")
    assert {each: len(links(each)) for each in others} == others
    assert troubles() == {}


def test_a_hash_is_what_the_description_says(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")

    before, last = links(school_id)[-2:]

    entry = entry_of(last)
    told = [
        *(before.hash, school_id, last.number, entry.id),
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        *("staff", cast.person("teacher_bj").id, "person", cast.person("xiaohe").id),
        *("looked", "", "", "一个原因"),
    ]
    written = json.dumps(told, separators=(",", ":"), ensure_ascii=True).encode()
    assert last.hash == hashlib.sha256(written).hexdigest()
    head = session().get_one(TrailHead, school_id)
    assert (head.number, head.hash) == (last.number, last.hash)


def test_what_concerns_two_schools_stands_in_both_chains(cast: Cast) -> None:
    tied = cast.pair()
    with transaction():
        trail.write(tied, "looked", by=cast.actor("teacher_bj"))

    for school in ("bj-school", "ht-school"):
        assert moves(cast.unit(school).id)[-1] == "looked"
    assert "looked" not in moves(cast.unit("tj-school").id)


def test_what_concerns_no_school_stands_in_a_chain_of_its_own(cast: Cast) -> None:
    with transaction():
        trail.write(cast.unit("bj-county"), "looked", by=SYSTEM)

    assert moves(NO_SCHOOL)[-1] == "looked"
    assert troubles() == {}


def test_a_school_that_somebody_left_is_told_too(cast: Cast) -> None:
    left = cast.unit("tj-school").id

    with transaction():
        trail.write(cast.person("xiaohe"), "looked", by=SYSTEM, schools=[left])

    assert moves(left)[-1] == moves(cast.unit("bj-school").id)[-1] == "looked"


def test_what_children_do_is_on_the_trail_and_in_no_chain(cast: Cast) -> None:
    before = {school_id: len(links(school_id)) for school_id in chain.schools()}

    letter = letters.send(
        cast.pair(), key="a-key-000", body="你好", envelope=Envelope.SEALED, by=cast.actor("xiaohe")
    )
    letters.open_(letter, by=cast.actor("xiaomai"))

    assert [entry.move for entry in trail.of(letter)] == ["send", "open"]
    assert {school_id: len(links(school_id)) for school_id in before} == before
    assert chain.unlinked() == (0, None)


def test_an_act_that_is_undone_leaves_no_link_behind(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    before = len(links(school_id))

    def work() -> None:
        with transaction():
            tell(cast, "teacher_bj", "xiaohe", "undone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    tell(cast, "teacher_bj", "xiaohe", "done")

    assert moves(school_id)[before:] == ["done"]
    assert troubles() == {}


def test_a_step_that_fails_undoes_the_act(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_session: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(db, "_steps", [*db._steps, fail])
    with pytest.raises(ZeroDivisionError):
        tell(cast, "teacher_bj", "xiaohe", "undone")

    session().rollback()
    assert "undone" not in [entry.move for entry in trail.of(cast.person("xiaohe"))]
    assert troubles() == {}


def test_an_act_outside_a_transaction_is_refused(cast: Cast) -> None:
    person, by = cast.person("xiaohe"), cast.actor("teacher_bj")

    with pytest.raises(RuntimeError, match="transaction"):
        trail.write(person, "looked", by=by)
    session().rollback()


def test_many_acts_are_linked_in_their_order_with_few_queries(cast: Cast) -> None:
    school_id, person = cast.unit("bj-school").id, cast.person("xiaohe")
    before = len(links(school_id))
    by = cast.actor("teacher_bj")
    asked = []

    def count(*_: object) -> None:
        asked.append(1)

    engine = session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", count)
    with transaction():
        written = trail.write_many(
            type(person), [(person.id, f"act {number}") for number in range(900)], by=by
        )
    sa.event.remove(engine, "before_cursor_execute", count)

    assert written == 900
    assert moves(school_id)[before:] == [f"act {number}" for number in range(900)]
    assert len(asked) < 20
    assert troubles() == {}


def test_what_is_moved_at_once_is_linked_too(cast: Cast) -> None:
    keys = list(session().scalars(sa.select(Twinning.id)))

    with transaction():
        machine.fire_many(END, Twinning, keys, by=SYSTEM, reason="学年结束")

    assert moves(NO_SCHOOL)[-1] == "end"
    for school in ("bj-school", "ht-school"):
        assert moves(cast.unit(school).id)[-2:] == ["end", "end"]
    assert chain.unlinked() == (0, None)
    assert troubles() == {}


def test_several_who_act_at_once_in_two_schools_make_one_chain_each(app: Flask, cast: Cast) -> None:
    together = threading.Barrier(4)
    schools = [cast.unit(code).id for code in ("bj-school", "ht-school")]
    before = [len(links(school_id)) for school_id in schools]
    failed: list[BaseException] = []

    def act(who: str) -> None:
        with app.app_context():
            by, pair_id = cast.actor(who), cast.pair().id
            session().rollback()
            together.wait(timeout=30)
            try:
                for _ in range(5):
                    with transaction():
                        trail.write(cast.pair(), "looked", by=by, reason=str(pair_id))
            except BaseException as problem:
                failed.append(problem)

    threads = [
        threading.Thread(target=act, args=(who,))
        for who in ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht")
    ]
    session().rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failed == []
    assert [len(links(school_id)) for school_id in schools] == [number + 20 for number in before]
    assert troubles() == {}


def migration() -> ModuleType:
    file = ROOT / "migrations" / "versions" / "20261125_1_the_record.py"
    spec = importlib.util.spec_from_file_location("the_record", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_migration_links_what_was_there_before_as_the_product_would_have(cast: Cast) -> None:
    tell(cast, "teacher_bj", "xiaohe")
    with transaction():
        trail.write(cast.pair(), "looked", by=cast.actor("teacher_ht"))
        trail.write(cast.person("teacher_tj"), "looked", by=SYSTEM)
        trail.write(cast.unit("bj-class"), "looked", by=SYSTEM)
    before = chain.heads()
    session().rollback()
    engine = session().get_bind()
    assert isinstance(engine, sa.Engine)

    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        with Operations.context(context):
            migration().downgrade()
            migration().upgrade()

    assert len(before) > 2
    assert chain.heads() == before
    assert troubles() == {}
    assert chain.unlinked() == (0, None)
