"""How a text begins, for a page that shows no more of it, and how its letter form is recognised."""

from __future__ import annotations

import re

_GREETING = re.compile(r"[^。！？!?\n]{1,24}[:：]")
_END = re.compile(r"[。！？!?…”」』~～）)]\Z")
_SENTENCE = re.compile(r"[。！？!?…]+[”」』）)]*")
_SIGN_MAX, _SIGN_LINES = 20, 3
_TWO_LINES = 40
"""Signs that need more than one line of the widest column."""
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a plain text, without the spaces that many type before one."""
    return [line.strip(" \t\u3000") for line in body.split("\n") if line.strip(" \t\u3000")]


def beginning(body: str, most: int) -> list[str]:
    """Whole paragraphs up to so many characters; the last one is cut at the end of a sentence.

    The greeting of a letter and its signature are left away.
    """
    lines = paragraphs(body)
    if has_signature(body):
        lines = lines[: -len(_last(body))]
    if has_greeting(body):
        lines = lines[1:]
    shown: list[str] = []
    left = most
    for line in lines:
        if len(line) > left:
            if cut := _cut(line, left):
                shown.append(cut)
            break
        shown.append(line)
        left -= len(line)
    return shown or [f"{line[:most]}……" for line in lines[:1]]


def has_greeting(body: str) -> bool:
    """Whether it begins like a letter: a short line that ends with a colon."""
    lines = paragraphs(body)
    return len(lines) > 1 and _GREETING.fullmatch(lines[0]) is not None


def has_signature(body: str) -> bool:
    """Whether its last paragraph is a name and a day rather than a sentence."""
    last = _last(body)
    return (
        len(last) <= _SIGN_LINES
        and len(paragraphs(body)) > len(last) + has_greeting(body)
        and all(len(line) <= _SIGN_MAX and not _END.search(line) for line in last)
    )


def begins_with_ideograph(body: str) -> bool:
    """Only such lines can stand upright: other scripts join their letters."""
    return _IDEOGRAPH.match(_first(body)) is not None


def begins_large(body: str) -> bool:
    """Whether its first sign is set large, over two lines: a shorter paragraph would let the next run around it."""
    return begins_with_ideograph(body) and len(_first(body)) >= _TWO_LINES


def _first(body: str) -> str:
    """The first paragraph after the greeting."""
    lines = paragraphs(body)
    return lines[1] if has_greeting(body) else next(iter(lines), "")


def _last(body: str) -> list[str]:
    """The lines of the last paragraph."""
    return paragraphs(re.split(r"\n[ \t\u3000]*\n", body.strip())[-1])


def _cut(line: str, most: int) -> str:
    ends = [found.end() for found in _SENTENCE.finditer(line) if found.end() <= most]
    return line[: ends[-1]] if ends else ""
