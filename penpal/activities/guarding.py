"""What is looked at before a text of two who do something together is kept: length, and what the guard finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from penpal.kernel import html
from penpal.kernel.errors import Invalid, Objected
from penpal.safeguarding import services as safeguarding
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Text:
    """A field as it is to be kept. ``before`` is what the same author wrote just before it.

    With it, what is split over several lines is still found.
    """

    words: str
    most: int
    context: Context
    missing: object = ""
    before: str = ""


def look(texts: Mapping[str, Text]) -> bool:
    """Raise ``Invalid`` with words for each field that cannot be kept as it is.

    ``Objected`` where the guard found something in one of them. Gives whether there are words of
    despair, which are never a reason to refuse.
    """
    problems: dict[str, object] = {}
    worries = is_objected = False
    for name, text in texts.items():
        if text.missing and not text.words.strip():
            problems[name] = text.missing
        if len(text.words) > text.most:
            problems[name] = _("最多写 %(number)s 个字。", number=text.most)
        whole = text.before + text.words
        findings = [one for one in screen(whole, text.context) if one.end > len(text.before)]
        worries = worries or guidance.is_worrying(findings)
        objection = guidance.objection(whole, findings)
        if objection is not None:
            problems.setdefault(name, objection)
            is_objected = True
    if problems:
        raise (Objected if is_objected else Invalid)(fields=problems)
    return worries


def check_key(key: str) -> None:
    """A page carries a key, by which the same thing sent twice is found again."""
    if not _KEY.fullmatch(key):
        raise Invalid(_("这一页太旧了。刷新以后再来，你写的字先复制下来。"))


def worry(author_id: int | None, kind: str, number: int) -> None:
    """Tell the school that somebody should ask how a child is; not a word of what was written."""
    if author_id is not None:
        safeguarding.worry(author_id, about=(kind, number, _("同做一件事里写的话")))


def is_worrying(words: str) -> bool:
    """Whether help is to be shown to whoever wrote this."""
    return guidance.is_worrying(screen(html.normal(words), Context.LETTER))
