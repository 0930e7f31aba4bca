"""An issue and its pieces as readers will see them, for editors, before it comes out."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import force_locale

from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import NotFound
from penpal.media import links
from penpal.permissions import Permission
from penpal.publishing.issues import queries as issues
from penpal.publishing.issues.models import ColumnIssue
from penpal.publishing.issues.queries import Line
from penpal.publishing.special import front, queries
from penpal.publishing.special.newsstand import CHINESE, Piece
from penpal.publishing.special.page import View, render
from penpal.publishing.special.queries import Entry, IssueRow

blueprint = Blueprint("special_preview", __name__, url_prefix="/issues")


@blueprint.get("/<int:issue_id>/preview")
@needs(Permission.Issue.SEE)
def show(issue_id: int) -> str:
    row, pieces = _planned(issue_id)
    return render(
        "publishing/special/issue.html",
        _view(issue_id),
        photo_path=_photo,
        issue=row,
        front=front.laid_out(pieces, row),
    )


@blueprint.get("/<int:issue_id>/preview/<int:piece_id>")
@needs(Permission.Issue.SEE)
def piece(issue_id: int, piece_id: int) -> str:
    row, pieces = _planned(issue_id)
    found = next((each for each in pieces if each.id == piece_id), None)
    if found is None:
        raise NotFound
    return render(
        "publishing/special/piece.html",
        _view(issue_id),
        photo_path=_photo,
        piece=found,
        issue=row,
        corrections=[],
        near=[each for each in pieces if each is not found][:3],
        takes_words=False,
        told=None,
    )


def _planned(issue_id: int) -> tuple[IssueRow, list[Piece]]:
    """What would stand in it, in the words that would be printed."""
    issue = access.load(ColumnIssue, actor(), issue_id)
    access.authorize(actor(), Permission.Issue.SEE, issue)
    with force_locale(CHINESE):
        lines = [line for line in issues.lines(issue) if not line.is_gone]
    people = [who for line in lines for who in (*line.piece.by, *line.piece.to)]
    stamps = queries.stamps({who.unit_id for who in people if who.unit_id is not None})
    row = IssueRow(
        issue.id,
        issue.number,
        issue.year,
        issue.number_of_year,
        issue.headline,
        issue.standfirst,
        issue.note_html,
        issue.quote,
        issue.quote_of_id,
        issue.came_out_at or issue.comes_out_at or clock.now(),
        issue.column.name,
        0,
    )
    return row, [Piece(_entry(line, row), line.piece, stamps, row) for line in lines]


def _entry(line: Line, issue: IssueRow) -> Entry:
    return Entry(
        line.row.submission_id,
        line.piece.kind,
        line.piece.theme,
        line.piece.title,
        line.piece.standfirst,
        line.piece.published_at or issue.came_out_at,
        issue.id,
        line.section,
        line.row.position,
    )


def _view(issue_id: int) -> View:
    size = "large" if request.args.get("size") == "large" else ""
    upright = "vertical" if request.args.get("set") == "vertical" else ""
    return View(request.path, size=size, set=upright, preview=f"/issues/{issue_id}/preview")


def _photo(_piece_id: int, photo_id: int, size: str, form: str) -> str:
    """By the house's own way to photos: nobody else may see them yet."""
    return f"/photos/{links.token(photo_id, size, form, actor().person_id)}"
