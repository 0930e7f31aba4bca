"""Pages are kept under the number of their edition, and shown no longer than that number counts."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from penpal import create_app
from penpal.config import Settings
from penpal.kernel.db import db, transaction
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special import caching, page
from penpal.publishing.special.caching import Shelf
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.special import printed


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    found: Shelf = app.extensions["penpal.shelf"]
    return found


@pytest.fixture
def piece(cast: Cast) -> int:
    return printed.piece(cast, printed.issue())


def raise_number() -> None:
    with transaction():
        edition.bump()


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement that goes to the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_page_is_made_once_and_handed_out_packed(
    client: FlaskClient, piece: int, asked: list[str]
) -> None:
    plain = client.get(f"/special/{piece}")
    asked.clear()

    packed = client.get(f"/special/{piece}", headers={"Accept-Encoding": "br, gzip;q=0.8"})
    same = client.get(f"/special/{piece}", headers={"If-None-Match": plain.headers["ETag"]})
    head = client.head(f"/special/{piece}")

    assert asked == [], "the database is not asked for what is known"
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == plain.headers["ETag"]
    assert (head.status_code, head.data) == (200, b"")
    assert (
        "Content-Encoding"
        not in client.get(f"/special/{piece}", headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


def test_nothing_of_whoever_is_signed_in_lies_on_a_kept_page(
    as_: SignedIn, client: FlaskClient, piece: int
) -> None:
    signed_in = as_("xiaohe").get(f"/special/{piece}?size=large")
    anybody = client.get(f"/special/{piece}?size=large")

    assert signed_in.data == anybody.data
    assert {name for name, _value in signed_in.headers} == {name for name, _ in anybody.headers}
    assert "Penpal-Person" not in signed_in.headers
    assert "Set-Cookie" not in signed_in.headers


def test_a_withdrawal_holds_at_once_in_this_process(client: FlaskClient, piece: int) -> None:
    assert client.get(f"/special/{piece}").status_code == 200

    printed.move(piece, SubmissionState.WITHDRAWN)
    raise_number()

    assert client.get(f"/special/{piece}").status_code == 410
    assert "你的天比我的天先黑" not in client.get("/special").get_data(as_text=True)


def test_another_process_hears_of_it_within_seconds(
    client: FlaskClient, piece: int, settings: Settings
) -> None:
    """It has the same database and is told nothing."""
    other = create_app(settings)
    shelf: Shelf = other.extensions["penpal.shelf"]
    neighbour = other.test_client()
    assert neighbour.get(f"/special/{piece}").status_code == 200

    printed.move(piece, SubmissionState.WITHDRAWN)
    raise_number()

    assert caching.PATIENCE <= 10
    shelf.patience = 0
    assert neighbour.get(f"/special/{piece}").status_code == 410
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_page_that_was_being_made_when_the_number_changed_is_not_kept(
    client: FlaskClient, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read before the withdrawal and is done after it."""
    render = page.render

    def slowly(*args: object, **values: object) -> str:
        made = render(*args, **values)  # type: ignore[arg-type]
        monkeypatch.undo()
        printed.move(piece, SubmissionState.WITHDRAWN)
        raise_number()
        return made

    monkeypatch.setattr("penpal.publishing.special.routes.render", slowly)
    assert client.get(f"/special/{piece}").status_code == 200

    assert client.get(f"/special/{piece}").status_code == 410


def test_only_known_addresses_are_kept_and_never_too_many(
    client: FlaskClient, piece: int, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(caching.SEARCHES_MOST + 8):
        client.get(f"/special/search?words=第{n}")
    client.get(f"/special/{piece}?visit=1")
    client.get("/special/nowhere")

    assert len(shelf._searches) == caching.SEARCHES_MOST
    assert not shelf._pages, "an address that nobody links to is answered and forgotten"

    monkeypatch.setattr(caching, "BYTES_MOST", 40_000)
    for address in ("", "/about", "/take-part", "/archive", "/themes", "/places", "/moments"):
        client.get(f"/special{address}")
    assert 0 < shelf._weight <= 40_000
    assert shelf._weight == sum(kept.weight for kept in shelf._pages.values())


def test_where_nobody_can_tell_the_number_nothing_kept_is_shown(
    client: FlaskClient, piece: int, shelf: Shelf
) -> None:
    client.get(f"/special/{piece}")
    shelf.forget()

    def fail(*_values: object) -> None:
        raise OSError("the database is away")

    event.listen(db.engine, "before_cursor_execute", fail)
    answer = client.get(f"/special/{piece}")
    event.remove(db.engine, "before_cursor_execute", fail)

    assert answer.status_code == 500
    assert "青核桃" not in answer.get_data(as_text=True)
    assert client.get(f"/special/{piece}").status_code == 200


def test_a_page_made_anew_asks_the_database_nothing(
    client: FlaskClient, piece: int, asked: list[str]
) -> None:
    for address in ("/special", "/special/archive", f"/special/{piece}"):
        client.get(address)
    asked.clear()

    for address in ("/special", "/special/archive", f"/special/{piece}"):
        assert client.get(f"{address}?size=large").status_code == 200

    assert asked == []


def test_the_number_changes_with_what_is_public_alone(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        edition.bump()
