"""What editors keep about pieces for each other: shared lists and notes. No author reads either."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.publishing.editing.models import (
    LIST_NAME_MAX,
    NOTE_MAX,
    DeskNote,
    Shortlist,
    ShortlistPiece,
)
from penpal.publishing.pieces.models import Submission

LISTS_MOST = 100


def note(submission: Submission, body: str, *, by: Actor) -> DeskNote:
    """Leave a note for the other editors."""
    access.authorize(by, Permission.Submission.EDIT, submission)
    words = html.normal(body).strip()
    if not words:
        raise Invalid(fields={"note": _l("写一句，再留下。")})
    if len(words) > NOTE_MAX:
        raise Invalid(fields={"note": _l("最多 %(number)s 个字。", number=NOTE_MAX)})
    with transaction() as current:
        made = DeskNote(
            submission_id=submission.id,
            body=words,
            body_html=html.plain(words),
            by_id=by.person_id,
        )
        current.add(made)
        current.flush()
        return made


def begin_list(name: str, *, by: Actor) -> Shortlist:
    """A list under a name; one that is there already is the one that was meant."""
    access.authorize(by, Permission.Submission.SEE_DESK)
    line = html.line(name)
    if not line or len(line) > LIST_NAME_MAX:
        raise Invalid(
            fields={"name": _l("起一个名字，最多 %(number)s 个字。", number=LIST_NAME_MAX)}
        )
    with transaction() as current:
        found = current.scalar(sa.select(Shortlist).where(Shortlist.name == line))
        if found is not None:
            return found
        if (current.scalar(sa.select(sa.func.count(Shortlist.id))) or 0) >= LISTS_MOST:
            raise Invalid(fields={"name": _l("候选单已经很多了，先删掉不用的。")})
        made = Shortlist(name=line, made_by_id=by.person_id)
        current.add(made)
        current.flush()
        trail.write(made, "begin list", by=by)
        return made


def put(shortlist: Shortlist, submissions: Sequence[Submission], *, by: Actor) -> int:
    """Put pieces on a list; those that are on it stay. Gives how many came."""
    access.authorize(by, Permission.Submission.SEE_DESK)
    with transaction() as current:
        there = set(
            current.scalars(
                sa.select(ShortlistPiece.submission_id).where(
                    ShortlistPiece.shortlist_id == shortlist.id
                )
            )
        )
        fresh = [each.id for each in submissions if each.id not in there]
        current.add_all(
            ShortlistPiece(shortlist_id=shortlist.id, submission_id=one, put_by_id=by.person_id)
            for one in fresh
        )
        return len(fresh)


def take_off(shortlist: Shortlist, submission: Submission, *, by: Actor) -> None:
    access.authorize(by, Permission.Submission.SEE_DESK)
    with transaction():
        session().execute(
            sa.delete(ShortlistPiece).where(
                ShortlistPiece.shortlist_id == shortlist.id,
                ShortlistPiece.submission_id == submission.id,
            )
        )


def drop_list(shortlist: Shortlist, *, by: Actor) -> None:
    """The list goes, the pieces stay."""
    access.authorize(by, Permission.Submission.SEE_DESK)
    with transaction() as current:
        trail.write(shortlist, "drop list", by=by, reason=shortlist.name)
        current.execute(
            sa.delete(ShortlistPiece).where(ShortlistPiece.shortlist_id == shortlist.id)
        )
        current.delete(shortlist)
