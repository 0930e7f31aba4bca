"""Verbs of a guardian's link to one piece: made by the child's teacher, answered once, by whoever knows the number."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from penpal.accounts import codes
from penpal.accounts.models import Enrolment
from penpal.config import Settings
from penpal.consent import ledger, one_time, wording
from penpal.consent.links import SOMEBODY, put_on_file
from penpal.consent.models import Giver, GuardianLink, How, Purpose, Relation
from penpal.consent.services import Origin
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.publishing.pieces import clearance, freezing, leaving, withdrawing
from penpal.publishing.pieces.models import (
    Answer,
    Submission,
    SubmissionAnswer,
    SubmissionLink,
    SubmissionParty,
)
from penpal.publishing.pieces.states import LIVE, SubmissionState

_KIND = "piece"
_STILL_TO_WITHDRAW = timedelta(days=366)
"""So long a link that was answered can take the yes back."""
_RUNNING = (*LIVE, SubmissionState.PUBLISHED)


@dataclass(frozen=True)
class Asked:
    """What a guardian is asked: the piece, its photos, and what the ledger lacks of theirs."""

    name: str
    school: str
    class_: str
    has_photos: bool
    purposes: Sequence[Purpose]


@dataclass(frozen=True)
class Said:
    """A guardian's answers, as they were typed."""

    piece: bool | None
    with_photos: bool
    purposes: Mapping[Purpose, bool]
    name: str
    relation: Relation | None
    confirmed: bool
    version: str


def make(party: SubmissionParty, *, settings: Settings, by: Actor) -> SubmissionLink:
    """A new link for the guardian of one child in a piece; the one before ends.

    Raises ``IllegalMove`` where nothing is asked any more.
    """
    access.authorize(by, Permission.Submission.ASK_GUARDIAN, party.person)
    submission = party.submission
    if submission.state not in LIVE or submission.state is SubmissionState.ASKING:
        raise IllegalMove
    with transaction() as current:
        lock(submission)
        _end_open(party)
        nonce = codes.fresh_nonce()
        link = SubmissionLink(
            party=party,
            revision=submission.revision,
            nonce=nonce,
            code_hash=one_time.fingerprint(
                settings, _KIND, one_time.derived(settings, _KIND, party.id, nonce)
            ),
            made_by_id=by.person_id,
            expires_at=clock.now() + one_time.GOOD_FOR,
        )
        current.add(link)
        current.flush()
        trail.write(submission, "made piece link", by=by, reason=str(party.person_id))
    return link


def end(party: SubmissionParty, *, by: Actor) -> None:
    """Make a link worthless that was given to the wrong person."""
    access.authorize(by, Permission.Submission.ASK_GUARDIAN, party.person)
    with transaction():
        if _end_open(party):
            trail.write(party.submission, "ended piece link", by=by, reason=str(party.person_id))


