"""Whether everybody who has to agree has agreed, to this frozen copy and by the ledger; it only reads.

Silence is no yes. What is asked here is asked again in the moment in which a piece is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.consent import ledger
from penpal.consent.models import Giver, Purpose
from penpal.consent.needs import OF_AGE
from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.publishing.pieces.models import (
    Answer,
    PartyAs,
    Submission,
    SubmissionAnswer,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)


class What(StrEnum):
    """What an answer is missing to."""

    PIECE = "piece"
    PHOTOS = "photos"
    LEDGER_PUBLICATION = "ledger_publication"
    LEDGER_PHOTOS = "ledger_photos"
    LEDGER_REAL_NAME = "ledger_real_name"
    """Holds nothing up: until it is there, the pen name stands."""


@dataclass(frozen=True)
class Missing:
    """Whose answer is missing, as what they stand in it, and to what."""

    person_id: int
    stands_as: PartyAs
    giver: Giver
    what: What


@dataclass(frozen=True)
class Clearance:
    missing: tuple[Missing, ...]

    @property
    def is_clear(self) -> bool:
        return all(one.what is What.LEDGER_REAL_NAME for one in self.missing)

    def of(self, person_id: int) -> list[Missing]:
        return [one for one in self.missing if one.person_id == person_id]


def of(submission: Submission) -> Clearance:
    return of_many([submission])[submission.id]


def of_many(submissions: Iterable[Submission]) -> dict[int, Clearance]:
    """By the number of the piece; as many queries for many as for one."""
    asked = {one.id: one for one in submissions}
    if not asked:
        return {}
    parties: defaultdict[int, list[SubmissionParty]] = defaultdict(list)
    for party in session().scalars(
        sa.select(SubmissionParty)
        .options(joinedload(SubmissionParty.person))
        .where(SubmissionParty.submission_id.in_(asked))
        .order_by(SubmissionParty.id)
    ):
        parties[party.submission_id].append(party)
    everyone = [party for some in parties.values() for party in some]
    said = last_answers([party.id for party in everyone])
    with_photos = with_printed_photos(asked)
    kept = ledger.of_people(list({party.person_id: party.person for party in everyone}.values()))
    unfrozen = _unfrozen(asked)
    return {
        number: Clearance(
            tuple(
                one
                for party in parties[number]
                for one in _missing(
                    party,
                    submission.revision,
                    said,
                    kept[party.person_id],
                    has_photos=number in with_photos,
                    is_frozen=(number, party.person_id) not in unfrozen,
                )
            )
        )
        for number, submission in asked.items()
    }


def last_answers(
    party_ids: Collection[int],
) -> dict[tuple[int, Giver, int], SubmissionAnswer]:
    """The answer that counts, by party, giver and revision."""
    rows = session().scalars(
        sa.select(SubmissionAnswer)
        .where(SubmissionAnswer.party_id.in_(party_ids))
        .order_by(SubmissionAnswer.id)
    )
    return {(row.party_id, row.giver, row.revision): row for row in rows}


def with_printed_photos(submission_ids: Iterable[int]) -> set[int]:
    """Those of these pieces of whose present copy at least one photo would be printed."""
    found = session().scalars(
        sa.select(Submission.id).where(
            Submission.id.in_(list(submission_ids)), has_printed_photos()
        )
    )
    return set(found)


def has_printed_photos() -> sa.ColumnElement[bool]:
    """SQL for: of the present copy of this submission at least one photo would be printed."""
    return (
        sa.select(SubmissionPart.id)
        .join(SubmissionPhoto, SubmissionPhoto.part_id == SubmissionPart.id)
        .where(
            SubmissionPart.submission_id == Submission.id,
            SubmissionPart.revision == Submission.revision,
            SubmissionPhoto.is_out.is_(False),
        )
        .exists()
    )


def _unfrozen(submission_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Pieces and people whose own part is still empty: their yes would be one to nothing."""
    found = session().execute(
        sa.select(SubmissionPart.submission_id, SubmissionPart.author_id)
        .join(Submission, Submission.id == SubmissionPart.submission_id)
        .where(
            Submission.id.in_(list(submission_ids)),
            SubmissionPart.revision == Submission.revision,
            SubmissionPart.frozen_at.is_(None),
        )
    )
    return {(row[0], row[1]) for row in found}


def givers_of(party: SubmissionParty) -> tuple[Giver, ...]:
    """The child always, and a guardian until the child is of age; an unknown age counts as a child's."""
    age = party.person.age_on(clock.today())
    if age is not None and age >= OF_AGE:
        return (Giver.STUDENT,)
    return (Giver.STUDENT, Giver.GUARDIAN)


def _missing(
    party: SubmissionParty,
    revision: int,
    said: Mapping[tuple[int, Giver, int], SubmissionAnswer],
    kept: ledger.States,
    *,
    has_photos: bool,
    is_frozen: bool,
) -> Iterable[Missing]:
    def lacks(giver: Giver, what: What) -> Missing:
        return Missing(party.person_id, party.stands_as, giver, what)

    for giver in givers_of(party):
        answer = said.get((party.id, giver, revision))
        agrees = answer is not None and answer.answer is Answer.YES
        if not agrees or (giver is Giver.STUDENT and not is_frozen):
            yield lacks(giver, What.PIECE)
        if has_photos and not (agrees and answer is not None and answer.with_photos):
            yield lacks(giver, What.PHOTOS)
    purposes = [(Purpose.PUBLICATION, What.LEDGER_PUBLICATION)]
    if has_photos:
        purposes.append((Purpose.PHOTOS, What.LEDGER_PHOTOS))
    if party.wants_real_name:
        purposes.append((Purpose.REAL_NAME, What.LEDGER_REAL_NAME))
    for purpose, what in purposes:
        for giver in kept[purpose].missing:
            yield lacks(giver, what)
