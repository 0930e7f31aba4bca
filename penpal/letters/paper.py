"""How a letter is set out on its paper: the text, and the signature at the far side of the last lines."""

from __future__ import annotations

from markupsafe import Markup

from penpal.kernel import html
from penpal.letters.models import Letter

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
        return html.stored(letter.body_html), html.stored("")
    return html.stored(text), html.stored("<br>".join(lines))
