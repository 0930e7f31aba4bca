"""Every move that the code can put on the trail has its words on the record, and stands in one kind."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from flask import Flask

from penpal.accounts.models import Role
from penpal.config import ROOT
from penpal.kernel.db import Model
from penpal.record import wording


def written() -> Iterator[str]:
    """The moves that stand in calls of ``trail.write``; a role inside one stands for all roles."""
    for file in sorted((ROOT / "penpal").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = _named(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "trail.write":
                yield from _words(node.args[1], named)


def _named(tree: ast.Module) -> dict[str, str]:
    """Words that a module gives a name, also several at once."""
    found = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        names, values = node.targets[0], node.value
        several = isinstance(names, ast.Tuple) and isinstance(values, ast.Tuple)
        pairs = zip(names.elts, values.elts, strict=True) if several else [(names, values)]  # type: ignore[attr-defined]
        for name, value in pairs:
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                found[name.id] = str(value.value)
    return found


def _words(told: ast.expr, named: dict[str, str]) -> list[str]:
    if isinstance(told, ast.Name) and told.id in named:
        return [named[told.id]]
    if isinstance(told, ast.Constant):
        return [str(told.value)]
    if isinstance(told, ast.JoinedStr):
        first = told.values[0]
        assert isinstance(first, ast.Constant)
        return [f"{first.value}{role.value}" for role in Role]
    # The machine hands on the names of its tables, which are asked for themselves below.
    assert ast.unparse(told) == "step.name", ast.unparse(told)
    return []


def of_the_machine() -> set[str]:
    models = [mapper.class_ for mapper in Model.registry.mappers]
    return {step.name for model in models for step in getattr(model, "moves", ())}


def in_bulk() -> set[str]:
    """What a roster tells of each student; see ``rosters.writing``."""
    tree = ast.parse((ROOT / "penpal/rosters/writing.py").read_text(encoding="utf-8"))
    yielded = {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Constant)
    }
    named = {
        value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_ACTS"
        for value in getattr(node.value, "values", [])
    }
    assert yielded
    assert named
    return yielded | named


def test_every_move_has_words(app: Flask) -> None:
    moves = set(written()) | of_the_machine() | in_bulk()

    assert {"close", "enrolled", "corrected name", "reset password", "read record"} <= moves
    assert {move for move in moves if wording.label(move) == move} == set()


def test_every_move_stands_in_one_kind() -> None:
    found = Counter(move for kind in wording.KINDS.values() for move in kind.moves)

    assert {move for move, times in found.items() if times > 1} == set()


def test_no_words_are_kept_for_moves_that_nobody_makes(app: Flask) -> None:
    moves = set(written()) | of_the_machine() | in_bulk()

    assert {move for kind in wording.KINDS.values() for move in kind.moves} - moves == set()


def test_every_office_is_named() -> None:
    assert set(wording.OFFICES) == set(Role)


def test_what_was_counted_is_told_with_what_it_counts(app: Flask) -> None:
    with app.test_request_context():
        assert wording.why("issued slips", "12") == "12 名学生"
        assert wording.why("exported record", "40") == "40 件事"
        assert wording.why("imported roster", "added:3 changed:0 moved:1") == "新加 3、换班 1"
        assert wording.why("granted teacher", "") == "班主任、团委老师"
        assert wording.why("close", "12") == "12"
