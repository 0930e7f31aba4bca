"""The letter book: for the two alone, all of it and nothing they may not see, taken up again after a crash."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa
from huey.api import Huey

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.media import store
from penpal.publishing.keepsakes import queries, services
from penpal.publishing.keepsakes.models import BookState, LetterBook
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.kernel.test_jobs import queue

__all__ = ["queue"]
CHINESE = "小麦：\n\n秋天到了，院子里的柿子红了。"
UYGHUR = "ياخشىمۇسىز، مەن خوتەندە ياشايمەن."
TIBETAN = "བཀྲ་ཤིས་བདེ་ལེགས། ང་ཚོའི་སློབ་གྲྭ།"


def write(cast: Cast, who: str, key: str, body: str) -> None:
    letter = letters.send(
        cast.pair(), key=key, body=body, envelope=Envelope.SEALED, by=cast.actor(who)
    )
    reader = "xiaomai" if who == "xiaohe" else "xiaohe"
    letters.open_(letter, by=cast.actor(reader))


def ask(cast: Cast, who: str = "xiaohe", **choices: str) -> LetterBook:
    return services.ask(cast.pair(), choices, by=cast.actor(who))


@pytest.fixture(autouse=True)
def nothing_left(queue: Huey) -> Iterator[None]:
    queue.flush()
    yield
    queue.flush()


def run_all(queue: Huey) -> None:
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    # What the worker wrote is seen by whoever begins to read now.
    session().rollback()


def read(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


def test_what_both_wrote_stands_in_it_by_months_in_every_script(cast: Cast, queue: Huey) -> None:
    for number, (who, body) in enumerate(
        [("xiaohe", CHINESE), ("xiaomai", UYGHUR), ("xiaohe", TIBETAN)]
    ):
        write(cast, who, f"key-of-letter-{number}", body)
    waiting = ask(cast)
    run_all(queue)

    assert (waiting.progress, waiting.percent) == (BookState.DONE, 100)
    made = services.content(waiting, by=cast.actor("xiaohe"))
    text = re.sub(r"\s", "", read(made))
    assert "院子里的柿子红了" in text
    assert "目录" in text
    fonts = {
        str(font["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(made)).pages
        for font in (one.get_object() for one in page["/Resources"].get("/Font", {}).values())
    }
    assert any("NotoNaskhArabic" in font for font in fonts)
    assert any("NotoSerifTibetan" in font for font in fonts)
    assert waiting.pages == len(pypdf.PdfReader(io.BytesIO(made)).pages)


def test_an_envelope_that_is_closed_stays_out(cast: Cast, queue: Huey) -> None:
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    letters.send(
        cast.pair(),
        key="key-of-letter-2",
        body="还没有拆开的话",
        envelope=Envelope.SEALED,
        by=cast.actor("xiaomai"),
    )
    waiting = ask(cast)
    run_all(queue)

    assert "还没有拆开的话" not in read(services.content(waiting, by=cast.actor("xiaohe")))


def test_nobody_else_asks_for_it_or_fetches_it(cast: Cast, queue: Huey, as_: SignedIn) -> None:
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    for who in ("xiaolin", "teacher_bj", "editor"):
        with pytest.raises(NotPermitted):
            ask(cast, who)
    waiting = ask(cast)
    run_all(queue)

    with pytest.raises(NotPermitted):
        services.content(waiting, by=cast.actor("xiaomai"))
    assert as_("xiaomai").get(f"/us/book/{waiting.id}.pdf").status_code == 404
    assert as_("xiaohe").get(f"/us/book/{waiting.id}.pdf").mimetype == "application/pdf"


def test_one_at_a_time_and_given_up_at_any_moment(cast: Cast, queue: Huey, as_: SignedIn) -> None:
    with pytest.raises(Invalid):
        ask(cast)
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    me = as_("xiaohe")

    assert me.post("/us/book", data={"size": "a4"}).status_code == 302
    assert me.post("/us/book", data={"size": "a4"}).status_code == 422
    waiting = session().scalars(sa.select(LetterBook)).one()
    assert 'max="100"' in me.get("/us/book").text
    assert me.get(f"/us/book/{waiting.id}/progress").get_json() == {"runs": True, "percent": 0}
    me.post(f"/us/book/{waiting.id}/cancel")
    run_all(queue)

    session().expire_all()
    assert waiting.progress is BookState.CANCELLED
    assert waiting.file_name == ""


def test_what_a_crash_left_behind_is_made_and_what_is_old_goes(cast: Cast, queue: Huey) -> None:
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    waiting = ask(cast)
    queue.flush()
    with transaction() as current:
        current.execute(
            sa.update(LetterBook).values(
                progress=BookState.MAKING, begun_at=clock.now() - timedelta(hours=1)
            )
        )

    services.tidy()
    run_all(queue)

    session().expire_all()
    assert waiting.progress is BookState.DONE
    name = waiting.file_name
    with transaction() as current:
        current.execute(
            sa.update(LetterBook).values(
                ended_at=clock.now() - queries.IS_KEPT - timedelta(hours=1)
            )
        )
    session().expire_all()
    services.tidy()
    with pytest.raises(store.Gone):
        store.here().get_file(name)
    with pytest.raises(NotFound):
        services.content(waiting, by=cast.actor("xiaohe"))


def test_a_book_that_takes_its_worker_down_is_given_up_after_some_tries(
    cast: Cast, queue: Huey
) -> None:
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    waiting = ask(cast)
    for _death in range(services.MOST_TRIES):
        queue.flush()
        services._begun(waiting.id)
        with transaction() as current:
            current.execute(sa.update(LetterBook).values(begun_at=clock.now() - timedelta(hours=1)))
        services.tidy()
    run_all(queue)

    session().expire_all()
    assert waiting.progress is BookState.FAILED
    assert waiting.ended_at


def test_a_worker_that_was_overtaken_leaves_nothing(
    cast: Cast, queue: Huey, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(cast, "xiaohe", "key-of-letter-1", CHINESE)
    waiting = ask(cast)
    put = store.Store.put_file
    names: list[str] = []

    def late(self: store.Store, name: str, content: bytes) -> None:
        put(self, name, content)
        names.append(name)
        if len(names) == 1:
            with transaction() as current:
                current.execute(sa.update(LetterBook).values(progress=BookState.WAITING))
            services.make(waiting.id)

    monkeypatch.setattr(store.Store, "put_file", late)
    run_all(queue)

    session().expire_all()
    slow, quick = names
    assert (waiting.progress, waiting.file_name) == (BookState.DONE, quick)
    with pytest.raises(store.Gone):
        store.here().get_file(slow)
    assert store.here().get_file(quick)
