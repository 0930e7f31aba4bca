"""What the author's page of changes is drawn from: each change in its place, and the whole text as it would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotFound
from penpal.permissions import Permission
from penpal.publishing.editing import changes, desk_page, drafting, queries, versions
from penpal.publishing.editing.answering import Said
from penpal.publishing.editing.models import Change, PieceVersion
from penpal.publishing.editing.versions import Printable
from penpal.publishing.pieces.models import Submission
from penpal.publishing.reviews.models import Remark


@dataclass(frozen=True)
class Asked:
    """One change with what stands around it, and what was chosen so far."""

    change: Change
    place: str
    head: str
    tail: str
    direction: str
    said: Said
    number: int


@dataclass(frozen=True)
class Page:
    version: PieceVersion
    submission: Submission
    asked: Sequence[Asked]
    printable: Printable
    questions: Sequence[tuple[Remark, str]]
    is_open: bool
    left: int
    """How many of one's own changes have no answer yet."""

    @property
    def corrects(self) -> str:
        return self.version.corrects


def insist_on_asked(version: PieceVersion, actor: Actor) -> None:
    """Raise ``NotFound`` for what nobody was asked about, and for whoever is not asked."""
    if version.offered_at is None or actor.person_id is None:
        raise NotFound
    if not queries.asked_of(version, actor.person_id):
        raise NotFound


def insist_on_author(submission: Submission, actor: Actor) -> None:
    """Raise ``NotFound`` for whoever wrote nothing of it."""
    wrote = {part.author_id for part in drafting.parts_of(submission)} | {submission.author_id}
    if actor.person_id not in wrote:
        raise NotFound


def of(version: PieceVersion, actor: Actor, *, said: Mapping[int, Said] | None = None) -> Page:
    submission = version.submission
    assert actor.person_id is not None
    own = queries.asked_of(version, actor.person_id)
    parts = {part.id: part for part in drafting.parts_of(submission)}
    asked = []
    for number, change in enumerate(own, start=1):
        part = parts[change.part_id]
        frozen = {
            drafting.TITLE: submission.title,
            drafting.STANDFIRST: "",
        }.get(change.field, part.body)
        head, tail = changes.around(frozen, change)
        kept = Said(change.verdict, change.words)
        asked.append(
            Asked(
                change=change,
                place=_place(change, len(parts), part.heading),
                head=head,
                tail=tail,
                direction=part.direction,
                said=(said or {}).get(change.id, kept),
                number=number,
            )
        )
    return Page(
        version=version,
        submission=submission,
        asked=asked,
        printable=versions.printable(submission, version),
        questions=questions(submission, actor),
        is_open=version.answered_at is None
        and access.may(actor, Permission.Submission.ANSWER_CHANGES, submission),
        left=sum(change.verdict is None for change in own),
    )


def questions(submission: Submission, actor: Actor) -> list[tuple[Remark, str]]:
    """What editors ask about one's own part of it, each with the words that it is about."""
    own = {part.id for part in drafting.parts_of(submission) if part.author_id == actor.person_id}
    asked = queries.remarks_of(submission, for_author=True)
    return desk_page.questions(submission, [each for each in asked if each.part_id in own])


def _place(change: Change, parts: int, heading: str) -> str:
    if change.field == drafting.TITLE:
        return _("标题")
    if change.field == drafting.STANDFIRST:
        return _("标题下面的导语")
    return heading if parts > 1 else ""
