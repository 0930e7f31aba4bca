"""What a letter is written on, and how it is set out there: the text, and the signature at the far side."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from penpal.kernel import html
from penpal.letters import squares
from penpal.letters.models import Hand, Letter, Paper


@dataclass(frozen=True)
class Stationery:
    """The writer's choice of paper and hand; ``lunar`` adds the day of the Chinese calendar to the date."""

    paper: Paper = Paper.GREEN
    hand: Hand = Hand.KAI
    lunar: bool = False


FIRST_SHEET = Stationery()
"""What one writes on before one has chosen."""


def stationery_of(letter: Letter) -> Stationery:
    return Stationery(letter.paper, letter.hand, letter.lunar)


_LONGEST_LINE, _MOST_LINES = 20, 3
"""What still looks like a name and a date: characters of a line as stored, and lines."""
_ENDS_A_SENTENCE = ("。", "？", "！", "…", "；", "，", "?", "!", ".", "؟", "۔")


def set_out(letter: Letter) -> tuple[Markup, Markup]:
    """The text and the signature, both cleaned when they were written; no signature where none shows.

    A last paragraph of a few short lines is taken for one, as in any Chinese letter.
    """
    text, begins, last = letter.body_html.rpartition("<p>")
    lines = last.removesuffix("</p>").split("<br>")
    short = len(lines) <= _MOST_LINES and all(len(line) <= _LONGEST_LINE for line in lines)
    # “你那里能看见什么？” is a last question, not a name.
    signs = short and not lines[-1].endswith(_ENDS_A_SENTENCE)
    if not (text and begins and signs):
        return html.stored(squares.marked(letter.body_html)), html.stored("")
    return html.stored(squares.marked(text)), html.stored(squares.marked("<br>".join(lines)))
