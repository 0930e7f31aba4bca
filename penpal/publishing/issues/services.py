"""Verbs of an issue: plan it, put pieces in, order them, write what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.programmes.models import Programme
from penpal.publishing.editing import versions
from penpal.publishing.issues import queries
from penpal.publishing.issues.around import Around as Around
from penpal.publishing.issues.models import (
    NOTE_MAX,
    Column,
    ColumnIssue,
    IssuePiece,
)
from penpal.publishing.issues.sections import SECTIONS
from penpal.publishing.issues.states import DROP, IssueState
from penpal.publishing.pieces.models import STANDFIRST_MAX, TITLE_MAX, Submission

MOST_PIECES = 40
SPACE_MAX = 100_000
_CHANGED = _l("别的编辑刚改过这一期。看看现在的样子，再改一次。")
_TOO_LONG = _l("最多写 %(most)s 个字。")


def plan(programme: Programme, *, comes_out_at: datetime | None = None, by: Actor) -> ColumnIssue:
    """Begin an issue: it takes the next number of its column, and of the year in which it is to come out."""
    access.authorize(by, Permission.Issue.PLAN)
    with transaction() as current:
        # Two editors at once: the second one waits, and takes the number after.
        lock(current.get_one(Programme, programme.id))
        column = queries.column_of(programme.id)
        if column is None:
            column = Column(programme_id=programme.id, name=programme.name[:40])
            current.add(column)
            current.flush()
        year = clock.local(comes_out_at or clock.now()).year
        issue = ColumnIssue(
            column_id=column.id,
            number=_next(ColumnIssue.number, column.id),
            year=year,
            number_of_year=_next(ColumnIssue.number_of_year, column.id, year),
            comes_out_at=comes_out_at,
            made_by_id=by.person_id,
        )
        current.add(issue)
        current.flush()
        trail.write(issue, "plan issue", by=by, to_state=issue.state.value)
    return issue


def _next(counted: sa.orm.InstrumentedAttribute[int], column_id: int, year: int = 0) -> int:
    statement = sa.select(sa.func.max(counted)).where(
        ColumnIssue.column_id == column_id, ColumnIssue.state != IssueState.DROPPED
    )
    if year:
        statement = statement.where(ColumnIssue.year == year)
    return (session().scalar(statement) or 0) + 1


def put(
    issue: ColumnIssue, submission: Submission, *, section: str = "", before: int = 0, by: Actor
) -> IssuePiece:
    """Put a piece into an issue, before another one of its rows or at the end; twice puts it there once."""
    _check_section(section)
    with transaction() as current:
        lock(submission)
        _open(issue, by)
        # Who may not see a piece on the desk cannot put it anywhere.
        access.load(Submission, by, submission.id)
        known = queries.of(submission)
        if known is not None:
            if known.issue_id == issue.id:
                return known
            raise Conflict(
                _l("这篇已经放进第 %(number)s 期了。先从那里拿出来。")
                % {"number": known.issue.number}
            )
        if submission.state not in queries.FOR_A_PLAN:
            raise IllegalMove
        if submission.programme_id != issue.column.programme_id:
            raise Invalid(_l("这篇属于另一个项目的专栏。"))
        if len(issue.pieces) >= MOST_PIECES:
            raise Invalid(_l("这一期放满了。先拿出一篇，或者放进下一期。"))
        others = list(issue.pieces)
        row = IssuePiece(
            issue_id=issue.id,
            submission_id=submission.id,
            section=section,
            position=len(others),
            put_by_id=by.person_id,
        )
        current.add(row)
        place = next((at for at, each in enumerate(others) if each.id == before), len(others))
        _number([*others[:place], row, *others[place:]])
        issue.saved += 1
        trail.write(submission, "put into issue", by=by, reason=str(issue.number))
        current.flush()
        current.expire(issue, ["pieces"])
    return row


def take_out(row: IssuePiece, *, by: Actor) -> None:
    """Take a piece out of an issue that is being put together; it is free for another one."""
    with transaction() as current:
        issue = row.issue
        _open(issue, by)
        trail.write(row.submission, "take out of issue", by=by, reason=str(issue.number))
        forget_quote(issue, row.submission_id)
        current.delete(row)
        issue.saved += 1
        current.flush()
        current.expire(issue, ["pieces"])


def move(row: IssuePiece, to: int, *, by: Actor) -> None:
    """Move a piece to a place, counted from 0; the others close up."""
    with transaction():
        issue = row.issue
        _open(issue, by)
        others = [each for each in issue.pieces if each.id != row.id]
        place = min(max(to, 0), len(others))
        _number([*others[:place], row, *others[place:]])
        issue.saved += 1


def order(issue: ColumnIssue, row_ids: Sequence[int], *, saved: int, by: Actor) -> None:
    """Put all pieces in this order. Raises ``Conflict`` for a page that is older than the issue."""
    with transaction():
        _open(issue, by, saved=saved)
        rows = {row.id: row for row in issue.pieces}
        if sorted(rows) != sorted(row_ids):
            raise Conflict(_CHANGED)
        _number([rows[one] for one in row_ids])
        issue.saved += 1


def _number(rows: Sequence[IssuePiece]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def choose(row: IssuePiece, *, section: str, photo_id: int | None, by: Actor) -> None:
    """Set under which section a piece stands, and which of its photos; 0 is none of them, None the first."""
    _check_section(section)
    with transaction():
        issue = row.issue
        _open(issue, by)
        photos = {photo.id for photo in versions.printable(row.submission).photos}
        if photo_id and photo_id not in photos:
            raise Invalid(_l("这张照片不在这篇里了。换一张。"))
        row.section = section
        row.photo_id = photo_id or None
        row.without_photo = photo_id == 0
        issue.saved += 1


def write(issue: ColumnIssue, around: Around, *, saved: int, by: Actor) -> None:
    """Write what stands around the pieces. Raises ``Invalid`` by field, ``Conflict`` for an older page."""
    words = {
        "headline": (html.line(around.headline), TITLE_MAX),
        "standfirst": (html.line(around.standfirst), STANDFIRST_MAX),
        "quote": (html.line(around.quote), TITLE_MAX),
        "note": (html.normal(around.note).strip(), NOTE_MAX),
    }
    problems: dict[str, object] = {
        name: _TOO_LONG % {"most": most} for name, (text, most) in words.items() if len(text) > most
    }
    if not 0 < around.space <= SPACE_MAX:
        problems["space"] = _l("写一个大于 0 的数。")
    if problems:
        raise Invalid(fields=problems)
    with transaction():
        _open(issue, by, saved=saved)
        issue.headline = words["headline"][0]
        issue.standfirst = words["standfirst"][0]
        issue.note = words["note"][0]
        issue.note_html = html.plain(issue.note)
        issue.sanitiser = html.VERSION
        issue.quote = words["quote"][0]
        issue.quote_of_id = quoted(issue) if issue.quote else None
        if issue.quote and issue.quote_of_id is None:
            raise Invalid(fields={"quote": _NOT_WORD_FOR_WORD})
        issue.space = around.space
        issue.comes_out_at = around.comes_out_at
        renumber(issue)
        issue.saved += 1


_NOT_WORD_FOR_WORD = _l("引语要一字不差地出自这一期的一篇。")


def quoted(issue: ColumnIssue) -> int | None:
    """The piece in which the quotation stands word for word."""
    pieces = versions.printables([row.submission for row in issue.pieces])
    for row in issue.pieces:
        if any(issue.quote in html.line(part.body) for part in pieces[row.submission_id].parts):
            return row.submission_id
    return None


def forget_quote(issue: ColumnIssue, submission_id: int) -> None:
    """Words of a piece do not outlast it. The caller is inside its transaction."""
    if issue.quote_of_id == submission_id:
        issue.quote, issue.quote_of_id = "", None


def renumber(issue: ColumnIssue) -> None:
    """Count an issue in the year in which it is to come out."""
    year = clock.local(issue.comes_out_at or clock.now()).year
    if year != issue.year:
        lock(session().get_one(Column, issue.column_id))
        issue.year = year
        with session().no_autoflush:
            issue.number_of_year = _next(ColumnIssue.number_of_year, issue.column_id, year)


def drop(issue: ColumnIssue, *, reason: str, by: Actor) -> None:
    """Give an issue up: its pieces are free, its number is given to the next one."""
    with transaction() as current:
        lock(issue)
        machine.fire(DROP, issue, by=by, reason=reason.strip())
        for row in list(issue.pieces):
            current.delete(row)
        issue.quote, issue.quote_of_id = "", None


def _open(issue: ColumnIssue, by: Actor, *, saved: int | None = None) -> None:
    """Hold an issue that may be changed now. Raises ``IllegalMove`` once it is signed off."""
    lock(issue)
    access.authorize(by, Permission.Issue.PLAN, issue)
    if issue.state is not IssueState.PLANNED:
        raise IllegalMove(_l("这一期已经签发。要改，先收回签发。"))
    if saved is not None and saved != issue.saved:
        raise Conflict(_CHANGED)


def _check_section(section: str) -> None:
    if section and section not in SECTIONS:
        raise Invalid(_l("没有这个栏目。"))
