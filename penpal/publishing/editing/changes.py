"""Changes between a frozen text and an edited one: found, put together for a reader, drawn and applied."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from penpal.kernel import differences
from penpal.kernel.differences import Side

_CLOSE = 2
"""Two changes with so few signs between them are one to whoever reads them."""
_ENDS = frozenset("。！？；\n.!?;؟")
"""What stands between two sentences keeps their changes apart."""


class Edit(NamedTuple):
    """``before`` stands at ``start`` of the frozen text, ``after`` takes its place."""

    start: int
    before: str
    after: str

    @property
    def end(self) -> int:
        return self.start + len(self.before)


class Changed(Protocol):
    """What an edit and a stored change have in common."""

    @property
    def start(self) -> int: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Stretch(NamedTuple):
    """A piece of a text as a page draws it; ``number`` is that of the change it belongs to, from 1."""

    kind: Kind
    text: str
    number: int


def between(frozen: str, edited: str) -> list[Edit]:
    """What was changed, in order, in pieces that make sense one by one.

    Chinese is compared by signs; where words are written with letters, a change takes whole words.
    """
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in _raw(frozen, edited):
        start, end = _widened(edit, frozen)
        if groups and _is_close(groups[-1][1], start, frozen):
            first, last, held = groups.pop()
            groups.append((first, max(last, end), [*held, edit]))
        else:
            groups.append((start, end, [edit]))
    whole = [_whole(start, end, held, frozen) for start, end, held in groups]
    return [edit for edit in whole if edit.before != edit.after]


def applied(frozen: str, edits: Iterable[Changed]) -> str:
    """The frozen text with these changes. They are in order and do not overlap."""
    made, at = [], 0
    for edit in edits:
        made += [frozen[at : edit.start], edit.after]
        at = edit.start + len(edit.before)
    return "".join([*made, frozen[at:]])


def fits(frozen: str, edits: Sequence[Changed]) -> bool:
    """Whether each change says truly what stood at its place, and none reaches into the next."""
    at = 0
    for edit in edits:
        end = edit.start + len(edit.before)
        if edit.start < at or frozen[edit.start : end] != edit.before:
            return False
        at = end
    return True


def stretches(frozen: str, edits: Sequence[Changed]) -> list[Stretch]:
    """Both texts in one: what stayed, what went, what is new."""
    drawn, at = [], 0
    for number, edit in enumerate(edits, start=1):
        drawn += [
            Stretch(Kind.SAME, frozen[at : edit.start], 0),
            Stretch(Kind.GONE, edit.before, number),
            Stretch(Kind.NEW, edit.after, number),
        ]
        at = edit.start + len(edit.before)
    drawn.append(Stretch(Kind.SAME, frozen[at:], 0))
    return [stretch for stretch in drawn if stretch.text]


def around(frozen: str, edit: Changed, signs: int = 24) -> tuple[str, str]:
    """What stands before and after a change, to the end of its line at most."""
    end = edit.start + len(edit.before)
    before = frozen[: edit.start].rpartition("\n")[2]
    after = frozen[end:].partition("\n")[0]
    head = before if len(before) <= signs else "…" + before[-signs:]
    tail = after if len(after) <= signs else after[:signs] + "…"
    return head, tail


def _raw(frozen: str, edited: str) -> list[Edit]:
    """As the comparison gives them, what goes and what comes at one place together."""
    found: list[Edit] = []
    at = 0
    before = after = ""
    for run in differences.runs(frozen, edited):
        if run.side is Side.BOTH:
            if before or after:
                found.append(Edit(at, before, after))
                at += len(before)
                before = after = ""
            at += len(run.text)
        elif run.side is Side.FIRST:
            before += run.text
        else:
            after += run.text
    if before or after:
        found.append(Edit(at, before, after))
    return found


def _widened(edit: Edit, frozen: str) -> tuple[int, int]:
    """From where to where a change reaches, with the whole of the words in whose middle it stands."""
    start, end = edit.start, edit.end
    if _is_letter(edit.before[:1]) or _is_letter(edit.after[:1]):
        while start and _is_letter(frozen[start - 1]):
            start -= 1
    if _is_letter(edit.before[-1:]) or _is_letter(edit.after[-1:]):
        while end < len(frozen) and _is_letter(frozen[end]):
            end += 1
    return start, end


def _is_close(end: int, start: int, frozen: str) -> bool:
    between_them = frozen[end:start]
    return len(between_them) <= _CLOSE and not _ENDS.intersection(between_them)


def _whole(start: int, end: int, held: Sequence[Edit], frozen: str) -> Edit:
    """One change out of all that was found in its reach."""
    before = frozen[start:end]
    return Edit(
        start, before, applied(before, [edit._replace(start=edit.start - start) for edit in held])
    )


def _is_letter(sign: str) -> bool:
    """A letter, figure or mark of a script that puts gaps between its words."""
    if not sign:
        return False
    if "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or sign >= "\U00020000":
        return False
    return unicodedata.category(sign)[0] in "LMN" or sign in "\u200c\u200d'’"
