"""What the pages of an issue are drawn from: its pieces, what each still waits for, and how full it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from penpal.consent.models import Giver
from penpal.kernel import access, clock, machine
from penpal.kernel.access import Actor
from penpal.kernel.paging import Page
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.publishing.editing.versions import Printable
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues import queries, sections
from penpal.publishing.issues.models import ColumnIssue, Handout
from penpal.publishing.issues.queries import Line
from penpal.publishing.issues.states import DROP, REOPEN, SIGN_OFF, IssueState
from penpal.publishing.pieces.clearance import What
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S

_WIDE, _TALL = 700, 350
"""Characters from which a piece takes the whole width, or two rows, of the plan."""


@dataclass(frozen=True)
class Block:
    """A piece of the issue as the plan shows it. Of one that is gone nothing is shown but that."""

    row_id: int
    submission_id: int
    position: int
    section: str
    section_label: str
    title: str
    byline: str
    length: int
    photos: Sequence[Picture]
    photo_id: int | None
    chip: tuple[str, str, str]
    is_ready: bool
    is_gone: bool

    @property
    def shape(self) -> str:
        if self.position == 0:
            return "lead"
        if self.length >= _WIDE:
            return "wide"
        return "tall" if self.length >= _TALL else "small"


@dataclass(frozen=True)
class IssuePage:
    issue: ColumnIssue
    blocks: Sequence[Block]
    length: int
    waiting: Sequence[str]
    moment: datetime | None
    may_change: bool
    may_sign_off: bool
    may_reopen: bool
    may_drop: bool
    to_place: Page[Printable] | None
    handouts: Sequence[Handout]

    @property
    def room(self) -> int:
        return self.issue.space - self.length

    @property
    def is_out(self) -> bool:
        return self.issue.state is IssueState.PUBLISHED


@dataclass(frozen=True)
class Beside:
    """The plan of an issue beside the desk, and whether the open piece can go into it."""

    issue: ColumnIssue
    blocks: Sequence[Block]
    length: int
    submission_id: int | None
    can_put: bool
    stands_in: int | None

    @property
    def room(self) -> int:
        return self.issue.space - self.length


def of(
    issue: ColumnIssue, actor: Actor, *, words: str = "", before: int | None = None
) -> IssuePage:
    issue = queries.whole(issue.id)
    lines = queries.lines(issue)
    moves = machine.open_to(actor, issue)
    may_change = issue.state is IssueState.PLANNED and access.may(
        actor, Permission.Issue.PLAN, issue
    )
    return IssuePage(
        issue=issue,
        blocks=blocks(lines),
        length=queries.length(lines),
        waiting=_waiting(lines),
        moment=clock.local(issue.comes_out_at) if issue.comes_out_at else None,
        may_change=may_change,
        may_sign_off=SIGN_OFF in moves,
        may_reopen=REOPEN in moves,
        may_drop=DROP in moves,
        to_place=queries.to_place(actor, issue, words=words, before=before) if may_change else None,
        handouts=queries.handouts(issue),
    )


def blocks(lines: Sequence[Line]) -> list[Block]:
    return [_block(at, line) for at, line in enumerate(lines)]


def _block(at: int, line: Line) -> Block:
    piece = line.piece
    photo = line.photo
    return Block(
        row_id=line.row.id,
        submission_id=line.row.submission_id,
        position=at,
        section=line.section,
        section_label=sections.label(line.section, piece.kind),
        title=_("撤下了") if line.is_gone else piece.title,
        byline="" if line.is_gone else copies.byline(piece),
        length=0 if line.is_gone else piece.length,
        photos=() if line.is_gone else piece.photos,
        photo_id=photo.id if photo else None,
        chip=_chip(line),
        is_ready=line.may_be_signed_off or line.state is S.PUBLISHED,
        is_gone=line.is_gone,
    )


def _chip(line: Line) -> tuple[str, str, str]:
    """The manner, the icon and the words: what it still waits for."""
    if line.is_gone:
        return ("", "x", _("撤下了"))
    if line.state is S.PUBLISHED:
        return ("ok", "check", _("刊出来了"))
    words = lack(line)
    return ("wait", "clock", words) if words else ("ok", "check", _("可以印"))


def lack(line: Line) -> str:
    """What is missing before a piece may be printed, its people counted and never named."""
    if line.state is S.WITH_AUTHOR:
        return _("等作者看改动")
    if line.state is S.WITH_EDITOR:
        return _("还没有定稿")
    missing = [one for one in line.clearance.missing if one.what is not What.LEDGER_REAL_NAME]
    children = {one.person_id for one in missing if one.giver is Giver.STUDENT}
    guardians = {one.person_id for one in missing if one.giver is Giver.GUARDIAN}
    said = []
    if children:
        said.append(ngettext("等一位同学", "等 %(num)s 位同学", len(children)))
    if guardians:
        said.append(ngettext("等一位家长", "等 %(num)s 位家长", len(guardians)))
    if missing and all(one.what in (What.PHOTOS, What.LEDGER_PHOTOS) for one in missing):
        said.append(_("为照片"))
    return _("，").join(said)


def _waiting(lines: Sequence[Line]) -> list[str]:
    """All that stands between the issue and its signature."""
    if not lines:
        return [_("这一期还是空的。先放进一篇。")]
    return [
        _("%(title)s：%(words)s", title=line.piece.title, words=lack(line))
        for line in lines
        if not line.may_be_signed_off and line.state is not S.PUBLISHED and not line.is_gone
    ]


def beside(submission: Submission | None, actor: Actor) -> Beside | None:
    """The next issue that is being put together, for the right column of the desk."""
    if not access.may(actor, Permission.Issue.PLAN):
        return None
    found = queries.planned(actor)
    if submission is not None:
        found = [each for each in found if each.column.programme_id == submission.programme_id]
    row = queries.of(submission) if submission is not None else None
    if row is not None and row.issue.state is not IssueState.DROPPED:
        issue = row.issue
    elif found:
        issue = found[0]
    else:
        return None
    lines = queries.lines(issue)
    can_put = (
        submission is not None
        and row is None
        and issue.state is IssueState.PLANNED
        and submission.state in queries.FOR_A_PLAN
    )
    return Beside(
        issue=issue,
        blocks=blocks(lines),
        length=queries.length(lines),
        submission_id=submission.id if submission is not None else None,
        can_put=can_put,
        stands_in=row.issue.number if row is not None else None,
    )
