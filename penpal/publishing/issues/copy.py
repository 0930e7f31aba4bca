"""What an issue holds when a file is made of it: only what may leave the house, in the words of print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.media.queries import Picture
from penpal.publishing.editing.versions import Printable, PrintedPart
from penpal.publishing.issues import queries, sections
from penpal.publishing.issues.models import ColumnIssue
from penpal.publishing.issues.queries import Line
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import PieceKind
from penpal.publishing.pieces.naming import Printed
from penpal.publishing.pieces.states import SubmissionState as S

_ONE_TO_ANOTHER = (PieceKind.LETTER, PieceKind.LETTERS)


@dataclass(frozen=True)
class Article:
    """A piece as it is set: the first of an issue is its lead."""

    row_id: int
    submission_id: int
    section: str
    title: str
    standfirst: str
    byline: str
    parts: Sequence[PrintedPart]
    photos: tuple[Picture, ...]
    length: int
    is_ready: bool

    @property
    def has_several(self) -> bool:
        return len(self.parts) > 1


@dataclass(frozen=True)
class Copy:
    column: str
    number: int
    year: int
    number_of_year: int
    day: date | None
    headline: str
    standfirst: str
    note: str
    quote: str
    space: int
    articles: Sequence[Article]
    is_draft: bool

    @property
    def length(self) -> int:
        return sum(article.length for article in self.articles)

    @property
    def title(self) -> str:
        return _("%(column)s 第 %(number)s 期", column=self.column, number=self.number)


def of(issue: ColumnIssue, *, with_drafts: bool) -> Copy:
    """``with_drafts`` holds what is still being asked about, marked so: for the proof of a plan alone."""
    lines = [line for line in queries.lines(issue) if _may_stand(line, with_drafts)]
    moment = issue.came_out_at or issue.comes_out_at
    return Copy(
        column=issue.column.name,
        number=issue.number,
        year=issue.year,
        number_of_year=issue.number_of_year,
        day=clock.local(moment).date() if moment else None,
        headline=issue.headline,
        standfirst=issue.standfirst,
        note=issue.note,
        quote=issue.quote
        if issue.quote_of_id in {line.row.submission_id for line in lines}
        else "",
        space=issue.space,
        articles=[_article(line) for line in lines],
        is_draft=issue.state is IssueState.PLANNED,
    )


def _may_stand(line: Line, with_drafts: bool) -> bool:
    if line.state is S.PUBLISHED:
        return True
    if line.is_gone:
        return False
    signed = line.may_be_signed_off and line.row.version_id == line.row.submission.version_id
    return with_drafts or signed


def _article(line: Line) -> Article:
    piece = line.piece
    return Article(
        row_id=line.row.id,
        submission_id=line.row.submission_id,
        section=sections.label(line.section, piece.kind),
        title=piece.title,
        standfirst=piece.standfirst,
        byline=byline(piece),
        parts=piece.parts,
        photos=(line.photo,) if line.photo else (),
        length=piece.length,
        is_ready=line.may_be_signed_off or line.state is S.PUBLISHED,
    )


def byline(piece: Printable) -> str:
    """Who wrote it, and in letters to whom: 小麦（和田地区，初二）写给小禾（东城区，初二）."""
    by = _("、").join(person(one) for one in piece.by)
    if piece.kind in _ONE_TO_ANOTHER and len(piece.by) == 1 and piece.to:
        return _("%(by)s 写给 %(to)s", by=by, to=_("、").join(person(one) for one in piece.to))
    return by


def person(printed: Printed) -> str:
    where = _("，").join(words for words in (printed.place, printed.grade) if words)
    return _("%(name)s（%(where)s）", name=printed.name, where=where) if where else printed.name


def numbered(copy: Copy) -> str:
    return _(
        "%(year)s 年第 %(of_year)s 期 · 总第 %(number)s 期",
        year=copy.year,
        of_year=copy.number_of_year,
        number=copy.number,
    )


def dated(copy: Copy) -> str:
    day = copy.day
    if day is None:
        return ""
    return _("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day)


def plain_paragraphs(text: str) -> list[str]:
    """Paragraphs of a text without blank lines and typed indents: whoever sets them indents."""
    return [line.strip(" \t\u3000") for line in text.split("\n") if line.strip(" \t\u3000")]
