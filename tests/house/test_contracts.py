"""Each contract of the architecture holds for the real tree, and bites when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from penpal.config import ROOT

LINT = Path(sys.executable).with_name("lint-imports")

FLOORS = "Floors only look down"
ROOMS = "Rooms of a domain only look down"
EDGES = "Below the edges nobody knows of requests, sessions or forms"
STATIONS = "Each station of publishing knows those before it alone"
TOP = "Nothing imports the program that starts it"

# (the contract, the file that sins, its sin)
SINS = [
    (FLOORS, "penpal/kernel/clock.py", "import penpal.letters.models"),
    (FLOORS, "penpal/places/queries.py", "import penpal.accounts.models"),
    (FLOORS, "penpal/safeguarding/services.py", "import penpal.letters.services"),
    (FLOORS, "penpal/letters/queries.py", "import penpal.desk.staff_home"),
    (FLOORS, "penpal/desk/staff_home.py", "import penpal.rulebook"),
    (FLOORS, "penpal/config.py", "import penpal.kernel.clock"),
    # A room that stands on no floor, and a neighbour on the same one.
    (FLOORS, "penpal/cellar/__init__.py", ""),
    (FLOORS, "penpal/reading/__init__.py", "import penpal.letters.models"),
    (ROOMS, "penpal/letters/services.py", "import penpal.letters.routes"),
    (ROOMS, "penpal/letters/queries.py", "import penpal.letters.services"),
    (ROOMS, "penpal/letters/models.py", "import penpal.letters.queries"),
    (ROOMS, "penpal/letters/states.py", "import penpal.letters.models"),
    (ROOMS, "penpal/letters/forms.py", "import penpal.letters.services"),
    (ROOMS, "penpal/publishing/pieces/models.py", "import penpal.publishing.pieces.queries"),
    (STATIONS, "penpal/publishing/pieces/services.py", "import penpal.publishing.reviews.models"),
    (STATIONS, "penpal/publishing/editing/queries.py", "import penpal.publishing.special.models"),
    (EDGES, "penpal/publishing/issues/services.py", "import flask"),
    (EDGES, "penpal/letters/services.py", "import flask"),
    (EDGES, "penpal/twinning/queries.py", "from flask import current_app"),
    (EDGES, "penpal/accounts/predicates.py", "import flask_login"),
    (EDGES, "penpal/consent/models.py", "import wtforms"),
    (EDGES, "penpal/twinning/states.py", "import flask_wtf"),
    (EDGES, "penpal/letters/events.py", "import flask_socketio"),
    (TOP, "penpal/wiring.py", "import app"),
]


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINT, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and of its contracts."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(
        ROOT / "penpal",
        folder / "penpal",
        ignore=shutil.ignore_patterns("__pycache__", "translations", "texts", "data"),
    )
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_the_real_tree_keeps_every_contract(tree: Path) -> None:
    code, said = lint(tree)

    assert code == 0, said
    assert [line for line in said.splitlines() if line.endswith(" KEPT")] == [
        f"{name} KEPT" for name in (FLOORS, ROOMS, STATIONS, EDGES, TOP)
    ]


def test_each_contract_bites(tree: Path) -> None:
    """All sins at once: the report names each by its line, so one reading of the tree speaks for all."""
    for _contract, name, sin in SINS:
        file = tree / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{before}\n{sin}\n", encoding="utf-8")

    code, said = lint(tree)

    assert code != 0
    for contract, name, sin in SINS:
        assert f"{contract} BROKEN" in said, said
        assert _named(name, sin) in _report(said, contract), f"{name} may {sin!r}\n{said}"


def _report(said: str, contract: str) -> str:
    """What the linter tells of one contract: from its heading to the next one's."""
    told = said.partition("Broken contracts")[2].partition(f"\n{contract}\n")[2]
    for other in (FLOORS, ROOMS, STATIONS, EDGES, TOP):
        told = told.partition(f"\n{other}\n")[0]
    return told


def _named(name: str, sin: str) -> str:
    """How the linter names a sin: the import itself, or the room that stands on no floor."""
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{module} -> {sin.split()[1]} (l." if sin else f"- {module}\n"
