"""The guides are true: every word they name stands where they say, every picture is of the step it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from penpal.desk import guides
from tests.browser import guides as steps
from tests.browser import server as serving
from tests.browser.walking import Walk

PART = re.compile(r"^## (.+)$", re.MULTILINE)
NAMED = re.compile(r"「([^」]+)」")
PICTURE = re.compile(r"!\[([^\]]*)\]\(img/([^)]+)\)")
MOST_PICTURES, MOST_BYTES = 25, 60_000


@pytest.fixture(scope="module")
def walked(
    browser: Browser, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Walk]]:
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("guides") / "data")
    with serving.running(folder, PENPAL_SECOND_FACTOR="on") as server:
        yield steps.walk(browser, server)


def parts_of(guide: str) -> dict[str, str]:
    """The text of each part of a guide by its heading."""
    text = (guides.FOLDER / guides.FILES[guide]).read_text(encoding="utf-8")
    _begin, *found = PART.split(text)
    return dict(zip(found[::2], found[1::2], strict=True))


def stands_in(named: str, words: str) -> bool:
    """Whether a page says it; … stands for a number or a name that is different each time."""
    sought = ".{0,24}?".join(re.escape(_close(each)) for each in named.split("…"))
    return re.search(sought, _close(words)) is not None


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("guide", list(guides.FILES))
def test_every_word_of_a_guide_stands_on_the_pages_of_its_step(
    walked: dict[str, Walk], guide: str
) -> None:
    parts, seen = parts_of(guide), walked[guide].parts

    assert list(parts) == list(seen)
    missing = [
        f"{heading}: {named}"
        for heading, text in parts.items()
        for named in NAMED.findall(text)
        if not stands_in(named, seen[heading].words)
    ]
    assert missing == []


@pytest.mark.slow
@pytest.mark.parametrize("guide", list(guides.FILES))
def test_every_picture_of_a_guide_is_of_its_step_and_none_is_left_over(
    walked: dict[str, Walk], guide: str
) -> None:
    seen = walked[guide].parts

    shown = {heading: PICTURE.findall(text) for heading, text in parts_of(guide).items()}
    assert {heading: [name for _alt, name in found] for heading, found in shown.items()} == {
        heading: each.pictures for heading, each in seen.items()
    }
    assert all(len(alt) >= 8 for found in shown.values() for alt, _name in found)
    files = {
        str(file.relative_to(guides.PICTURES)): file.stat().st_size
        for file in (guides.PICTURES / guide).iterdir()
    }
    assert set(files) == {name for found in shown.values() for _alt, name in found}
    assert max(files.values()) < MOST_BYTES


def test_the_pictures_are_few() -> None:
    assert len([file for file in guides.PICTURES.rglob("*") if file.is_file()]) <= MOST_PICTURES
