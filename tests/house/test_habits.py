"""Habits that no import contract can see, read from the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from penpal.config import ROOT
from penpal.kernel.db import Model, session, transaction
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from tests.cast import Cast

PENPAL = ROOT / "penpal"
BELOW_THE_EDGES = ("services", "queries", "predicates", "models", "states", "events")


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the product, parsed once for all tests here."""
    return tuple(
        (file.relative_to(PENPAL).as_posix(), ast.parse(file.read_text(encoding="utf-8")))
        for file in sorted(PENPAL.rglob("*.py"))
    )


@pytest.fixture(scope="module", autouse=True)
def _forget_the_modules() -> Iterator[None]:
    yield
    modules.cache_clear()


def attributes(tree: ast.AST) -> Iterator[ast.Attribute]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def names(tree: ast.AST) -> set[str]:
    """Every name and every imported name."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name for alias in node.names}
    return found


def stateful() -> set[str]:
    """The names of the models that have a state."""
    return {m.class_.__name__ for m in Model.registry.mappers if "state" in m.columns}


def writes_of_state(tree: ast.Module) -> list[int]:
    """Lines that set a state: assignments to it, and ``state=`` in a model or in ``values``."""
    allowed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        and any("beginning" in ast.unparse(item.context_expr) for item in node.items)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Attribute) and one.attr == "state" for one in targets):
                found.append(node.lineno)
        if isinstance(node, ast.Call) and any(word.arg == "state" for word in node.keywords):
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            if called == "values" or called in stateful():
                found.append(node.lineno)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "setattr",
            "set_committed_value",
        ):
            found.append(node.lineno)
        if id(node) in allowed and found and found[-1] == getattr(node, "lineno", None):
            found.pop()
    return found


def test_only_the_machine_sets_a_state() -> None:
    found = {name: writes_of_state(tree) for name, tree in modules()}

    assert found.pop("kernel/machine.py")
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_scan_for_states_sees_what_it_should() -> None:
    for sin in (
        "letter.state = OPENED",
        "letter.state: str = OPENED",
        "Letter(key=1, state=OPENED)",
        "sa.update(Letter).values(state=OPENED)",
        "setattr(letter, 'state', OPENED)",
    ):
        assert writes_of_state(ast.parse(sin)) == [1], sin
    assert writes_of_state(ast.parse("with machine.beginning():\n    Letter(state=OPENED)")) == []


def test_setting_a_state_by_hand_fails_at_once(cast: Cast) -> None:
    pair = cast.pair()

    with pytest.raises(RuntimeError, match="machine alone"):
        pair.state = "closed"  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="machine alone"):
        Letter(state=LetterState.OPENED)


def test_every_model_with_a_state_is_guarded(cast: Cast) -> None:
    for mapper in Model.registry.mappers:
        if "state" in mapper.columns:
            with pytest.raises(RuntimeError, match="machine alone"):
                mapper.class_(state="anything")
            assert mapper.class_.moves, mapper.class_.__name__


def test_only_the_kernel_begins_and_ends_transactions() -> None:
    ends = {"commit", "rollback", "begin_nested"}
    found = {
        (name, node.attr)
        for name, tree in modules()
        for node in attributes(tree)
        if node.attr in ends and name != "kernel/db.py"
    }

    # The page for an unexpected error gives back whatever broke, and writes nothing.
    assert found == {("desk/pages.py", "rollback")}


def test_writing_outside_a_transaction_is_refused(cast: Cast) -> None:
    cast.person("xiaohe").display_name = "别名"

    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass
    session().rollback()


def test_only_the_sanitiser_makes_markup() -> None:
    found = set()
    for name, tree in modules():
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if names(tree) & {"bleach", "nh3", "Cleaner"} or any("Markup" in call for call in calls):
            found.add(name)

    assert found == {"kernel/html.py"}


def test_no_template_marks_text_as_safe() -> None:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        words = file.read_text(encoding="utf-8")

        assert not re.search(r"\|\s*safe\b|autoescape\s+false", words), file.name
        for used in re.findall(r"\{\{\s*([\w.]+)\s*\|\s*stored", words):
            assert used.endswith("_html"), (
                f"{file.name}: {used} was not cleaned when it was written"
            )


def test_templates_carry_no_style_no_script_and_no_handler() -> None:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        words = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)

        assert not re.search(r"\sstyle\s*=", words), file.name
        assert not re.search(r"<style\b", words), file.name
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", words), file.name
        # What describes a page to search engines is data: no browser runs it, and the policy lets nothing run.
        assert not re.search(r"<script(?![^>]*\b(?:src=|type=\"application/ld\+json\"))", words), (
            file.name
        )
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", words), file.name


def test_templates_ask_for_no_role() -> None:
    for file in sorted((ROOT / "templates").rglob("*.html")):
        words = file.read_text(encoding="utf-8")

        assert not re.search(r"\.grants\b|\.role\b|\bRole\.", words), file.name


def test_roles_are_compared_in_predicates_and_queries_alone() -> None:
    found = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(isinstance(side, ast.Attribute) and side.attr == "role" for side in sides):
                    found.add(name)

    rooms = ("predicates", "queries")
    assert {name for name in found if Path(name).stem.rpartition("_")[2] not in rooms} <= {
        # The snapshot reads the rows of offices; the actor answers for which subtrees one is held.
        "accounts/snapshots.py",
        "kernel/access.py",
        # The table of who appoints whom, and the verbs that write offices.
        "accounts/offices.py",
        "accounts/appointing.py",
        # What is shown to whoever holds an office; what they may do there is asked of the rulebook.
        "desk/guide.py",
        "desk/hats.py",
        "desk/setup.py",
        "desk/staffing.py",
    }


def test_below_the_edges_nobody_knows_of_requests() -> None:
    words = {"current_app", "flash", "request", "current_user", "g"}
    for name, tree in modules():
        if Path(name).stem in BELOW_THE_EDGES:
            imported = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flask")
                for alias in node.names
            }
            assert not imported & words, name


def test_the_present_moment_comes_from_the_clock() -> None:
    found = {
        name
        for name, tree in modules()
        for node in attributes(tree)
        if ast.unparse(node) in ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    }

    assert found == {"kernel/clock.py"}


def test_imports_stand_at_the_top() -> None:
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert inside == [], f"{name}: {node.name}"


def test_every_module_says_what_lives_in_it() -> None:
    for name, tree in modules():
        said = ast.get_docstring(tree)

        assert said, name
        assert said.splitlines()[0].endswith("."), name


def test_no_module_outgrows_one_sitting() -> None:
    for file in sorted(PENPAL.rglob("*.py")):
        lines = file.read_text(encoding="utf-8").count("\n")

        assert lines <= 400, f"{file.name} has {lines} lines"


# Written apart, so that this file does not hold what it looks for.
MACHINE = ["/wor" + "k/", "/tm" + "p/w/", "/roo" + "t/", "/hom" + "e/"]
REGISTRY = ["pypi." + "org", "pythonhosted" + ".org", "registry." + "npmjs", "npmmirror" + ".com"]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "lorem " + "ipsum"]
MODELS = ["clau" + "de", "anthro" + "pic", "chat" + "gpt", "co" + "pilot", "open" + "ai"]


def tracked() -> list[Path]:
    """The files of the repository: those that git tracks, and those it does not ignore."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def test_no_file_names_a_machine_a_registry_or_unfinished_work() -> None:
    found = []
    for file in tracked():
        try:
            words = file.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        forbidden = MACHINE + REGISTRY + MODELS
        if file.suffix in (".py", ".html", ".js", ".mjs", ".css", ".sh"):
            forbidden = forbidden + UNFINISHED
        lower = words.lower()
        found += [
            f"{file.relative_to(ROOT)}: {word}"
            for word in forbidden
            if (word in words if word.isupper() else word.lower() in lower)
        ]

    assert found == []
