"""Statements that are asked many times a second: compiled once, then handed to the driver as they are.

Looking a long select up in SQLAlchemy's cache, and setting up what reads its answer, takes longer than
the database needs for it (`bench/pages.py`). Values pass the same types on their way in and out.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import exc
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import Select
from sqlalchemy.sql.visitors import replacement_traverse

Convert = Callable[[Any], Any]
Asked = Select[Any] | UpdateBase


class Prepared:
    """A statement for one database that gives columns: a select, or a change with ``returning``.

    A row is a named tuple; its names are the columns' keys.
    """

    def __init__(self, statement: Asked, dialect: Dialect) -> None:
        worded = _with_its_words(statement) if isinstance(statement, Select) else statement
        compiled = worded.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        expanding = [bind.key for bind in compiled.bind_names if bind.expanding]
        assert not expanding, f"the text depends on the values of {expanding}"
        to_come = {bind.key: None for bind in compiled.bind_names if bind.required}
        whole = compiled.construct_expanded_state(to_come)
        self.text = whole.statement
        self.order = whole.positiontup
        self.written = dict(whole.parameters)
        self.into: dict[str, Convert] = {}
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None and name in self.written:
                self.into[name] = convert
        self.raw, self.raw_order = _numbered(self.text) if _is_psycopg(dialect) else ("", ())
        columns = list(statement.exported_columns)
        self.row: Any = _row([column.key for column in columns])
        self.types = [column.type.dialect_impl(dialect) for column in columns]
        self.out: list[tuple[int, Convert]] = []
        self.is_known = False

    def ask(self, connection: Connection, values: Mapping[str, object]) -> Sequence[Any]:
        """All rows for these values of the statement's ``bindparam``s; further values are not looked at."""
        given = {name: values.get(name, written) for name, written in self.written.items()}
        for name, convert in self.into.items():
            given[name] = convert(given[name])
        handed: Any = given if self.order is None else tuple(given[name] for name in self.order)
        if connection.dispatch.before_cursor_execute:
            # Somebody listens to what is asked, so it is asked in the open.
            return self._through_sqlalchemy(connection, handed)
        cursor = self._cursor(connection)
        try:
            if self.raw:
                cursor.execute(self.raw, [given[name] for name in self.raw_order])
            else:
                cursor.execute(self.text, handed)
            self._learn(connection.dialect, cursor)
            found = cursor.fetchall()
        except Exception as trouble:
            if self._is_undone(connection):
                raise self._in_its_words(trouble, connection.dialect) from trouble
            # SQLAlchemy is to see this error too: it lets go of connections that are dead.
            return self._through_sqlalchemy(connection, handed)
        finally:
            cursor.close()
        return self._read(found)

    def _is_undone(self, connection: Connection) -> bool:
        """Whether PostgreSQL has given the transaction up, so that it would refuse a second try."""
        if not self.raw:
            return False
        driver: Any = connection.connection.dbapi_connection
        return bool(driver.info.transaction_status.name == "INERROR")

    def _in_its_words(self, trouble: Exception, dialect: Dialect) -> BaseException:
        """The error as SQLAlchemy would raise it; values are kept out of it."""
        assert dialect.loaded_dbapi is not None
        return exc.DBAPIError.instance(
            self.text, None, trouble, dialect.loaded_dbapi.Error, hide_parameters=True
        )

    def _cursor(self, connection: Connection) -> Any:
        if not self.raw:
            return connection.connection.cursor()
        driver: Any = connection.dialect
        return driver.dbapi.RawCursor(connection.connection.dbapi_connection)

    def _through_sqlalchemy(self, connection: Connection, handed: Any) -> Sequence[Any]:
        answer = connection.exec_driver_sql(self.text, handed)
        self._learn(connection.dialect, answer.cursor)
        return self._read(answer.all())

    def _learn(self, dialect: Dialect, cursor: Any) -> None:
        """Once: which columns come from the driver as something else than what their type promises."""
        if self.is_known:
            return
        told = (column[1] for column in cursor.description)
        each = (
            kind.result_processor(dialect, as_told)
            for kind, as_told in zip(self.types, told, strict=True)
        )
        self.out = [(place, convert) for place, convert in enumerate(each) if convert is not None]
        self.is_known = True

    def _read(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        """Column by column: the rows of a page are many, and its converted columns few."""
        if not self.out:
            return [self.row._make(cells) for cells in found]
        columns = list(zip(*found, strict=True))
        if columns:
            for place, convert in self.out:
                columns[place] = tuple(map(convert, columns[place]))
        return [self.row._make(cells) for cells in zip(*columns, strict=True)]


def _is_psycopg(dialect: Dialect) -> bool:
    return dialect.driver == "psycopg"


def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with its places numbered as PostgreSQL has them, and whose values stand there.

    psycopg finds the places of a long statement anew each time that it is asked, which for that of a
    pair's home took as long as all else that the statement costs the server.
    """
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return re.sub(r"%%|%\((\w+)\)s", place, text), tuple(names)


def _row(names: Sequence[Any]) -> Any:
    return namedtuple("Row", names, rename=True)


def _with_its_words(statement: Select[Any]) -> Select[Any]:
    """The words of the statement stand in its text, where the planner sees which partial index holds them.

    SQLite plans a statement anew, for five times what it takes to run, each time that a value is
    handed over which an index's condition could be about.
    """

    def written_out(part: Any, **_kind: Any) -> Any:
        if isinstance(part, BindParameter) and isinstance(part.value, (str, int)):
            return part.render_literal_execute()
        return None

    # The types of SQLAlchemy ask for one overload of three: any of them would do.
    return replacement_traverse(statement, {}, written_out)  # type: ignore[call-overload,no-any-return]


@lru_cache(maxsize=256)
def prepared(statement: Asked, dialect: Dialect) -> Prepared:
    return Prepared(statement, dialect)
