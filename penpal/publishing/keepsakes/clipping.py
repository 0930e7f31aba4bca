"""A clipping: one's own piece as it was printed, on a sheet to keep."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import format_date
from flask_babel import gettext as _

from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.kernel.press import press
from penpal.letters import enclosing, typesetting
from penpal.permissions import Permission
from penpal.publishing.editing import versions
from penpal.publishing.editing.versions import Printable, PrintedPart
from penpal.publishing.issues.models import ColumnIssue, IssuePiece
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.naming import Printed

TEMPLATE = "publishing/keepsakes/typst/clipping.typ"


def pdf(piece: Submission, *, by: Actor) -> bytes:
    """The sheet. Raises ``NotFound`` where the piece stands in no issue that came out."""
    access.authorize(by, Permission.Keepsake.CLIP, piece)
    issue = session().scalar(
        sa.select(ColumnIssue)
        .join(IssuePiece, IssuePiece.issue_id == ColumnIssue.id)
        .where(IssuePiece.submission_id == piece.id, ColumnIssue.came_out_at.is_not(None))
    )
    if issue is None:
        raise NotFound
    data = _described(versions.printable(piece), issue)
    # Setting takes a while: the connection goes back first.
    session().close()
    return press.pdf(TEMPLATE, data)


def _described(printed: Printable, issue: ColumnIssue) -> dict[str, Any]:
    assert issue.came_out_at is not None
    day = clock.local(issue.came_out_at).date()
    return {
        "title": printed.title,
        "standfirst": printed.standfirst,
        "column": issue.column.name,
        "issue": _("第 %(number)s 期", number=issue.number),
        "day": format_date(day, "long"),
        "by": " · ".join(_who(one) for one in printed.by),
        "parts": [_part(part, alone=len(printed.parts) == 1) for part in printed.parts],
        "foot": _("剪自《%(name)s》，留给作者。", name=issue.column.name),
    }


def _who(one: Printed) -> str:
    return _("%(name)s（%(place)s）", name=one.name, place=one.place)


def _part(part: PrintedPart, *, alone: bool) -> dict[str, Any]:
    texts = [line.strip() for line in part.body.split("\n") if line.strip()]
    return {
        "heading": "" if alone else part.heading or _who(part.author),
        "paragraphs": [typesetting.directed(text) for text in texts],
        "photos": [typesetting.plate(one) for one in enclosing.plates(part.photos)],
        "hand": "song",
    }
