"""A programme's worth of letters: the cast's pair with letters as children write them, and a crowd round it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from bench.measuring import Visitor
from penpal import create_app
from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.consent.models import Consent
from penpal.kernel.db import db, session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.twinning.models import Pair
from tests import cast, servers
from tests.activities import doing
from tests.browser.server import Server
from tests.reading import sharing

OF_ONE_PAIR = 20
_LAST = 8
"""Letters of the pair that come after what they did together."""
_CHUNK = 20_000
_DAY = "2026-03-01 08:00:00.000000"
_SENTENCE = "今天放学的时候下了一点雨，渠里的水涨了，我们沿着白杨树走回家。"


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The two we run on: SQLite (an empty address) and a PostgreSQL server of our own."""
    with servers.postgres() as address:
        yield {"SQLite": "", "PostgreSQL": address}


@dataclass(frozen=True)
class Filled:
    """An application in this process, and the real server on the same database."""

    app: Flask
    server: Server

    def visitor(self) -> Visitor:
        """小禾, signed in."""
        visitor = Visitor(self.server.port, self.server.pid)
        visitor.sign_in("xiaohe", cast.PASSWORD)
        return visitor


@contextmanager
def filled(address: str, *, crowd: int, own: int = OF_ONE_PAIR) -> Iterator[Filled]:
    """A database with ``own`` letters of 小禾 and 小麦 and ``crowd`` of others, and who serves it.

    ``address`` is '' for SQLite, or that of an empty database.
    """
    with TemporaryDirectory(prefix="penpal-bench-") as folder:
        settings = Settings(
            data=Path(folder),
            DATABASE_URL=address,
            demo=False,
            quiet_from=time(),
            quiet_until=time(),
            log_level="ERROR",
        )
        app = create_app(settings)
        with app.app_context():
            upgrade()
            cast.build()
            _correspond(own)
            _crowd(crowd // OF_ONE_PAIR)
            _analyse()
            db.session.remove()
            db.engine.dispose()
        server = Server(
            Path(folder), DATABASE_URL=address, PENPAL_DEMO="false", PENPAL_JOBS="worker"
        )
        server.start()
        try:
            yield Filled(app, server)
        finally:
            server.stop()


def _correspond(count: int) -> None:
    """Letters between the two by the verbs of the product, some three hundred characters each.

    Before the last of them the two read and did things: what stands on the home is of all kinds.
    """
    people = cast.Cast()
    pair = people.pair()
    for number in range(count):
        if number == count - _LAST:
            _together(people)
        writer, reader = ("xiaohe", "xiaomai") if number % 2 else ("xiaomai", "xiaohe")
        body = f"你好：\n\n这是第{number + 1}封。{_SENTENCE * 10}\n\n你的朋友"
        letter = letters.send(
            pair,
            key=f"bench-{number:06}",
            body=body,
            envelope=Envelope.SEALED,
            by=people.actor(writer),
        )
        if number < count - 1:
            letters.open_(letter, by=people.actor(reader))


def _together(people: cast.Cast) -> None:
    """Two books with notes, of which one is read to its end, and things done by both."""
    for number in range(2):
        book = sharing.agreed(people, title=f"第{number + 1}本书")
        for who in ("xiaohe", "xiaomai"):
            sharing.read(people, book, who, 6 if number == 0 else 3)
        for chapter in (1, 2, 3):
            sharing.noted(people, book, chapter=chapter, body=_SENTENCE)
    for number in range(4):
        doing.done(people, key=f"bench-thing-{number}")


def _crowd(pairs: int) -> None:
    """Others in the same two classes, in bulk: two students, their consent, their pair, their letters."""
    known = cast.Cast()
    example = known.pair()
    # Numbers, not records: while rows are copied in, the connection can answer nothing else.
    programme, twinning = example.programme_id, example.twinning_id
    classes = [
        (unit.id, unit.parent_id) for unit in (known.unit("ht-class"), known.unit("bj-class"))
    ]
    first = (session().scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    first_pair = (session().scalar(sa.select(sa.func.max(Pair.id))) or 0) + 1
    everyone = range(first, first + 2 * pairs)
    _fill(
        Person,
        ("id", "kind", "login_name", "name", "display_name", "created_at", "is_demo"),
        ((n, "student", f"crowd{n}", f"同学{n}", f"同学{n}", _DAY, False) for n in everyone),
    )
    _fill(
        Enrolment,
        ("person_id", "class_id", "school_id", "student_number", "since"),
        ((n, *classes[(n - first) % 2], f"9{n:09}", "2025-09-01") for n in everyone),
    )
    _fill(
        Consent,
        ("person_id", "purpose", "giver", "how", "wording", "given_on", "recorded_at"),
        ((n, "taking_part", "guardian", "paper", "2026-09", "2025-09-01", _DAY) for n in everyone),
    )
    _fill(
        Pair,
        ("id", "programme_id", "twinning_id", "supported_student_id", "supporting_student_id",
         "across_classes", "state", "since"),
        ((first_pair + n, programme, twinning, first + 2 * n,
          first + 2 * n + 1, False, "active", "2025-09-01") for n in range(pairs)),
    )  # fmt: skip
    _fill(
        Letter,
        ("key", "pair_id", "author_id", "recipient_id", "envelope", "paper", "hand", "lunar",
         "body", "body_html", "folded", "direction", "sanitiser", "revision", "number", "sequence",
         "state", "begun_at", "saved_at", "delivered_at"),
        (
            (f"crowd-{n}-{k:03}", first_pair + n, first + 2 * n + k % 2, first + 2 * n + 1 - k % 2,
             "sealed", "green", "kai", False, _SENTENCE, f"<p>{_SENTENCE}</p>", _SENTENCE, "ltr",
             1, 1, k // 2 + 1, k + 1, "opened", _DAY, _DAY, _DAY)
            for n in range(pairs)
            for k in range(OF_ONE_PAIR)
        ),
    )  # fmt: skip


def _fill(model: Any, names: Sequence[str], values: Iterator[tuple[Any, ...]]) -> None:
    """Rows by the quickest way that each database has."""
    table = model.__tablename__
    columns = ", ".join(f'"{name}"' for name in names)
    with transaction() as current:
        driver = current.connection().connection.driver_connection
        assert driver is not None
        if current.get_bind().dialect.name == "sqlite":
            marks = ", ".join("?" for _ in names)
            driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
            return
        with driver.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            if "id" in names:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )


def _analyse() -> None:
    with transaction() as current:
        current.execute(sa.text("ANALYZE"))
