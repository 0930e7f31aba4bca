"""Words at a place of a piece: said by whoever looks at it, answered by its author."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from penpal.kernel import access, clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.permissions import Permission
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.reviews.models import REMARK_MAX, Remark

MOST = 60
"""Of one piece; what needs more words is sent back."""


class Place(NamedTuple):
    """Characters of a text, from one before another; both nought stand for all of it."""

    start: int = 0
    end: int = 0


ALL = Place()


def place_of(quote: str, text: str, *, near: int | None = None) -> Place:
    """Where some words stand in a text: at ``near`` if they stand there, else where they stand first.

    Raises ``Invalid`` for the field ``quote`` where they stand nowhere.
    """
    words = html.normal(quote).strip()
    if not words:
        return ALL
    is_there = near is not None and text.startswith(words, near)
    start = near if is_there and near is not None else text.find(words)
    if start < 0:
        raise Invalid(fields={"quote": _l("这几个字在这一篇里没有找到。照原样抄一遍，或者空着。")})
    return Place(start, start + len(words))


def make(
    part: SubmissionPart,
    body: str,
    place: Place = ALL,
    *,
    permission: Permission.Submission = Permission.Submission.REVIEW,
    for_author: bool = True,
    version_id: int | None = None,
    by: Actor,
) -> Remark:
    """Say something at a place. Reviewers ask with their own permission, editors with theirs.

    Raises ``Invalid`` for the field ``remark``.
    """
    submission = part.submission
    access.authorize(by, permission, submission)
    said = html.normal(body).strip()
    if not said or len(said) > REMARK_MAX:
        raise Invalid(fields={"remark": _l("写一句，最多 500 个字。")})
    with transaction() as current:
        access.authorize(by, permission, submission)
        count = current.scalar(
            sa.select(sa.func.count()).where(Remark.submission_id == submission.id)
        )
        if (count or 0) >= MOST:
            raise Invalid(fields={"remark": _l("这一篇的话已经很多了。写在退回的话里吧。")})
        remark = Remark(
            submission_id=submission.id,
            part_id=part.id,
            version_id=version_id,
            start=place.start,
            end=place.end,
            body=said,
            body_html=str(html.plain(said)),
            is_for_author=for_author,
            by_id=by.person_id,
        )
        current.add(remark)
        current.flush()
        trail.write(submission, "remarked on piece", by=by)
    return remark


def take_away(remark: Remark, *, by: Actor) -> None:
    """One's own that nobody has answered."""
    with transaction() as current:
        held = current.get(Remark, remark.id)
        if held is None:
            raise NotFound
        if held.by_id != by.person_id or held.answered_at is not None:
            raise NotPermitted
        submission = current.get_one(Submission, held.submission_id)
        current.delete(held)
        trail.write(submission, "took remark away", by=by)


def answer(remark: Remark, words: str, *, by: Actor) -> None:
    """The answer of whoever wrote the text or sent it in; a later one takes its place.

    Raises ``Invalid`` for ``answer``.
    """
    said = html.normal(words).strip()
    if not said or len(said) > REMARK_MAX:
        raise Invalid(fields={"answer": _l("写一句，最多 500 个字。")})
    with transaction() as current:
        held = current.get_one(Remark, remark.id)
        submission = current.get_one(Submission, held.submission_id)
        wrote = {submission.author_id, current.get_one(SubmissionPart, held.part_id).author_id}
        if not held.is_for_author or by.person_id not in wrote:
            raise NotPermitted
        held.answer, held.answer_html = said, str(html.plain(said))
        held.answered_at = clock.now()
        trail.write(submission, "answered remark", by=by)


def settle(remark: Remark, permission: Permission.Submission, *, by: Actor) -> None:
    """Put it aside: what it asked for is done."""
    with transaction() as current:
        held = current.get_one(Remark, remark.id)
        access.authorize(by, permission, current.get_one(Submission, held.submission_id))
        held.settled_at = held.settled_at or clock.now()


def of(
    submission: Submission, *, for_author: bool = False, revision: int | None = None
) -> dict[int, list[Remark]]:
    """Those at the frozen texts of a revision (the present one), by the number of the part, in their places."""
    statement = (
        sa.select(Remark)
        .join(SubmissionPart, SubmissionPart.id == Remark.part_id)
        .options(joinedload(Remark.by))
        .where(
            Remark.submission_id == submission.id,
            Remark.version_id.is_(None),
            SubmissionPart.revision == (revision or submission.revision),
        )
        .order_by(Remark.part_id, Remark.start, Remark.id)
    )
    if for_author:
        statement = statement.where(Remark.is_for_author)
    found: defaultdict[int, list[Remark]] = defaultdict(list)
    for remark in session().scalars(statement):
        found[remark.part_id].append(remark)
    return dict(found)
