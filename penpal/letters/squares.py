"""Sets text out on composition paper (作文稿纸), one character a square.

The rules are those of GB/T 15834-2011, part 5.1 (where marks stand and how much room they take), and
what schools teach beside them:

- a paragraph begins two squares in; the first, the salutation, at the edge;
- a mark takes one square; a stop and the closing quotation mark beside it share one, as do a colon
  and the quotation mark that it introduces, and two question or exclamation marks;
- no closing mark begins a line: it stands in the margin behind the last square, and when two would
  have to, the last character goes to the next line with them;
- no opening mark ends a line;
- a dash (——) and an ellipsis (……) take two squares and are not broken;
- two digits or two lowercase Latin letters share a square, a capital has one to itself.

Scripts whose letters join or stack (Uyghur, Kazakh, Tibetan, Mongolian) have no squares, nor has a
paragraph without a Chinese character: such a paragraph stands on plain rules of the same pitch.

A page draws the squares itself at any width: ``marked`` only names what is not one character to a
square. ``set_out`` breaks the lines, for whoever has to know where they end.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

INDENT = 2
"""Empty squares before a paragraph."""


class Kind(Enum):
    """What a cell may not do at the edge of a line."""

    PLAIN = "plain"
    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a square, or in two. An empty text is an empty square."""

    text: str
    squares: int = 1
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """A line of squares. ``hanging`` is a closing mark in the margin behind the last of them.

    When ``in_squares`` is false, the only cell holds a whole paragraph, to be broken by its script's rules.
    """

    cells: tuple[Cell, ...]
    hanging: str = ""
    in_squares: bool = True


def set_out(text: str, columns: int, *, salutation: bool = True) -> list[Line]:
    """Break a text into lines of so many squares; blank lines part paragraphs, as on the page.

    ``salutation`` says that the first paragraph is one and begins at the edge.
    """
    lines: list[Line] = []
    paragraphs = [part.strip("\n") for part in _BLANK_LINES.split(text) if part.strip()]
    for place, paragraph in enumerate(paragraphs):
        if not fits(paragraph):
            lines.append(Line((Cell(paragraph),), in_squares=False))
            continue
        indent = 0 if salutation and place == 0 else INDENT
        for row in paragraph.lstrip(_SPACES).split("\n"):
            lines += _lines(row.rstrip(_SPACES), columns, indent)
            indent = 0
    return lines


def fits(paragraph: str) -> bool:
    """Whether a paragraph can stand in squares."""
    return bool(_CHINESE.search(paragraph)) and not _JOINED.search(paragraph)


def marked(cleaned: str) -> str:
    """Name, in cleaned plain HTML, what is not one character to a square, and paragraphs without squares.

    Only constant tags are added around the text, which stays whole: it is read aloud and copied
    as it was written.
    """
    pieces = _TAGS.split(cleaned)
    settable = fits(cleaned)
    for place, piece in enumerate(pieces):
        if piece == "<p>":
            ending = next((at for at in range(place, len(pieces)) if pieces[at] == "</p>"), None)
            settable = fits("".join(pieces[place:ending]))
            if not settable:
                pieces[place] = '<p class="unsquared">'
        elif settable and piece and not piece.startswith("<"):
            pieces[place] = _drawn(entities.unescape(piece))
    return "".join(pieces)


_BLANK_LINES = re.compile(r"\n(?:[ \t\u3000]*\n)+")
_SPACES = " \t\u3000"
_TAGS = re.compile(r"(<[^>]*>)")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
# Hebrew and Arabic up to Tibetan and Burmese, Khmer, Mongolian and what lies between.
_JOINED = re.compile(
    "[\u0590-\u109f\u1200-\u139f\u1780-\u18af\u1900-\u1aaf\ua840-\ua87f\ufb1d-\ufdff\ufe70-\ufefe]"
)

_MARKS = re.compile(
    "(?P<long>——|……)"
    "|(?P<introducing>：[“‘「『])"
    "|(?P<sharing>[。，；？！][”’」』]|[”’」』][。，；]|[？！]{2})"
    "|(?P<closing>[。，、；：？！」』）》〉】〕］｝～])"
    # Some faces draw Chinese quotation marks half as wide as others do.
    "|(?P<thin_closing>[”’,.;:!?)\\]}%·•‧–-])"
    "|(?P<opening>[「『（《〈【〔［｛])"
    "|(?P<thin_opening>[“‘(\\[{])"
    "|(?P<run>(?:(?![～])[\u3000-\u303f\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd](?<![。，、；：？！”’」』）》〉】〕］｝“‘「『（《〈【〔［｛]))+)"
    "|(?P<pair>[0-9]{1,2}|[a-zà-öø-ÿāēěīōūǎǐǒǔǖǘǚǜḿńňǹ]{1,2})"
    # Whatever else a reader sees as one: a letter with its accents, flags, faces joined to families.
    "|(?P<one>(?:[\U0001f1e6-\U0001f1ff]{2}|.[\u0300-\u036f\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d.[\ufe0f\U0001f3fb-\U0001f3ff]*)*))",
    re.DOTALL,
)
_KINDS = {
    "sharing": Kind.CLOSING,
    "closing": Kind.CLOSING,
    "thin_closing": Kind.CLOSING,
    "opening": Kind.OPENING,
    "thin_opening": Kind.OPENING,
}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for found in _MARKS.finditer(text):
        yield str(found.lastgroup), found.group()


