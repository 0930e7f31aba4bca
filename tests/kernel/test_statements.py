"""Statements that are compiled once and handed to the driver."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Person, PersonKind
from penpal.kernel.db import db, rows, session, transaction
from penpal.kernel.statements import prepared
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("app")

KNOWN = (
    sa.select(Person.id, Person.kind, Person.created_at, Person.display_name.label("called"))
    .where(Person.kind == PersonKind.STUDENT, Person.login_name == sa.bindparam("name"))
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def test_values_pass_their_types_in_and_out(cast: Cast) -> None:
    person = cast.person("xiaohe")
    since = sa.select(Person.id).where(
        Person.created_at >= sa.bindparam("since", type_=Person.created_at.type),
        Person.login_name == sa.bindparam("name"),
    )

    (row,) = rows(KNOWN, name="xiaohe", most=5)

    assert row.kind is PersonKind.STUDENT
    assert row.created_at == person.created_at
    assert row.created_at.tzinfo is UTC
    assert row.called == "小禾"
    assert rows(since, name="xiaohe", since=person.created_at)
    assert not rows(since, name="xiaohe", since=datetime(2100, 1, 1, tzinfo=UTC))


def test_a_value_is_never_part_of_the_text(cast: Cast) -> None:
    assert rows(KNOWN, name="' OR 1=1 --", most=5) == []
    assert "' OR" not in prepared(KNOWN, db.engine.dialect).text


def test_words_of_the_statement_are_part_of_the_text() -> None:
    """Only so does the planner see which partial index holds what is asked for."""
    text = prepared(KNOWN, db.engine.dialect).text

    assert "'student'" in text
    assert text.count("?") + text.count("%(") - ("OFFSET ?" in text) == 2


def test_a_text_that_depends_on_its_values_is_refused() -> None:
    with pytest.raises(AssertionError, match="depends on the values"):
        rows(sa.select(Person.id).where(Person.id.in_([1, 2])))


def test_what_a_transaction_wrote_is_seen_in_it_and_nowhere_after_it_was_taken_back(
    app: Flask, cast: Cast
) -> None:
    def called() -> str:
        return str(rows(KNOWN, name="xiaohe", most=1)[0].called)

    def rename() -> None:
        with transaction():
            cast.person("xiaohe").display_name = "禾苗"
            assert called() == "禾苗"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename()

    assert called() == "小禾"
    session().close()
    assert called() == "小禾"


def test_a_change_tells_what_it_returns_and_is_refused_as_any_other(cast: Cast) -> None:
    rename = (
        sa.update(Person)
        .where(Person.login_name == sa.bindparam("name", type_=sa.Text()))
        .values(login_name=sa.bindparam("to", type_=sa.Text()))
        .returning(Person.id, Person.kind)
    )

    with transaction():
        (row,) = rows(rename, name="xiaohe", to="xiaohe2")
    with pytest.raises(sa.exc.IntegrityError), transaction():
        rows(rename, name="xiaohe2", to="xiaomai")

    with pytest.raises(RuntimeError):
        rows(rename, name="xiaohe2", to="xiaohe3")

    assert row.id == cast.person("xiaohe2").id
    assert row.kind is PersonKind.STUDENT
