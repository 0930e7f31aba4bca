"""The guard at the mailbox: what is looked at before a letter is sent, and what is said then."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.kernel import html
from penpal.kernel.errors import Invalid
from penpal.letters.models import Letter
from penpal.media.services import Chosen
from penpal.safeguarding import guidance, hold_queries
from penpal.screening.findings import Context, Finding
from penpal.screening.guidance import in_the_way, is_worrying
from penpal.screening.screen import screen


class Screened(Invalid):
    """The guard found something; the author mends it or asks a teacher to release the letter."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            fields={"body": _l("信里有几处要先看一看，再寄出去。你写的都留着，下面说了是哪几处。")}
        )
        self.findings = tuple(findings)


class StillWaiting(Invalid):
    """These very words wait for a teacher already."""

    def __init__(self) -> None:
        super().__init__(
            fields={"body": _l("这封信在等老师放行，不用再寄一次。想改的话，先收回请求。")}
        )


def look(body: str) -> tuple[Finding, ...]:
    """What the guard finds in a letter; positions are those of the text as it is stored."""
    return screen(html.normal(body), Context.LETTER)


def worries_about(photos: Sequence[Chosen] | None) -> bool:
    """Whether what is said of photos has words of despair in it."""
    return any(is_worrying(screen(each.description, Context.TITLE)) for each in photos or ())


def insist(letter: Letter | None, body: str, findings: Sequence[Finding]) -> None:
    """Raise when something is in the way; words of despair never are."""
    found = in_the_way(findings)
    if not found:
        return
    waiting = hold_queries.running("letter", letter.id) if letter else None
    if waiting is not None and waiting.text == html.normal(body):
        raise StillWaiting
    raise Screened(findings)


def without(body: str, words: str) -> str:
    """The letter without the first passage that reads so and that the guard points at."""
    text, wanted = html.normal(body), html.normal(words)
    for note in guidance.notes(text, look(text)):
        if note.quote == wanted and not note.worries:
            return text[: note.start] + text[note.end :]
    return text