def _drawn(text: str) -> str:
    tokens = list(_tokens(text))
    followers = [*(name for name, _words in tokens[1:]), ""]
    return "".join(
        _kept(name, words) if name in _CLOSING and follower in _CLOSING else _frame(name, words)
        for (name, words), follower in zip(tokens, followers, strict=False)
    )


def _kept(name: str, words: str) -> str:
    """A closing mark before another takes its square anywhere: the last of them alone may hang."""
    if name == "closing":
        return words
    return f'<span class="kept"><span class="sq tight">{entities.escape(words)}</span></span>'


_CLOSING = ("closing", "sharing", "thin_closing")


def _frame(name: str, words: str) -> str:
    if name == "sharing":
        frames = [_THIN if mark in "”’" else "{}" for mark in words]
        first, second = (frame.format(mark) for frame, mark in zip(frames, words, strict=True))
        return f'<span class="end">{first}<span class="late">{second}</span></span>'
    if name == "introducing":
        return _FRAMES["closing"].format(words[0]) + _INTRODUCED.format(words[1])
    return _FRAMES[name].format(entities.escape(words))


_THIN = '<span class="thin">{}</span>'
_INTRODUCED = '<span class="open"><span class="sq early">{}</span></span>'
_FRAMES = {
    "run": "{}",
    "long": '<span class="sq sq--2">{}</span>',
    "pair": '<span class="sq">{}</span>',
    "one": '<span class="sq">{}</span>',
    "closing": '<span class="end">{}</span>',
    "thin_closing": f'<span class="end">{_THIN}</span>',
    "opening": '<span class="open">{}</span>',
    "thin_opening": '<span class="open"><span class="sq right">{}</span></span>',
}


def _lines(row: str, columns: int, indent: int) -> Iterator[Line]:
    line: list[Cell] = [Cell("")] * indent
    hanging: list[Cell] = []
    for cell in _cells(row, columns):
        room = columns - sum(placed.squares for placed in line)
        parts = [cell]
        if len(cell.text) == 2 and cell.text[0] == "：" and room <= 1:
            # At the edge the colon stays and the quotation mark goes on.
            parts = [
                Cell("：", kind=Kind.CLOSING),
                Cell(cell.text[1], kind=Kind.OPENING),
            ]
        for part in parts:
            if not hanging and sum(placed.squares for placed in line) + part.squares <= columns:
                line.append(part)
            elif part.kind is Kind.CLOSING and not hanging and line[-1].kind is not Kind.OPENING:
                hanging.append(part)
            else:
                carried = _carried(line, hanging, part)
                yield _line(line, hanging)
                line, hanging = [*carried, part], []
    if line or hanging:
        yield _line(line, hanging)


def _cells(row: str, columns: int) -> Iterator[Cell]:
    for name, words in _tokens(row):
        if name == "run":
            yield from map(Cell, words)
        else:
            yield Cell(words, 2 if name == "long" else 1, _KINDS.get(name, Kind.PLAIN))


def _carried(line: list[Cell], hanging: list[Cell], coming: Cell) -> list[Cell]:
    """Take from a full line what has to begin the next one, before what is coming.

    A line of nothing but marks stays as it is: there is no other way to break it.
    """
    rest, carried = list(line), []
    if coming.kind is Kind.CLOSING:
        carried = list(hanging)
        while rest and (carried or [coming])[0].kind is Kind.CLOSING:
            carried.insert(0, rest.pop())
    elif hanging:
        return []
    while rest and rest[-1].kind is Kind.OPENING:
        carried.insert(0, rest.pop())
    if not rest:
        return []
    line[:] = rest
    if coming.kind is Kind.CLOSING:
        hanging.clear()
    return carried


def _line(line: list[Cell], hanging: list[Cell]) -> Line:
    return Line(tuple(line), "".join(cell.text for cell in hanging))
