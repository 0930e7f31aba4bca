"""Asking a teacher to release what the guard objects to, of whatever kind; and then doing what was asked.

The room keeps the words where they are its author's alone (a draft, or ``held``) and asks here with
all their parts. Released, they go the way that their author would have sent them, as open ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts import snapshots
from penpal.accounts.models import Person
from penpal.kernel import html
from penpal.kernel.access import Actor
from penpal.kernel.errors import Invalid, NotPermitted, Objected, PenpalError
from penpal.media import queries as photos
from penpal.media.services import Chosen
from penpal.safeguarding import hold_queries, holding
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.items import Content
from penpal.screening import guidance
from penpal.screening.findings import Context, Finding
from penpal.screening.screen import screen

_BETWEEN = "\n\n"
_LATER = _l("这一对的信先停着，现在放行不了。")


@dataclass(frozen=True)
class Whole:
    """All the words of a thing in one text, and what the guard finds in it."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def worries(self) -> bool:
        return guidance.is_worrying(self.findings)


def whole(parts: Iterable[tuple[str, Context]], *, before: str = "") -> Whole:
    """Put the parts of a thing together; each is looked at as what it is.

    ``before`` is what the same author wrote just before: what is split over both is found as well.
    """
    said = [(text, context) for text, context in parts if text.strip()]
    findings: list[Finding] = []
    start = 0
    for text, context in said:
        findings += [_moved(one, start) for one in screen(text, context)]
        start += len(text) + len(_BETWEEN)
    text = _BETWEEN.join(part for part, _context in said)
    if before and said and not guidance.in_the_way(findings):
        both, shift = f"{before}\n{text}", len(before) + 1
        findings += [
            replace(_moved(one, -shift), start=max(0, one.start - shift))
            for one in screen(both, said[-1][1])
            if one.end > shift
        ]
    return Whole(text, tuple(findings))


def _moved(found: Finding, by: int) -> Finding:
    return replace(found, start=found.start + by, end=found.end + by)


def descriptions(chosen: Iterable[Chosen]) -> list[tuple[str, Context]]:
    """What is said of photos, as parts of the thing that they belong to."""
    return [(html.line(one.description), Context.TITLE) for one in chosen]


def kept(kind: str, number: int) -> list[Chosen]:
    """The photos that a thing has, as a form would choose them."""
    found = photos.of(kind, [number]).get(number, ())
    return [Chosen(one.id, one.description) for one in found]


def ask(content: Content, said: Whole, *, words: str = "", by: Actor) -> Hold:
    """Ask for what stands in ``said``. Raises ``Invalid`` where nothing is in the way."""
    if not guidance.in_the_way(said.findings):
        raise Invalid(_l("这里没有要放行的，直接存好就行。"))
    copy = replace(
        content,
        text=said.text,
        html=str(html.plain(said.text)),
        direction=html.direction(said.text),
    )
    return holding.ask(copy, said.findings, words=words, by=by)


def asks(problem: PenpalError | None, teacher: Person | None) -> str:
    """Whom an author can ask, by name, where the guard objects to something; '' where it does not."""
    if not isinstance(problem, Objected):
        return ""
    return teacher.shown_name if teacher else _("学校的老师")


def take_back(kind: str, number: int, *, by: Actor) -> bool:
    """End the request that waits for a thing, for it says something else now. Gives whether there was one."""
    waiting = hold_queries.running(kind, number)
    if waiting is not None:
        holding.withdraw(waiting, by=by)
    return waiting is not None


def are_kept(kind: str, number: int, chosen: Sequence[Chosen] | None) -> bool:
    """Whether a thing has these photos with these words; also where a form said nothing of them."""
    if chosen is None:
        return True
    wanted = [(one.photo_id, html.line(one.description)) for one in chosen]
    return wanted == [(one.photo_id, one.description) for one in kept(kind, number)]


@contextmanager
def in_the_name_of(author_id: int) -> Iterator[Actor]:
    """Whoever asked, as they are at this moment: it is done under the rules that hold for them.

    So nothing is released for a child who takes part no more, or whose pair has ended. A pause is told
    to the teacher in words for teachers.
    """
    author = snapshots.of(author_id)
    if author is None:
        raise NotPermitted
    try:
        yield author
    except Paused as paused:
        raise Paused(_LATER) from paused
