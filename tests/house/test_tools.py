"""The tools beside the application keep their hands off what is not theirs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from penpal.config import ROOT


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_an_environment_that_is_only_linked_is_left_alone(tmp_path: Path, kind: str) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    (elsewhere / "bin").mkdir(parents=True)
    (elsewhere / ".dev-0123456789abcdef").touch()
    (elsewhere / "bin" / "python").write_text("of somebody else")
    (here / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "environment", here / "tools")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (here / name).touch()
    (here / ".venv").symlink_to(elsewhere)
    before = sorted(elsewhere.rglob("*"))

    made = subprocess.run(
        ["bash", "tools/environment", kind], cwd=here, capture_output=True, text=True, timeout=30
    )

    assert made.returncode == 1
    assert f"is a link to {elsewhere}" in made.stderr
    assert "Nothing was changed" in made.stderr
    assert (here / ".venv").is_symlink()
    assert sorted(elsewhere.rglob("*")) == before
    assert (elsewhere / "bin" / "python").read_text() == "of somebody else"
