"""Pieces whose children have all agreed, laid down row by row: for tests of what comes afterwards."""

from __future__ import annotations

from penpal.kernel import clock, html, machine
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.places.models import Unit
from penpal.publishing.pieces.models import (
    OF_STAFF,
    PartyAs,
    PieceKind,
    Submission,
    SubmissionPart,
    SubmissionParty,
)
from penpal.publishing.pieces.states import PASS_TO_SECRETARY
from penpal.publishing.reviews import queries, stations, whose
from penpal.publishing.reviews.models import Decision, ReviewStation
from tests.cast import Cast

BODY = "小麦：\n\n我家门口有一棵槐树，秋天叶子落得很慢。"


def piece(
    cast: Cast,
    *,
    kind: PieceKind = PieceKind.LETTER,
    author: str = "xiaohe",
    partner: str = "xiaomai",
    named: tuple[str, ...] = (),
    unit: Unit | None = None,
    body: str = BODY,
    key: str = "key-of-the-first-piece",
    begun: bool = True,
) -> Submission:
    """A letter of 小禾's to 小麦, or whatever is said, whose stations have just been made."""
    with transaction() as current:
        of_staff = kind in OF_STAFF
        submission = Submission(
            key=key,
            kind=kind,
            programme_id=cast.pair().programme_id,
            author_id=cast.person(author).id,
            pair_id=None if of_staff else cast.pair().id,
            unit_id=(unit or cast.unit("bj-school")).id,
            title="窗外的槐树",
        )
        parties = [] if of_staff else [(author, PartyAs.AUTHOR), (partner, PartyAs.PARTNER)]
        parties += [(name, PartyAs.NAMED) for name in named]
        submission.parties = [
            SubmissionParty(person_id=cast.person(who).id, stands_as=stands_as)
            for who, stands_as in parties
        ]
        current.add(submission)
        current.flush()
        freeze(submission, 0, submission.author_id, body)
        if kind is PieceKind.LETTERS:
            freeze(submission, 1, cast.person(partner).id, "小禾：\n\n我们这里的杨树叶子落得很快。")
        current.flush()
        current.refresh(submission)
        if begun:
            stations.begin(submission)
    return submission


def waiting_at(cast: Cast, code: str, *, approved_by: str = "") -> Submission:
    """A piece that waits at one place and nowhere else, or that somebody there has approved."""
    submission = piece(cast, key=f"key-of-a-piece-at-{code}{approved_by}", begun=False)
    with transaction() as current:
        unit = cast.unit(code)
        current.add(
            ReviewStation(
                submission_id=submission.id,
                revision=1,
                round=2,
                level=unit.level,
                unit_id=unit.id,
                begun_at=clock.now(),
                due_at=clock.now(),
                decision=Decision.APPROVED if approved_by else None,
                decided_at=clock.now() if approved_by else None,
                decided_by_id=cast.person(approved_by).id if approved_by else None,
            )
        )
        machine.fire(PASS_TO_SECRETARY, submission, by=SYSTEM, station=2)
    return submission


def freeze(submission: Submission, position: int, author_id: int, body: str) -> SubmissionPart:
    part = SubmissionPart(
        submission_id=submission.id,
        revision=submission.revision,
        position=position,
        author_id=author_id,
        source_kind="letter",
        source_id=1,
        body=body,
        body_html=str(html.plain(body)),
        frozen_at=clock.now(),
    )
    session().add(part)
    return part


def asked(submission: Submission) -> list[str]:
    """The codes of the places that are asked now."""
    return [
        each.unit.code or each.unit.name
        for each in queries.standing(submission)
        if each.begun_at is not None and each.decision is None
    ]


def turn(cast: Cast, submission: Submission, who: str) -> ReviewStation:
    found = whose.turn(cast.actor(who), submission)
    assert found is not None, who
    return found
