"""The ledger as people read it: for each purpose who said what, and whose answer is still missing.

It says of people in memory what ``queries.holds`` says in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from penpal.accounts import queries as people
from penpal.accounts.models import Enrolment, Person
from penpal.consent import queries, wording
from penpal.consent.models import Consent, Giver, GuardianLink, Purpose, Refusal
from penpal.consent.needs import OWN_CONSENT, needed
from penpal.kernel import clock
from penpal.places.models import Unit


class Standing(StrEnum):
    """Where one giver's answer to one purpose stands."""

    YES = "yes"
    AGAIN = "again"
    """A yes to words that no longer suffice."""
    NO = "no"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


@dataclass(frozen=True)
class Answer:
    """What one giver said last; ``is_needed`` says whether it counts at the child's age."""

    giver: Giver
    standing: Standing
    is_needed: bool
    consent: Consent | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class PurposeState:
    """One purpose for one child."""

    purpose: Purpose
    answers: Mapping[Giver, Answer]

    @property
    def missing(self) -> list[Giver]:
        return [a.giver for a in self.answers.values() if a.is_needed and a.standing != "yes"]

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def sums_up_to(self) -> str:
        """One word for a table: yes, no, again, or whose answer is missing."""
        lacking = self.missing
        if not lacking:
            return "yes"
        stand = {self.answers[giver].standing for giver in lacking}
        if Standing.NO in stand or Standing.WITHDRAWN in stand:
            return "no"
        if Standing.AGAIN in stand:
            return "again"
        return "both" if len(lacking) == len(Giver) else lacking[0].value

    @property
    def guardian(self) -> Answer:
        return self.answers[Giver.GUARDIAN]

    @property
    def student(self) -> Answer:
        return self.answers[Giver.STUDENT]


States = Mapping[Purpose, PurposeState]


def of_people(persons: Sequence[Person]) -> dict[int, States]:
    """All purposes of all these children, in two queries."""
    ids = [person.id for person in persons]
    last: dict[tuple[int, Purpose, Giver], Consent] = {}
    for given in queries.of_all(ids):
        key = (given.person_id, given.purpose, given.giver)
        # Newest first; one that runs stands before any that was taken back.
        if key not in last or (last[key].withdrawn_at and not given.withdrawn_at):
            last[key] = given
    said_no = {(no.person_id, no.purpose, no.giver): no for no in queries.refusals_of(ids)}
    today = clock.today()
    too_old = {purpose: wording.outdated(purpose, today) for purpose in Purpose}
    found: dict[int, States] = {}
    for person in persons:
        states = {}
        for purpose in Purpose:
            asked = needed(purpose, person.age_on(today))
            answers = {}
            for giver in Giver:
                key = (person.id, purpose, giver)
                consent, refusal = last.get(key), said_no.get(key)
                standing = _standing(consent, refusal, too_old[purpose])
                answers[giver] = Answer(giver, standing, giver in asked, consent, refusal)
            states[purpose] = PurposeState(purpose, answers)
        found[person.id] = states
    return found


def _standing(consent: Consent | None, refusal: Refusal | None, too_old: Sequence[str]) -> Standing:
    if consent is not None and consent.withdrawn_at is None:
        return Standing.AGAIN if consent.wording in too_old else Standing.YES
    if refusal is not None:
        return Standing.NO
    return Standing.OPEN if consent is None else Standing.WITHDRAWN


def of_person(person: Person) -> States:
    return of_people([person])[person.id]


def stood_firm(states: States, purposes: Collection[Purpose]) -> list[PurposeState]:
    """Where a guardian's no, or a yes that was taken back, still stands after a paper was recorded.

    It came after the paper was signed: what was recorded last is not always what was said last.
    """
    return [
        states[purpose]
        for purpose in Purpose
        if purpose in purposes
        and states[purpose].guardian.standing in (Standing.NO, Standing.WITHDRAWN)
    ]


def left_out(students: Sequence[Person], purposes: Collection[Purpose]) -> list[int]:
    """For whom something stood firm when the papers of these children were recorded."""
    states = of_people(students)
    return [one.id for one in students if stood_firm(states[one.id], purposes)]


def guardians_purposes(person: Person) -> list[Purpose]:
    """What a guardian has a say in at the child's age."""
    age = person.age_on(clock.today())
    return [purpose for purpose in Purpose if Giver.GUARDIAN in needed(purpose, age)]


@dataclass(frozen=True)
class Row:
    """A student in the table of a class."""

    person: Person
    number: str
    states: States
    link: GuardianLink | None
    asked_from: date | None
    """The day from which the student answers for taking part, where it comes within two months."""

    def lacks(self, purpose: Purpose | None) -> bool:
        looked_at = [purpose] if purpose else list(Purpose)
        return any(not self.states[one].complete for one in looked_at)


@dataclass(frozen=True)
class ClassTable:
    class_: Unit
    rows: Sequence[Row]

    @property
    def missing(self) -> dict[Purpose, int]:
        """How many are incomplete, by purpose."""
        counted: dict[Purpose, int] = defaultdict(int)
        for row in self.rows:
            for purpose, state in row.states.items():
                counted[purpose] += not state.complete
        return counted

    @property
    def soon(self) -> list[Row]:
        return [row for row in self.rows if row.asked_from]


def of_class(class_: Unit) -> ClassTable:
    enrolments: list[Enrolment] = people.students_of(class_.id)
    states = of_people([row.person for row in enrolments])
    links = queries.open_links([row.person_id for row in enrolments])
    return ClassTable(
        class_,
        [
            Row(
                row.person,
                row.student_number,
                states[row.person_id],
                links.get(row.person_id),
                _asked_from(row.person),
            )
            for row in enrolments
        ],
    )


def _asked_from(person: Person) -> date | None:
    """The first of the month after the fourteenth birthday, when that is one of the next two."""
    if person.birth_year is None or person.birth_month is None:
        return None
    today = clock.today()
    turns = (person.birth_year + OWN_CONSENT) * 12 + person.birth_month
    if not 0 < turns + 1 - (today.year * 12 + today.month) <= 2:
        return None
    year, month = divmod(turns, 12)
    return date(year, month + 1, 1)
