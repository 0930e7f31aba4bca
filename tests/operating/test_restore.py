"""While letters are sent, a backup is made; brought back elsewhere, nothing acknowledged before it is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_migrate import upgrade

from penpal import create_app
from penpal.config import Settings
from penpal.kernel.db import db
from tests import cast, servers
from tests.browser import server as serving
from tests.browser.client import PASSWORD, Client
from tests.browser.conftest import prepared
from tests.browser.server import Server
from tests.faults.ledger import Ledger, Writer, texts_shown

__all__ = ["prepared"]
AUTHORS = ("xiaohe", "xiaomai")
FEWEST = 4
"""Letters of each before the backup begins."""


@dataclass
class Site:
    """A server with people in it who write, and an empty place of the same kind."""

    folder: Path
    new: Path
    settings: dict[str, str] = field(default_factory=dict)
    settings_there: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str) -> Result:
        """What an operator does beside the server, on the same data."""
        app = create_app(
            Settings(
                data=self.folder,
                DATABASE_URL=self.settings.get("DATABASE_URL", ""),
                REDIS_URL="",
                demo=False,
                log_level="WARNING",
            )
        )
        done = app.test_cli_runner().invoke(args=list(words))
        with app.app_context():
            db.engine.dispose()
        return done

    def ask(self, statement: str, *, there: bool) -> list[Any]:
        """Rows of the database, here or in the new place."""
        folder, settings = (
            (self.new, self.settings_there) if there else (self.folder, self.settings)
        )
        address = Settings(data=folder, DATABASE_URL=settings.get("DATABASE_URL", "")).database
        engine = sa.create_engine(address, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.exec_driver_sql(statement).all())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path, prepared: Path) -> Iterator[Site]:
    if request.param == "sqlite":
        yield Site(serving.copy_of(prepared, tmp_path / "data"), tmp_path / "new")
        return
    with ExitStack() as stack:
        address = stack.enter_context(servers.postgres())
        _fill(tmp_path / "data", address)
        yield Site(
            tmp_path / "data",
            tmp_path / "new",
            {"DATABASE_URL": address},
            {"DATABASE_URL": servers.new_database(address, "restored")},
        )


def _fill(folder: Path, address: str) -> None:
    """The cast: the demo takes far longer to load, and is asked for on SQLite."""
    app = create_app(Settings(data=folder, DATABASE_URL=address, demo=False, log_level="WARNING"))
    with app.app_context():
        upgrade()
        cast.build(PASSWORD)
        db.session.remove()
        db.engine.dispose()


def test_a_backup_under_load_comes_back_consistent_with_all_that_was_acknowledged(
    site: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "made.penpal-backup"
    with serving.running(site.folder, **site.settings) as server:
        ledger, during = _back_up_while_letters_are_sent(site, server, archive)
        acknowledged, after = ledger.noted("BEFORE"), ledger.noted("ACK")
    intended = ledger.noted("INTENT")

    assert during > 0, "nobody wrote while the backup was made: the run proves nothing"
    restored = _restore(site, archive)

    assert restored.exit_code == 0, restored.output
    assert "letters" in restored.output
    assert _faults(site) == []
    with serving.running(site.new, **site.settings_there) as server:
        for author in AUTHORS:
            client = Client(server)
            client.sign_in(author)
            own = _sent_by(site, author) & set(acknowledged.values())
            shown = dict(texts_shown(client, sorted(own)))
            digests = {text for _heading, text in shown.values()}
            wanted = {intended[key] for key, letter in acknowledged.items() if letter in own}
            assert digests == wanted
    everything = set.union(*(_sent_by(site, author) for author in AUTHORS))
    assert set(acknowledged.values()) <= everything
    assert len(after) > len(acknowledged)


def _back_up_while_letters_are_sent(
    site: Site, server: Server, archive: Path
) -> tuple[Ledger, int]:
    """Two partners write before, while and after it is made; returns how many letters came meanwhile."""
    ledger = Ledger(archive.with_suffix(".jsonl"))
    writers = [Writer(server, author, ledger, same_key=True) for author in AUTHORS]
    for writer in writers:
        writer.start()
    try:
        _until(writers, FEWEST)
        for key, letter in ledger.noted("ACK").items():
            ledger.note("BEFORE", key, letter)
        begun = sum(writer.sent for writer in writers)
        made = site.command("backup", str(archive))
        during = sum(writer.sent for writer in writers) - begun
        _until(writers, min(writer.sent for writer in writers) + 1)
    finally:
        for writer in writers:
            writer.enough.set()
        for writer in writers:
            writer.join(timeout=120)
    assert [writer.trouble for writer in writers] == [None, None]
    assert made.exit_code == 0, made.output
    return ledger, during


def _until(writers: list[Writer], sent: int) -> None:
    deadline = time.monotonic() + 120
    while any(writer.sent < sent for writer in writers) and time.monotonic() < deadline:
        time.sleep(0.05)


def _restore(site: Site, archive: Path) -> Result:
    into = ["--into", str(site.new)]
    if address := site.settings_there.get("DATABASE_URL"):
        into += ["--into", address]
    return site.command("restore", str(archive), *into)


def _faults(site: Site) -> list[object]:
    """What must not be in a database that was brought back."""
    found: list[object] = []
    if not site.settings:
        found += [row for row in site.ask("PRAGMA integrity_check", there=True) if row != ("ok",)]
        found += site.ask("PRAGMA foreign_key_check", there=True)
    sent = "SELECT pair_id, author_id, number, sequence FROM letter WHERE state <> 'draft'"
    letters = site.ask(sent, there=True)
    assert letters
    for columns, place in (((0,), 3), ((0, 1), 2)):
        rows = sorted((tuple(row[c] for c in columns), row[place]) for row in letters)
        for who, numbers in groupby(rows, key=lambda row: row[0]):
            given = [number for _who, number in numbers]
            if given != list(range(1, len(given) + 1)):
                found.append((who, given))
    # Each state is the one that the last move on record led to, and each move is of a letter.
    found += site.ask(
        "SELECT l.id, l.state, t.to_state FROM trail t LEFT JOIN letter l ON l.id = t.subject_id "
        "WHERE t.subject_kind = 'letter' AND t.to_state <> '' AND t.id IN (SELECT max(id) FROM trail "
        "WHERE subject_kind = 'letter' AND to_state <> '' GROUP BY subject_id) "
        "AND (l.id IS NULL OR l.state <> t.to_state)",
        there=True,
    )
    return found


def _sent_by(site: Site, author: str) -> set[str]:
    statement = (
        "SELECT l.id FROM letter l JOIN person p ON p.id = l.author_id "
        f"WHERE l.state <> 'draft' AND p.login_name = '{author}'"
    )
    return {str(row[0]) for row in site.ask(statement, there=True)}
