"""Makes a language for tests out of the English one: longer, bracketed, and read from the right.

What a page shows outside brackets was never handed to a translator; what breaks under a third more
letters breaks in Uyghur, too. Real languages that are read from the right will need nothing else.
The catalogue stands where Babel looks for Arabic, whose six plural forms are the most there are.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "penpal" / "translations"
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
MADE = TRANSLATIONS / "ar" / "LC_MESSAGES" / "messages.mo"

# The first strong sign decides the direction of a text; an override turns the letters themselves.
MARK, OVERRIDE, END_OVERRIDE = "\u200f", "\u202e", "\u202c"
# A value keeps its own direction and does not turn its surroundings.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
OPEN, CLOSE = "⟦", "⟧"

# What code puts values into, on the server and in the browser: they stay as they are.
PLACE = re.compile(r"(%\(\w+\)[sd]|%%|\{\w+\})")
VOWEL = re.compile("[aeiouAEIOU]")


def turned(text: str) -> str:
    """The text in brackets, its vowels twice, its letters from right to left, its values unharmed.

    A text without letters, such as a comma, is none that anyone would overlook.
    """
    if not any(sign.isalpha() for sign in PLACE.sub("", text)):
        return text
    parts = (
        _isolated(part) if place else _overridden(part)
        for place, part in ((index % 2, part) for index, part in enumerate(PLACE.split(text)))
        if part
    )
    return f"{MARK}{OPEN}{''.join(parts)}{CLOSE}{MARK}"


def make() -> Path:
    """Write the compiled catalogue, all at once: several tests may want it at the same time."""
    with ENGLISH.open("rb") as file:
        english = read_po(file, locale="en")
    made = Catalog(locale="ar", domain="messages", fuzzy=False)
    for message in english:
        if not message.id:
            continue
        if isinstance(message.string, str):
            made.add(message.id, turned(message.string), context=message.context)
            continue
        one, many = (str(form) for form in message.string or ())
        forms = (many, one, *[many] * (made.num_plurals - 2))
        made.add(message.id, tuple(map(turned, forms)), context=message.context)
    MADE.parent.mkdir(parents=True, exist_ok=True)
    beside = MADE.with_suffix(f".{os.getpid()}")
    with beside.open("wb") as file:
        write_mo(file, made)
    beside.replace(MADE)
    return MADE


def _isolated(place: str) -> str:
    return place if place == "%%" else f"{ISOLATE}{place}{END_ISOLATE}"


def _overridden(text: str) -> str:
    longer = VOWEL.sub(lambda found: found[0] + found[0].lower(), text)
    return "\n".join(
        f"{OVERRIDE}{line}{END_OVERRIDE}" if line else "" for line in longer.split("\n")
    )


if __name__ == "__main__":
    print(make().relative_to(TRANSLATIONS.parents[1]), file=sys.stderr)
