"""The proof of the trail: no row can be changed, and who changes one all the same is found out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from penpal.kernel import chain
from penpal.kernel.chain import BEGINNING
from penpal.kernel.db import session, transaction
from tests.cast import Cast
from tests.kernel.chains import behind_the_guards, entry_of, links, tell, troubles


@pytest.mark.parametrize(
    ("table", "change"), [("trail", "reason = 'x'"), ("trail_link", "hash = 'x'")]
)
def test_the_database_refuses_to_change_or_delete_a_row(
    cast: Cast, table: str, change: str
) -> None:
    statements = [f"UPDATE {table} SET {change}", f"DELETE FROM {table}"]
    if session().get_bind().dialect.name == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")

    for statement in statements:
        with pytest.raises(DatabaseError, match="never changed"), transaction() as current:
            current.execute(sa.text(statement))

    assert troubles() == {}


def test_a_changed_act_is_found(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")
    tell(cast, "teacher_bj", "xiaolin")
    changed = links(school_id)[-2]
    number, entry_id = changed.number, changed.entry_id

    with behind_the_guards() as execute:
        execute(f"UPDATE trail SET reason = 'x' WHERE id = {entry_id}")

    found = chain.verify(school_id)
    assert found.trouble == f"link {number} does not fit act {entry_id}: one of them was changed"
    assert found.length == number - 1
    assert list(troubles()) == [school_id]


def test_a_removed_act_is_found(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")
    tell(cast, "teacher_bj", "xiaolin")
    removed = links(school_id)[-2]
    number, entry_id = removed.number, removed.entry_id

    with behind_the_guards() as execute:
        execute(f"DELETE FROM trail WHERE id = {entry_id}")

    assert chain.verify(school_id).trouble == f"link {number} ties act {entry_id}, which is gone"


def test_a_removed_link_is_found_and_so_is_the_act_it_leaves_behind(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")
    tell(cast, "teacher_bj", "xiaolin")
    removed = links(school_id)[-2]
    number, entry_id = removed.number, removed.entry_id

    with behind_the_guards() as execute:
        execute(f"DELETE FROM trail_link WHERE entry_id = {entry_id}")

    assert chain.verify(school_id).trouble == f"link {number} is missing"
    assert chain.unlinked() == (1, entry_id)


def test_links_taken_off_the_end_are_found(cast: Cast) -> None:
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")
    last = links(school_id)[-1].number

    with behind_the_guards() as execute:
        execute(f"DELETE FROM trail_link WHERE school_id = {school_id} AND number = {last}")

    assert "its end" in chain.verify(school_id).trouble


def test_a_chain_that_was_made_anew_does_not_pass_the_noted_head(cast: Cast) -> None:
    """Whoever may write everything can make it all fit again; what was noted outside stays as it was."""
    school_id = cast.unit("bj-school").id
    tell(cast, "teacher_bj", "xiaohe")
    kept = chain.verify(school_id)
    noted = (kept.length, kept.head)
    tell(cast, "teacher_bj", "xiaolin")
    assert chain.verify(school_id, noted=noted).trouble == ""
    last, entry_id = links(school_id)[-2].number, links(school_id)[-2].entry_id

    with behind_the_guards() as execute:
        execute(f"UPDATE trail SET reason = 'x' WHERE id = {entry_id}")
    with behind_the_guards() as execute:
        _make_anew(execute, school_id)

    assert chain.verify(school_id).trouble == ""
    assert chain.verify(school_id, noted=noted).trouble == (
        f"it never had the noted head at link {last}"
    )


def _make_anew(execute: Callable[[str], object], school_id: int) -> None:
    before = BEGINNING
    found = [(link.number, entry_of(link)) for link in links(school_id)]
    for number, entry in found:
        before = chain.digest(before, school_id, number, entry)
        execute(
            f"UPDATE trail_link SET hash = '{before}' "
            f"WHERE school_id = {school_id} AND number = {number}"
        )
    execute(f"UPDATE trail_head SET hash = '{before}' WHERE school_id = {school_id}")


def test_a_long_chain_is_proved_piece_by_piece(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        tell(cast, "teacher_bj", "xiaohe")
    whole = chain.heads()
    monkeypatch.setattr(chain, "_BATCH", 2)

    assert [chain.verify(each.school_id) for each in whole] == whole
