"""Small facts about editors, versions and whoever answers for the words in them."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.accounts.predicates import SECRETARIES, STUDENT, SYSTEM
from penpal.kernel.access import Actor, fact
from penpal.kernel.db import session
from penpal.publishing.editing import changes
from penpal.publishing.editing.models import Change, PieceVersion, Verdict
from penpal.publishing.editing.whose import of_author
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.pieces.states import SubmissionState as S

AT_THE_DESK = (S.WITH_EDITOR, S.WITH_AUTHOR, S.READY, S.PUBLISHED, S.TAKEN_DOWN)
"""In which editors know of a piece: before, it is its children's and their schools'."""
ANSWERABLE = (S.WITH_AUTHOR, S.PUBLISHED)
"""In which an author can be asked about changes: on the way, or for a correction of what is printed."""


@fact("", Role.EDITOR.value)
def is_editor(actor: Actor, _record: object) -> bool:
    return bool(actor.tops(Role.EDITOR.value))


def is_nothing_but_editor(actor: Actor) -> bool:
    """Of the offices that somebody looks with, all are at the newspaper."""
    return bool(actor.grants) and all(each.role == Role.EDITOR for each in actor.grants)


@fact("", Role.CENTRE_SECRETARY.value)
def leads_all(actor: Actor, _record: object) -> bool:
    """The secretary above all units."""
    return bool(actor.tops(Role.CENTRE_SECRETARY.value))


@fact(_l("到了编辑台的"), Role.EDITOR.value)
def is_at_the_desk(actor: Actor, submission: Submission | None) -> bool:
    return (
        is_editor(actor, submission) and submission is not None and submission.state in AT_THE_DESK
    )


@fact(_l("刊出来的"), Role.EDITOR.value, Role.CENTRE_SECRETARY.value, SYSTEM)
def has_come_out(_actor: Actor, submission: Submission) -> bool:
    return submission.state in (S.PUBLISHED, S.TAKEN_DOWN)


@fact(_l("自己写的、编辑改过的"), STUDENT, Role.TEACHER.value, *SECRETARIES)
def is_asked_about_changes(actor: Actor, submission: Submission | None) -> bool:
    """Some of the words that an editor would change are theirs, and the question is open."""
    if submission is None or actor.person_id is None or submission.state not in ANSWERABLE:
        return False
    if actor.is_staff and not actor.tops(Role.TEACHER.value, *SECRETARIES):
        return False
    asked = (
        sa.select(Change.id)
        .join(Change.version)
        .join(SubmissionPart, SubmissionPart.id == Change.part_id)
        .where(
            PieceVersion.submission_id == submission.id,
            PieceVersion.revision == submission.revision,
            PieceVersion.offered_at.is_not(None),
            PieceVersion.answered_at.is_(None),
            of_author(actor.person_id, submission.author_id),
        )
    )
    return session().scalar(sa.select(asked.exists())) is True


@fact(_l("作者同意了每一处改动的"), SYSTEM)
def is_accepted(_actor: Actor, submission: Submission) -> bool:
    """What would be printed is the frozen copy with accepted changes, and with nothing else.

    The words themselves are compared: a text that came about in any other way is not printed.
    """
    if submission.version_id is None:
        return False
    version = session().get(PieceVersion, submission.version_id)
    if version is None or version.submission_id != submission.id:
        return False
    return is_sound(version, submission)


def is_sound(version: PieceVersion, submission: Submission) -> bool:
    """Every change has its author's yes, and the changes make up the whole difference."""
    if version.revision != submission.revision or version.accepted_at is None:
        return False
    parts = {part.id: part for part in submission.current_parts() if part.frozen_at is not None}
    texts = {text.part_id: text for text in version.texts}
    if not parts or set(texts) != set(parts):
        return False
    statement = (
        sa.select(Change)
        .where(Change.version_id == version.id)
        .order_by(Change.position, Change.id)
    )
    asked = list(session().scalars(statement))
    if any(change.verdict is not Verdict.ACCEPTED for change in asked):
        return False
    pairs: list[tuple[str, int | None, str, str]] = [
        ("title", None, submission.title, version.title),
        ("standfirst", None, "", version.standfirst),
    ]
    pairs += [("body", one, part.body, texts[one].body) for one, part in parts.items()]
    for field, part_id, frozen, edited in pairs:
        own = sorted(
            (
                change
                for change in asked
                if change.field == field and part_id in (None, change.part_id)
            ),
            key=lambda change: change.start,
        )
        if not changes.fits(frozen, own) or changes.applied(frozen, own) != edited:
            return False
    return True
