"""What tests of pieces do alike: a letter that arrived, submitting it, everybody's yes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from penpal.consent import services as consent
from penpal.consent.models import Giver, How, Purpose
from penpal.consent.services import Origin
from penpal.kernel import html
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.publishing.pieces import freezing, links, services, sources, strictness
from penpal.publishing.pieces.freezing import Copy
from penpal.publishing.pieces.models import PieceKind, Submission, SubmissionParty
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast

BODY = "小麦：\n\n你好！我家门口有一棵槐树，秋天叶子落得很慢。\n\n小禾"
ANSWER = "小禾：\n\n我们这里的白杨落得很快，一夜就光了。\n\n小麦"
LEDGER = (Purpose.PUBLICATION,)


def letter(
    cast: Cast, who: str = "xiaohe", *, key: str = "letter-of-the-tests", body: str = BODY
) -> Letter:
    return letters.send(
        cast.pair(), key=key, body=body, envelope=Envelope.SEALED, by=cast.actor(who)
    )


def opened(found: Letter, cast: Cast, who: str) -> Letter:
    letters.open_(found, by=cast.actor(who))
    return found


def mended(body: str, cast: Cast) -> dict[str, str]:
    """Every suggestion taken as it is."""
    people = [cast.person("xiaohe"), cast.person("xiaomai")]
    found = strictness.look(html.normal(body), strictness.circle_of(people))
    return {one.field: one.suggestion for one in found}


def submit(
    cast: Cast, found: Letter | None = None, *, who: str = "xiaohe", **changes: Any
) -> Submission:
    found = found or letter(cast, who)
    source = sources.find(f"letter:{found.id}", by=cast.actor(who))
    services.draw_names(source, by=cast.actor(who))
    words: dict[str, Any] = {
        "key": "key-of-the-first-piece",
        "kind": PieceKind.LETTER,
        "about": About("窗外的槐树", "seasons"),
        "copy": Copy(mended(found.body, cast)),
        "own": Own(purposes=LEDGER),
    }
    return services.submit(source, **(words | changes), by=cast.actor(who))


def say_yes(cast: Cast, piece: Submission, who: str = "xiaomai", *, own: Own | None = None) -> None:
    """A child's own yes, with everything mended that is found in a part of theirs."""
    actor = cast.actor(who)
    mends: dict[str, str] = {}
    for part in piece.current_parts():
        if part.author_id == actor.person_id and part.frozen_at is None:
            mends |= {one.field: one.suggestion for one in freezing.to_mend(part, by=actor)}
    services.agree(
        piece, revision=piece.revision, copy=Copy(mends), own=own or Own(purposes=LEDGER), by=actor
    )


def state_of(piece: Submission) -> SubmissionState:
    """Asked anew: what a test has seen once is not what stands there now."""
    session().refresh(piece)
    return piece.state


def party(cast: Cast, piece: Submission, who: str) -> SubmissionParty:
    return (
        session()
        .scalars(
            sa.select(SubmissionParty).where(
                SubmissionParty.submission_id == piece.id,
                SubmissionParty.person_id == cast.person(who).id,
            )
        )
        .one()
    )


TEACHERS = {"xiaohe": "teacher_bj", "xiaomai": "teacher_ht"}


def sign(
    cast: Cast, piece: Submission, who: str, *, agrees: bool = True, with_photos: bool = False
) -> None:
    """A guardian's signed paper about the piece, and their yes to publication at large."""
    links.record_paper(
        party(cast, piece, who),
        agrees=agrees,
        with_photos=with_photos,
        revision=piece.revision,
        by=cast.actor(TEACHERS[who]),
    )
    ledger(cast, who, Purpose.PUBLICATION)


def ledger(cast: Cast, who: str, *purposes: Purpose) -> None:
    with transaction():
        for purpose in purposes:
            consent.say_yes(
                [cast.person(who).id], purpose, Origin(Giver.GUARDIAN, How.PAPER), by=SYSTEM
            )
