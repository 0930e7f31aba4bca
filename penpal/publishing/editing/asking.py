"""A word of an editor to an author at a place of the text, and the author's answer to it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import IllegalMove, Invalid, Objected
from penpal.permissions import Permission
from penpal.publishing.editing import drafting, guarding, noticing, queries, versions
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews import remarks
from penpal.publishing.reviews.models import Remark

_ASKED_IN = (S.WITH_EDITOR, S.WITH_AUTHOR, S.READY, S.PUBLISHED)


def ask(submission: Submission, part_id: int, quote: str, words: str, *, by: Actor) -> Remark:
    """Say something to the author about some words of a part, or about all of it where none are quoted.

    An editor is a stranger to a child: how to reach somebody is refused here as it is in a letter.
    """
    access.authorize(by, Permission.Submission.EDIT, submission)
    if submission.state not in _ASKED_IN:
        raise IllegalMove
    _look(words, "remark")
    parts = {part.id: part for part in drafting.parts_of(submission)}
    if part_id not in parts:
        raise Invalid(fields={"quote": _l("选一段。")})
    place = remarks.place_of(quote, drafting.base(submission).bodies[part_id])
    with transaction() as current:
        version = queries.newest(submission) or versions.zero(submission)
        made = remarks.make(
            parts[part_id],
            words,
            place,
            permission=Permission.Submission.EDIT,
            version_id=version.id,
            by=by,
        )
        current.flush()
        noticing.remarked(submission, parts[part_id].author_id)
    return made


def answer(remark: Remark, words: str, *, by: Actor) -> None:
    """Of the author whom it was said to."""
    _look(words, "answer")
    with transaction() as current:
        remarks.answer(remark, words, by=by)
        guarding.worry(words, current.get_one(Submission, remark.submission_id), by=by)


def settle(remark: Remark, *, by: Actor) -> None:
    remarks.settle(remark, Permission.Submission.EDIT, by=by)


def _look(words: str, name: str) -> None:
    objection = guarding.objection(words)
    if objection is not None:
        raise Objected(fields={name: objection})
