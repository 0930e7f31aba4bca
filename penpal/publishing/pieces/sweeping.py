"""What the ledger takes back is taken out of print: derived from rows, so that nothing is lost by a crash.

A yes to publication that was withdrawn, or a guardian's or child's no, ends the pieces in which that
child stands; a yes to photos that was withdrawn takes their photos out; one to the real name leaves
the pen name. What was merely never asked ends nothing: it holds a piece up, and no more.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.consent.models import Consent, Purpose, Refusal
from penpal.consent.needs import needed
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove
from penpal.publishing.pieces import clearance, withdrawing
from penpal.publishing.pieces.models import Submission, SubmissionParty
from penpal.publishing.pieces.states import LIVE, SubmissionState

REASON = "consent withdrawn"
_STANDING = (*LIVE, SubmissionState.SENT_BACK, SubmissionState.PUBLISHED)
_PURPOSES = (Purpose.PUBLICATION, Purpose.PHOTOS, Purpose.REAL_NAME)


def sweep(person_ids: Collection[int] | None = None) -> int:
    """Act on every yes that was taken back; of these people alone where they are named. Gives how many acts.

    Safe to run twice, and beside itself.
    """
    done = 0
    for party_id, purpose in _taken_back(person_ids):
        party = session().get(SubmissionParty, party_id)
        if party is None or not _is_needed(party, purpose):
            continue
        done += _follow(party, purpose)
    return done


def _follow(party: SubmissionParty, purpose: Purpose) -> bool:
    submission = party.submission
    try:
        if purpose is Purpose.PUBLICATION:
            withdrawing.withdraw(submission, by=SYSTEM, reason=REASON)
        elif purpose is Purpose.PHOTOS:
            withdrawing.take_photos_out(submission, by=SYSTEM, reason=REASON)
        else:
            withdrawing.forget_real_name(party, by=SYSTEM)
    except IllegalMove:
        # Somebody else has ended it in this moment.
        return False
    return True


def _is_needed(party: SubmissionParty, purpose: Purpose) -> bool:
    """Whether a yes of whoever took it back counts at the child's age at all."""
    if party.submission.state not in _STANDING:
        return False
    givers = needed(purpose, party.person.age_on(clock.today()))
    rows = session().scalars(_rows(purpose).where(Consent.person_id == party.person_id))
    nos = session().scalars(
        sa.select(Refusal.giver).where(
            Refusal.person_id == party.person_id,
            Refusal.purpose == purpose,
            Refusal.ended_at.is_(None),
        )
    )
    return bool(givers & {*(row.giver for row in rows), *nos})


def _rows(purpose: Purpose) -> sa.Select[Consent]:
    """Yeses that were taken back and that no other yes of the same giver has replaced."""
    running = aliased(Consent)
    return sa.select(Consent).where(
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_not(None),
        ~sa.exists().where(
            running.person_id == Consent.person_id,
            running.purpose == Consent.purpose,
            running.giver == Consent.giver,
            running.withdrawn_at.is_(None),
        ),
    )


def _taken_back(person_ids: Collection[int] | None) -> list[tuple[int, Purpose]]:
    """Parties of pieces that stand, with what was said no to since they were submitted."""
    found: list[tuple[int, Purpose]] = []
    for purpose in _PURPOSES:
        withdrawn = _rows(purpose).where(
            Consent.person_id == SubmissionParty.person_id,
            Consent.withdrawn_at >= Submission.made_at,
        )
        refused = sa.select(Refusal.id).where(
            Refusal.person_id == SubmissionParty.person_id,
            Refusal.purpose == purpose,
            Refusal.ended_at.is_(None),
            Refusal.refused_at >= Submission.made_at,
        )
        statement = (
            sa.select(SubmissionParty.id)
            .join(Submission, Submission.id == SubmissionParty.submission_id)
            .where(
                Submission.state.in_(_STANDING),
                sa.or_(
                    withdrawn.with_only_columns(Consent.id).exists(),
                    refused.exists(),
                ),
            )
            .order_by(SubmissionParty.id)
        )
        if purpose is Purpose.REAL_NAME:
            statement = statement.where(SubmissionParty.wants_real_name)
        if purpose is Purpose.PHOTOS:
            statement = statement.where(clearance.has_printed_photos())
        if person_ids is not None:
            statement = statement.where(SubmissionParty.person_id.in_(person_ids))
        found += [(number, purpose) for number in session().scalars(statement)]
    return found