def _end_open(party: SubmissionParty) -> bool:
    ended = session().execute(
        sa.update(SubmissionLink)
        .where(
            SubmissionLink.party_id == party.id,
            SubmissionLink.used_at.is_(None),
            SubmissionLink.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def open_of(submission: Submission) -> dict[int, SubmissionLink]:
    """The link of each party that can still be answered."""
    found = session().scalars(
        sa.select(SubmissionLink)
        .join(SubmissionParty, SubmissionParty.id == SubmissionLink.party_id)
        .where(
            SubmissionParty.submission_id == submission.id,
            SubmissionLink.revision == submission.revision,
            SubmissionLink.used_at.is_(None),
            SubmissionLink.ended_at.is_(None),
            SubmissionLink.expires_at > clock.now(),
        )
    )
    return {link.party_id: link for link in found}


def code_of(link: SubmissionLink, *, settings: Settings) -> str:
    """The code as it stands in the address; made again from the key whenever it is printed."""
    return one_time.derived(settings, _KIND, link.party_id, link.nonce)


def find(code: str, *, settings: Settings) -> SubmissionLink | None:
    """The link of a code as long as it opens anything: to be answered, or to take back what was said."""
    link = session().scalar(
        sa.select(SubmissionLink).where(
            SubmissionLink.code_hash == one_time.typed_fingerprint(settings, _KIND, code)
        )
    )
    return link if link is not None and (can_answer(link) or can_withdraw(link)) else None


def can_answer(link: SubmissionLink) -> bool:
    submission = link.party.submission
    return submission.state in LIVE and access.may(
        SOMEBODY, Permission.Submission.ANSWER_AS_GUARDIAN, link
    )


def can_withdraw(link: SubmissionLink) -> bool:
    """It said yes once, and the piece is on its way or in print."""
    return (
        link.used_at is not None
        and link.ended_at is None
        and link.used_at > clock.now() - _STILL_TO_WITHDRAW
        and link.party.submission.state in _RUNNING
    )


def recognise(link: SubmissionLink, number: str) -> Asked:
    """What is asked, for whoever knows the student number.

    Raises ``Invalid`` for the field ``number``; each wrong one counts, and the tenth ends the link.
    """
    enrolment = session().scalar(
        sa.select(Enrolment).where(
            Enrolment.person_id == link.party.person_id, Enrolment.until.is_(None)
        )
    )
    may_try = one_time.take_try(SubmissionLink, link.id)
    if not may_try or enrolment is None or not one_time.same(enrolment.student_number, number):
        # One that was answered is still a way to withdraw, and ends as well.
        one_time.end_where_spent(SubmissionLink, link.id)
        raise Invalid(fields={"number": "number_wrong"})
    one_time.give_try_back(SubmissionLink, link.id)
    party = link.party
    return Asked(
        enrolment.person.name,
        enrolment.school.name,
        enrolment.class_.name,
        bool(clearance.with_printed_photos([party.submission_id])),
        purposes_lacking(party),
    )


def purposes_lacking(party: SubmissionParty) -> list[Purpose]:
    """What the ledger lacks of a guardian for this piece."""
    needed = [Purpose.PUBLICATION]
    if clearance.with_printed_photos([party.submission_id]):
        needed.append(Purpose.PHOTOS)
    if party.wants_real_name:
        needed.append(Purpose.REAL_NAME)
    states = ledger.of_person(party.person)
    return [one for one in needed if Giver.GUARDIAN in states[one].missing]


def answer(link: SubmissionLink, *, number: str, said: Said) -> None:
    """A guardian's answer, once. A no ends the piece; a no to publication at large ends it as well.

    Raises ``Invalid`` with the label of a sentence for each field, and ``IllegalMove`` when the link
    was answered, or the piece was changed, in the meantime.
    """
    asked = recognise(link, number)
    name, unsigned = one_time.signature(said.name, said.relation, confirmed=said.confirmed)
    lacking: dict[str, object] = {}
    if said.piece is None:
        lacking["piece"] = "choose"
    # Of the purposes at large only those are asked for without which this yes would come to nothing.
    needed = {Purpose.PUBLICATION} | ({Purpose.PHOTOS} if said.with_photos else set())
    lacking |= {
        f"answer-{one}": "choose"
        for one in asked.purposes
        if one in needed and one not in said.purposes and said.piece is not False
    }
    lacking |= unsigned
    if said.version != version_of(link):
        lacking["version"] = "piece_changed"
    if lacking:
        raise Invalid(fields=lacking)
    link_id, party_id = link.id, link.party_id
    with transaction() as current:
        party = current.get_one(SubmissionParty, party_id)
        lock(party.submission)
        found = current.get_one(SubmissionLink, link_id)
        access.authorize(SOMEBODY, Permission.Submission.ANSWER_AS_GUARDIAN, found)
        one_time.use(SubmissionLink, link_id)
        agrees = bool(said.piece) and said.purposes.get(Purpose.PUBLICATION, True)
        current.add(
            SubmissionAnswer(
                party_id=party_id,
                giver=Giver.GUARDIAN,
                revision=party.submission.revision,
                answer=Answer.YES if agrees else Answer.NO,
                with_photos=said.with_photos and said.purposes.get(Purpose.PHOTOS, True),
                how=How.LINK,
                given_by=name,
                relation=said.relation,
                link_id=link_id,
            )
        )
        if said.piece:
            _keep_ledger(found, asked.purposes, said, name)
        _follow(party, agrees=agrees, with_photos=said.with_photos, by=SOMEBODY)


def version_of(link: SubmissionLink) -> str:
    """What the page showed: which words of the ledger, which copy."""
    return f"{wording.current().name}:{link.revision}"


def _follow(party: SubmissionParty, *, agrees: bool, with_photos: bool, by: Actor) -> None:
    """What an answer of a guardian brings about, in its transaction."""
    submission = party.submission
    if agrees:
        trail.write(submission, "guardian agreed to piece", by=by, reason=str(party.person_id))
    else:
        trail.write(submission, "guardian refused piece", by=by, reason=str(party.person_id))
    session().flush()
    if not agrees:
        withdrawing.withdraw(submission, by=by)
    elif not with_photos and freezing.leave_photos_out(submission):
        trail.write(submission, "leave photos out", by=by)
        leaving.tell(submission, leaving.Gone.PHOTOS, by=by)


def _keep_ledger(link: SubmissionLink, purposes: Sequence[Purpose], said: Said, name: str) -> None:
    """The purposes at large, asked on the same page, stand in the ledger as if its own link had asked."""
    answered = [one for one in purposes if one in said.purposes]
    if not answered:
        return
    student = link.party.person
    lock(student)
    asked = GuardianLink(
        person_id=student.id,
        purposes=[one.value for one in answered],
        nonce=codes.fresh_nonce(),
        # Nobody ever holds its code: the row says by which way these answers came.
        code_hash=hashlib.sha256(f"piece:{link.id}:{link.nonce}".encode()).hexdigest(),
        made_by_id=link.made_by_id,
        expires_at=clock.now(),
        used_at=clock.now(),
    )
    session().add(asked)
    session().flush()
    origin = Origin(
        Giver.GUARDIAN, How.LINK, given_by=name, relation=said.relation, link_id=asked.id
    )
    for purpose in answered:
        put_on_file(student, purpose, said.purposes[purpose], origin)


def withdraw(link: SubmissionLink, *, number: str) -> None:
    """A guardian takes their yes back by the link by which they gave it; the piece goes at once."""
    recognise(link, number)
    link_id = link.id
    with transaction() as current:
        found = current.get_one(SubmissionLink, link_id)
        if not can_withdraw(found):
            raise IllegalMove
        submission = found.party.submission
        lock(submission)
        current.add(
            SubmissionAnswer(
                party_id=found.party_id,
                giver=Giver.GUARDIAN,
                revision=submission.revision,
                answer=Answer.NO,
                how=How.LINK,
                link_id=link_id,
            )
        )
        withdrawing.withdraw(submission, by=SOMEBODY)


def record_paper(
    party: SubmissionParty, *, agrees: bool, with_photos: bool, revision: int, by: Actor
) -> None:
    """A teacher puts on record what a guardian signed about the present copy: a yes or a no."""
    access.authorize(by, Permission.Submission.ASK_GUARDIAN, party.person)
    with transaction() as current:
        submission = party.submission
        lock(submission)
        if submission.state not in LIVE or submission.revision != revision:
            raise IllegalMove
        if submission.state is SubmissionState.ASKING:
            raise IllegalMove
        current.add(
            SubmissionAnswer(
                party=party,
                giver=Giver.GUARDIAN,
                revision=revision,
                answer=Answer.YES if agrees else Answer.NO,
                with_photos=with_photos and agrees,
                how=How.PAPER,
                recorded_by_id=by.person_id,
            )
        )
        _end_open(party)
        _follow(party, agrees=agrees, with_photos=with_photos, by=by)
