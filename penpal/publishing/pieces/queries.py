"""Selects over pieces: one's own, and what stands around one of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.consent import ledger
from penpal.consent.models import Giver, Purpose
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.publishing.pieces import clearance
from penpal.publishing.pieces.models import Submission, SubmissionPart, SubmissionParty
from penpal.publishing.pieces.states import LIVE, SubmissionState

PAGE = 20


def mine(actor: Actor, *, before: int | None = None) -> tuple[list[Submission], int | None]:
    """Pieces in which one stands, or that one sent in, newest first; and where the next page begins."""
    in_it = sa.select(SubmissionParty.submission_id).where(
        SubmissionParty.person_id == actor.person_id
    )
    statement = access.visible(Submission, actor).where(
        sa.or_(Submission.author_id == actor.person_id, Submission.id.in_(in_it))
    )
    if before:
        statement = statement.where(Submission.id < before)
    found = list(session().scalars(statement.order_by(Submission.id.desc()).limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def waiting_for(actor: Actor, pieces: Sequence[Submission]) -> set[int]:
    """Those of these pieces in which one's own yes is missing."""
    asked = [one for one in pieces if one.state is SubmissionState.ASKING]
    return {
        number
        for number, found in clearance.of_many(asked).items()
        if any(
            one.giver is Giver.STUDENT and one.what is clearance.What.PIECE
            for one in found.of(actor.person_id or 0)
        )
    }


def running_of(kind: str, number: int, actor: Actor) -> Submission | None:
    """The piece in which a thing of one's own is on its way, waits to be mended, or is printed."""
    return session().scalar(
        access.visible(Submission, actor)
        .join(SubmissionPart, SubmissionPart.submission_id == Submission.id)
        .where(
            SubmissionPart.source_kind == kind,
            SubmissionPart.source_id == number,
            Submission.state.in_([*LIVE, SubmissionState.SENT_BACK, SubmissionState.PUBLISHED]),
        )
        .order_by(Submission.id.desc())
        .limit(1)
    )


def lacking_of_student(person: Person) -> list[Purpose]:
    """Of what print asks of the ledger, what the child has not said yes to themselves."""
    states = ledger.of_person(person)
    asked: Sequence[Purpose] = (Purpose.PUBLICATION, Purpose.PHOTOS, Purpose.REAL_NAME)
    return [one for one in asked if Giver.STUDENT in states[one].missing]


def written(person_ids: Sequence[int]) -> dict[int, int]:
    """In how many pieces each of these people stands."""
    rows = session().execute(
        sa.select(SubmissionParty.person_id, sa.func.count())
        .where(SubmissionParty.person_id.in_(person_ids))
        .group_by(SubmissionParty.person_id)
    )
    return {row[0]: row[1] for row in rows}
