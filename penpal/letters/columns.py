"""Chinese text in columns from top to bottom: which sign stands in which place.

Stops, quotation marks and brackets follow the rules for vertical text of GB/T 15834-2011, part 5.
"""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

STANDING = str.maketrans(
    "（）()《》〈〉【】〔〕｛｝「」『』“”‘’—", "︵︶︵︶︽︾︿﹀︻︼︹︺︷︸﹁﹂﹃﹄﹃﹄﹁﹂︱"
)
"""The forms of brackets and marks for a column, for whoever draws each sign upright."""
QUOTES = str.maketrans("“”‘’", "『』「」")
"""The quotation marks of vertical text, where the rest is turned by a browser."""
_CORNER = frozenset("，。、；：")
_NEVER_FIRST = frozenset("，。、；：？！…)）》〉】〕」』”’—")
_NEVER_LAST = frozenset("(（《〈【〔「『“‘")
# Scripts that are joined or stacked along their line: they cannot stand sign under sign.
_LYING = re.compile("[\u0590-\u08ff\u0f00-\u0fff\u1800-\u18af\ufb1d-\ufdff\ufe70-\ufeff]")
_SIGN = re.compile(r"[!-~\u00c0-\u024f]+(?: [!-~\u00c0-\u024f]+)*|……|——|\n|.", re.DOTALL)
_BRACKETS = frozenset("()")
_LONGEST_RUN = 16
"""Characters of a turned run: a longer one goes on in the places below."""


@dataclass(frozen=True)
class Cell:
    """What stands in one place, or lies turned along several of them."""

    text: str
    kind: str = "plain"
    rows: int = 1


@dataclass
class Column:
    """Cells from a place on; places are counted from the top."""

    begin: int = 0
    cells: list[Cell] = field(default_factory=list)
    at_foot: bool = False

    @property
    def end(self) -> int:
        return self.begin + sum(cell.rows for cell in self.cells)


def can_stand(text: str) -> bool:
    """Whether a text can be set in columns: not one that holds Arabic, Tibetan or Mongolian letters."""
    return _LYING.search(text) is None


def set_down(paragraphs: Sequence[str], signature: Sequence[str], *, rows: int) -> list[Column]:
    """The columns of a letter, from the right. A signature stands at the foot of the last one.

    All paragraphs but the first, which greets, begin two places down.
    """
    columns: list[Column] = []
    for number, paragraph in enumerate(paragraphs):
        for place, line in enumerate(paragraph.split("\n")):
            columns += _set_line(line, indent=2 if number and not place else 0, rows=rows)
    signs = [cell for line in signature for cell in [*_cells(line), Cell("", rows=2)]][:-1]
    needed = sum(cell.rows for cell in signs)
    if signs and needed < rows:
        columns.append(Column(rows - 1 - needed, signs, at_foot=True))
    elif signs:
        for line in signature:
            columns += _set_line(line, indent=2, rows=rows)
    return columns


def _set_line(line: str, *, indent: int, rows: int) -> Iterator[Column]:
    column = Column(indent)
    for cell in _cells(line):
        if column.end + cell.rows > rows:
            if cell.kind == "corner" and column.end == rows:
                # A stop hangs below the last place rather than begin a column.
                column.cells.append(cell)
                continue
            carried = _carried(column, cell)
            yield column
            column = Column(0, carried)
        column.cells.append(cell)
    yield column


def _carried(column: Column, next_: Cell) -> list[Cell]:
    """Takes the signs from the end of a column that must go over to the next one with what follows."""
    carried: list[Cell] = []
    first = next_
    while len(column.cells) > 1 and (
        first.text[:1] in _NEVER_FIRST or column.cells[-1].text in _NEVER_LAST
    ):
        first = column.cells.pop()
        carried.insert(0, first)
    return carried


def _cells(line: str) -> Iterator[Cell]:
    """The signs of a line; a run of Latin letters or a long number lies turned, two figures stand side by side."""
    waiting: Cell | None = None
    for sign in _SIGN.findall(line):
        if waiting is not None and (unicodedata.combining(sign[0]) or sign in _JOINERS):
            waiting = Cell(waiting.text + sign, waiting.kind, waiting.rows)
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if sign in ("……", "——"):
            yield Cell(sign, "turned", 2)
        elif len(sign) <= 2 and sign.isascii() and sign.isdigit():
            yield Cell(sign, "small" if len(sign) == 2 else "plain")
        elif sign in _BRACKETS:
            yield Cell(sign)
        elif sign.isascii() or len(sign) > 1:
            yield from _turned(sign)
        elif sign in _CORNER:
            yield Cell(sign, "corner")
        elif sign == "…":
            yield Cell(sign, "turned")
        else:
            waiting = Cell(sign)
    if waiting is not None:
        yield waiting


_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


def _turned(words: str) -> Iterator[Cell]:
    if not words.strip():
        return
    if len(words) == 1:
        yield Cell(words)
        return
    for part in textwrap.wrap(words, _LONGEST_RUN):
        # Latin letters are about half as wide as a place is high.
        yield Cell(part, "turned", max(1, math.ceil(len(part) * 0.46 + 0.2)))
