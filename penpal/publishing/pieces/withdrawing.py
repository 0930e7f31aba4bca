"""Verbs by which a piece, its photos or a real name goes: at once, from everywhere."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import access, clock, events, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.permissions import Permission
from penpal.publishing.pieces import freezing, leaving, noticing
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.models import Submission, SubmissionLink, SubmissionParty
from penpal.publishing.pieces.states import WITHDRAW


def withdraw(submission: Submission, *, by: Actor, reason: str = "") -> None:
    """End it at once, on its way or in print; whoever stands in it may, and nobody has to agree.

    In the same transaction it leaves the public pages, the plans and the desk, and files that were
    handed out are called back.
    """
    with transaction() as current:
        lock(submission)
        now = clock.now()
        machine.fire(WITHDRAW, submission, by=by, reason=reason, moved_at=now, ended_at=now)
        end_links(submission)
        leaving.tell(submission, leaving.Gone.PIECE, by=by)
        noticing.withdrawn(submission, by=by)
        events.announce(current, SubmissionMoved(submission.id, submission.state.value))


def take_photos_out(submission: Submission, *, by: Actor, reason: str = "") -> None:
    """The words stay, the photos are printed no more; whoever may end it all may do that as well."""
    access.authorize(by, Permission.Submission.WITHDRAW, submission)
    with transaction():
        lock(submission)
        if freezing.leave_photos_out(submission):
            trail.write(submission, "leave photos out", by=by, reason=reason)
            leaving.tell(submission, leaving.Gone.PHOTOS, by=by)


def forget_real_name(party: SubmissionParty, *, by: Actor) -> None:
    """From now on somebody stands under their pen name, in print as well."""
    submission = party.submission
    access.authorize(by, Permission.Submission.WITHDRAW, submission)
    with transaction():
        lock(submission)
        if party.wants_real_name:
            party.wants_real_name = False
            trail.write(submission, "use pen name", by=by)
            leaving.tell(submission, leaving.Gone.NAME, by=by)


def end_links(submission: Submission) -> None:
    """No guardian's link to it opens anything any more. In the caller's transaction."""
    session().execute(
        sa.update(SubmissionLink)
        .where(
            SubmissionLink.party_id.in_([party.id for party in submission.parties]),
            SubmissionLink.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )
