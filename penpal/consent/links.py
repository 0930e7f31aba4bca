"""Verbs of guardians' links: made for one child and some purposes, answered once, by whoever knows the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from penpal.accounts import codes
from penpal.accounts.models import Enrolment, Person
from penpal.config import Settings
from penpal.consent import ledger, one_time, queries, services, wording
from penpal.consent.models import Giver, GuardianLink, How, Purpose, Relation
from penpal.consent.predicates import GUARDIAN
from penpal.consent.services import Origin
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission

SOMEBODY = Actor(kind="guardian", display_name=GUARDIAN)
"""A guardian is no user: the trail says what they are and no number of a person."""

_KIND = "guardian"


@dataclass(frozen=True)
class Child:
    """What a guardian sees of the child once the number was right."""

    person: Person
    class_name: str
    school_name: str
    purposes: Sequence[Purpose]


def make(
    student: Person, purposes: Sequence[Purpose], *, settings: Settings, by: Actor
) -> GuardianLink:
    """A new link for a child's guardian; the one before ends.

    Raises ``Invalid`` when no purpose is left in which a guardian has a say.
    """
    access.authorize(by, Permission.Consent.INVITE, student)
    asked = [one for one in ledger.guardians_purposes(student) if one in set(purposes)]
    if not asked:
        raise Invalid
    with transaction() as current:
        lock(student)
        end_open(student.id)
        nonce = codes.fresh_nonce()
        link = GuardianLink(
            person_id=student.id,
            purposes=[purpose.value for purpose in asked],
            nonce=nonce,
            code_hash=one_time.fingerprint(
                settings, _KIND, one_time.derived(settings, _KIND, student.id, nonce)
            ),
            made_by_id=by.person_id,
            expires_at=clock.now() + one_time.GOOD_FOR,
        )
        current.add(link)
        current.flush()
        trail.write(student, "made guardian link", by=by, reason=" ".join(link.purposes))
    return link


def end(student: Person, *, by: Actor) -> None:
    """Make a link worthless that was given to the wrong person."""
    access.authorize(by, Permission.Consent.INVITE, student)
    with transaction():
        if end_open(student.id):
            trail.write(student, "ended guardian link", by=by)


def end_open(person_id: int) -> bool:
    """End what is open for a child. The caller has authorized."""
    with transaction() as current:
        ended = current.execute(
            sa.update(GuardianLink)
            .where(
                GuardianLink.person_id == person_id,
                GuardianLink.used_at.is_(None),
                GuardianLink.ended_at.is_(None),
            )
            .values(ended_at=clock.now())
        )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def prepare_forms(
    rows: Sequence[ledger.Row], purposes: Sequence[Purpose], *, settings: Settings, by: Actor
) -> int:
    """See to it that each child whose guardian has not said yes to all of these has a link for the form.

    A link that asks the same and is good for another week stays: what was printed before is still good.
    Returns how many children that is.
    """
    prepared = 0
    with transaction():
        for row in sorted(rows, key=lambda row: row.person.id):
            asked = [p for p in ledger.guardians_purposes(row.person) if p in set(purposes)]
            open_ones = [p for p in asked if row.states[p].guardian.standing != "yes"]
            if not open_ones:
                continue
            prepared += 1
            wanted = [purpose.value for purpose in open_ones]
            held = row.link
            if (
                held
                and held.purposes == wanted
                and held.expires_at > clock.now() + one_time.GOOD_FOR / 2
            ):
                continue
            make(row.person, open_ones, settings=settings, by=by)
    return prepared


def code_of(link: GuardianLink, *, settings: Settings) -> str:
    """The code as it stands in the address; made again from the key whenever it is printed."""
    return one_time.derived(settings, _KIND, link.person_id, link.nonce)


def find(code: str, *, settings: Settings) -> GuardianLink | None:
    """The link of a code, if it can still be answered."""
    link = queries.link_by(one_time.typed_fingerprint(settings, _KIND, code))
    return link if link is not None and link.is_open(clock.now()) else None


def was_answered(code: str, *, settings: Settings) -> bool:
    link = queries.link_by(one_time.typed_fingerprint(settings, _KIND, code))
    return link is not None and link.used_at is not None


def recognise(link: GuardianLink, number: str) -> Child:
    """The child of a link, for whoever knows the student number.

    Raises ``Invalid`` for the field ``number``; each wrong one counts, and the tenth ends the link.
    """
    access.authorize(SOMEBODY, Permission.Consent.ANSWER, link)
    enrolment = session().scalar(
        sa.select(Enrolment).where(Enrolment.person_id == link.person_id, Enrolment.until.is_(None))
    )
    may_try = one_time.take_try(GuardianLink, link.id)
    if not may_try or enrolment is None or not one_time.same(enrolment.student_number, number):
        one_time.end_where_spent(GuardianLink, link.id, GuardianLink.used_at.is_(None))
        raise Invalid(fields={"number": "number_wrong"})
    one_time.give_try_back(GuardianLink, link.id)
    asked = set(link.purposes)
    return Child(
        enrolment.person,
        enrolment.class_.name,
        enrolment.school.name,
        [one for one in ledger.guardians_purposes(enrolment.person) if one in asked],
    )


def answer(
    link: GuardianLink,
    *,
    number: str,
    version: str,
    answers: Mapping[Purpose, bool],
    name: str,
    relation: Relation | None,
    confirmed: bool,
) -> None:
    """A guardian's answers, all at once and once.

    Raises ``Invalid`` with the label of a sentence for each field (see the words), and
    ``IllegalMove`` when the link was answered or ended in the meantime.
    """
    child = recognise(link, number)
    said_by, unsigned = one_time.signature(name, relation, confirmed=confirmed)
    lacking: dict[str, object] = {
        f"answer-{purpose}": "choose" for purpose in child.purposes if purpose not in answers
    }
    lacking |= unsigned
    if version != wording.current().name:
        lacking["version"] = "changed"
    if lacking:
        raise Invalid(fields=lacking)
    student, asked, link_id = child.person, child.purposes, link.id
    origin = Origin(Giver.GUARDIAN, How.LINK, given_by=said_by, relation=relation, link_id=link_id)
    with transaction():
        lock(student)
        one_time.use(GuardianLink, link_id)
        for purpose in asked:
            put_on_file(student, purpose, answers[purpose], origin)


def put_on_file(student: Person, purpose: Purpose, agrees: bool, origin: Origin) -> None:
    """A guardian's yes or no to one purpose, in the caller's transaction."""
    if agrees:
        if services.say_yes([student.id], purpose, origin, by=SOMEBODY):
            trail.write(student, "guardian consented", by=SOMEBODY, reason=purpose.value)
        return
    if services.end_yes(student.id, purpose, (Giver.GUARDIAN,)):
        trail.write(student, "withdrew consent", by=SOMEBODY, reason=purpose.value)
    if services.say_no(student.id, purpose, origin, by=SOMEBODY):
        trail.write(student, "guardian refused", by=SOMEBODY, reason=purpose.value)
