"""Pieces that are ready for print, many at once and row by row: agreed to, approved, taken as they are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from penpal.consent import services as consent
from penpal.consent.models import Giver, How, Purpose
from penpal.consent.services import Origin
from penpal.kernel import clock, html
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.places.models import Level
from penpal.programmes import queries as programmes
from penpal.programmes.models import Programme, ProgrammeKey
from penpal.publishing.editing.models import PieceVersion, VersionText
from penpal.publishing.issues import services, signing
from penpal.publishing.issues.models import ColumnIssue
from penpal.publishing.pieces.models import (
    Answer,
    PartyAs,
    PenName,
    PieceKind,
    Submission,
    SubmissionAnswer,
    SubmissionPart,
    SubmissionParty,
)
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews.models import Decision, ReviewStation
from tests.cast import Cast

PEN_NAMES = {"xiaohe": "银杏", "xiaomai": "青核桃"}
BODY = "银杏：\n\n打核桃那天，爷爷站在树上，拿长杆子一敲，核桃就噼里啪啦落下来，像下了一场硬雨。"


def programme() -> Programme:
    return programmes.programme(ProgrammeKey.PEN_PALS)


def insert(model: Any, rows: list[dict[str, object]]) -> list[int]:
    """Rows past the machine, in a few statements; their numbers in the order of the rows."""
    found: list[int] = []
    for start in range(0, len(rows), 100):
        made = session().scalars(
            sa.insert(model).returning(model.id, sort_by_parameter_order=True),
            rows[start : start + 100],
        )
        found += list(made)
    return found


def pieces(
    cast: Cast, count: int = 1, *, state: S = S.READY, body: str = BODY, title: str = "打核桃那天"
) -> list[Submission]:
    """Letters of 小麦 to 小禾, the ledger's yes of both for publication with them."""
    now = clock.now()
    people = [cast.person("xiaomai"), cast.person("xiaohe")]
    staff = cast.person("teacher_ht").id
    unit = cast.unit("ht-class").id
    with transaction() as current:
        for giver in (Giver.GUARDIAN, Giver.STUDENT):
            how = How.PAPER if giver is Giver.GUARDIAN else How.ON_SCREEN
            consent.say_yes(
                [person.id for person in people], Purpose.PUBLICATION, Origin(giver, how), by=SYSTEM
            )
        for person in people:
            if current.get(PenName, person.id) is None:
                current.add(PenName(person_id=person.id, name=PEN_NAMES[person.login_name or ""]))
        current.flush()
        last = current.scalar(sa.select(sa.func.max(Submission.id))) or 0
        ids = insert(
            Submission,
            [
                {
                    "key": f"ready-{last + number}",
                    "kind": PieceKind.LETTER,
                    "programme_id": cast.pair().programme_id,
                    "author_id": people[0].id,
                    "pair_id": cast.pair().id,
                    "unit_id": cast.unit("ht-school").id,
                    "title": f"{title}{number}" if number else title,
                    "state": S.WITH_EDITOR,
                }
                for number in range(count)
            ],
        )
        words = {"body": body, "body_html": str(html.plain(body))}
        parts = insert(
            SubmissionPart,
            [
                {
                    "submission_id": one,
                    "revision": 1,
                    "author_id": people[0].id,
                    "source_kind": "letter",
                    "source_id": 1,
                    "frozen_at": now,
                    **words,
                }
                for one in ids
            ],
        )
        parties = insert(
            SubmissionParty,
            [
                {"submission_id": one, "person_id": person.id, "stands_as": stands_as}
                for one in ids
                for person, stands_as in zip(people, (PartyAs.AUTHOR, PartyAs.PARTNER), strict=True)
            ],
        )
        insert(
            SubmissionAnswer,
            [
                {
                    "party_id": party,
                    "giver": giver,
                    "revision": 1,
                    "answer": Answer.YES,
                    "how": How.ON_SCREEN if giver is Giver.STUDENT else How.PAPER,
                }
                for party in parties
                for giver in (Giver.STUDENT, Giver.GUARDIAN)
            ],
        )
        insert(
            ReviewStation,
            [
                {
                    "submission_id": one,
                    "revision": 1,
                    "round": 1,
                    "level": Level.CLASS,
                    "unit_id": unit,
                    "begun_at": now,
                    "decision": Decision.APPROVED,
                    "decided_by_id": staff,
                    "decided_at": now,
                }
                for one in ids
            ],
        )
        titles = dict(
            current.execute(
                sa.select(Submission.id, Submission.title).where(Submission.id.in_(ids))
            ).all()
        )
        versions = insert(
            PieceVersion,
            [
                {
                    "submission_id": one,
                    "revision": 1,
                    "number": 0,
                    "title": titles[one],
                    "accepted_at": now,
                }
                for one in ids
            ],
        )
        insert(
            VersionText,
            [
                {"version_id": version, "part_id": part, **words}
                for version, part in zip(versions, parts, strict=True)
            ],
        )
        for one, version in zip(ids, versions, strict=True):
            current.execute(
                sa.update(Submission)
                .where(Submission.id == one)
                .values(state=state, version_id=version),
                execution_options={"synchronize_session": False},
            )
    return [session().get_one(Submission, one) for one in ids]


def planned(cast: Cast, count: int = 2) -> ColumnIssue:
    """An issue with so many pieces, the first its lead."""
    issue = services.plan(programme(), by=cast.actor("editor"))
    for piece in pieces(cast, count):
        services.put(issue, piece, by=cast.actor("editor"))
    return issue


def signed(cast: Cast, count: int = 2) -> ColumnIssue:
    """Signed off for this very moment."""
    issue = planned(cast, count)
    signing.sign_off(issue, clock.now(), by=cast.actor("editor"))
    return issue


def move(piece: Submission, state: S) -> None:
    """What the machine would do, without asking whether it may."""
    with transaction() as current:
        current.execute(
            sa.update(Submission).where(Submission.id == piece.id).values(state=state),
            execution_options={"synchronize_session": False},
        )


def unsay(piece: Submission) -> None:
    """As if no guardian had ever answered for this piece."""
    parties = sa.select(SubmissionParty.id).where(SubmissionParty.submission_id == piece.id)
    with transaction() as current:
        current.execute(
            sa.delete(SubmissionAnswer).where(
                SubmissionAnswer.party_id.in_(parties),
                SubmissionAnswer.giver == Giver.GUARDIAN,
            ),
            execution_options={"synchronize_session": False},
        )
