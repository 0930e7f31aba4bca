"""A table of its own for what the database promises, beside those of the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.kernel import events


@pytest.fixture
def counter(app: Flask) -> Iterator[sa.Table]:
    """A table with one row whose number is 0."""
    table = sa.Table(
        "counter",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    engine = app.extensions["sqlalchemy"].engine
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(id=1, number=0))
    yield table
    with engine.begin() as connection:
        table.drop(connection)


@pytest.fixture
def subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test subscribes to ends with it."""
    kept = {kind: list(reactions) for kind, reactions in events._subscribers.items()}
    monkeypatch.setattr(events, "_subscribers", events.defaultdict(list, kept))
