"""Jobs: asked for by name, kept in the queue, done in a context, tried again, safe to run twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from huey import Huey

from penpal.accounts.models import Activation, SignIn
from penpal.kernel import jobs
from penpal.kernel.db import session, transaction
from tests.cast import Cast
from tests.conftest import SignedIn


@pytest.fixture
def queue(app: Flask) -> Iterator[Huey]:
    found: Huey = app.extensions["penpal.queue"]
    found.flush()
    yield found
    found.flush()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A job called ``test.note`` that notes what it was given, and fails when told to."""
    done: list[dict[str, object]] = []
    monkeypatch.setattr(jobs, "_work", dict(jobs._work))

    @jobs.job("test.note")
    def note(**given: object) -> None:
        assert current_app
        done.append(given)
        if given.get("fail") and len(done) < 3:
            raise ZeroDivisionError

    return done


def run_one(queue: Huey) -> None:
    task = queue.dequeue()
    assert task is not None
    queue.execute(task)


def test_what_was_asked_for_waits_and_is_done_once(
    queue: Huey, work: list[dict[str, object]]
) -> None:
    jobs.enqueue("test.note", letter_id=7, words="一句话")
    assert work == []

    run_one(queue)

    assert work == [{"letter_id": 7, "words": "一句话"}]
    assert queue.dequeue() is None


def test_a_job_that_fails_is_tried_again_later(queue: Huey, work: list[dict[str, object]]) -> None:
    jobs.enqueue("test.note", fail=True)

    run_one(queue)

    assert len(work) == 1
    waiting = queue.scheduled()
    assert len(waiting) == 1
    assert waiting[0].retries == 4
    assert waiting[0].eta is not None


def test_a_job_nobody_knows_is_refused_when_it_is_asked_for(queue: Huey) -> None:
    with pytest.raises(LookupError, match=r"no\.such"):
        jobs.enqueue("no.such")

    assert queue.dequeue() is None


def test_work_that_returns_by_itself_is_registered_with_its_hour(queue: Huey) -> None:
    names = {task.name for task in queue._registry.periodic_tasks}

    assert {f"every.{name}" for name in jobs._periods} == names
    assert {"accounts.forget_old_sessions", "rosters.forget_uploads"} <= set(jobs._periods)


def test_every_periodic_job_may_run_twice(cast: Cast, as_: SignedIn) -> None:
    as_("xiaohe").get("/")
    before = session().query(SignIn).count(), session().query(Activation).count()

    for name in [*jobs._periods, *jobs._periods]:
        jobs.run(name)

    assert (session().query(SignIn).count(), session().query(Activation).count()) == before


def test_what_a_job_changed_is_committed(queue: Huey, cast: Cast, work: list[object]) -> None:
    @jobs.job("test.rename")
    def rename(person_id: int) -> None:
        with transaction():
            cast.person("xiaohe").display_name = f"{person_id} 改的"

    jobs.enqueue("test.rename", person_id=7)
    run_one(queue)

    session().rollback()
    assert cast.person("xiaohe").display_name == "7 改的"
