"""Runs migrations on the application's own engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from penpal.kernel.db import Moment


def render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our one type of our own as what the database sees, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


@contextmanager
def without_foreign_keys(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite rebuild a table to which others refer; what refers to nothing is told afterwards.

    SQLite changes a table by making it anew, and the pragma counts only outside a transaction, so
    it is given to the driver before the first one begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    yield
    raw.execute("PRAGMA foreign_keys=ON")


def check_references(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise SystemExit(f"A migration left {len(lost)} rows that refer to nothing: {lost[:5]}")


def run() -> None:
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_item=render_item,
            **extension.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            check_references(connection)
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to look at: run them online.")
run()
