"""Two records of one child become one: what was said last on either of them stands, and of one day the no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.consent import ledger, queries, services
from penpal.consent.ledger import Answer, Standing
from penpal.consent.models import Consent, Giver, Purpose, Refusal, SignedPaper
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, session, transaction


@dataclass(frozen=True)
class Carried:
    """The purposes for which an answer of the folded record becomes one of the kept record."""

    yes: Sequence[Purpose]
    no: Sequence[Purpose]


@dataclass(frozen=True)
class _Said:
    """What one giver said to one purpose on one record."""

    answer: Answer
    taken_back: Sequence[Consent]

    @property
    def yes(self) -> Consent | None:
        return self.answer.consent if self.counts or self.is_outdated else None

    @property
    def counts(self) -> bool:
        return self.answer.standing is Standing.YES

    @property
    def is_outdated(self) -> bool:
        return self.answer.standing is Standing.AGAIN

    @property
    def no_on(self) -> date | None:
        """The day of the last no; None where a yes stands, for then that was said after it."""
        if self.yes is not None:
            return None
        moments = [row.withdrawn_at for row in self.taken_back if row.withdrawn_at]
        if self.answer.refusal is not None:
            moments.append(self.answer.refusal.refused_at)
        return clock.local(max(moments)).date() if moments else None


@dataclass(frozen=True)
class _Both:
    """One purpose and giver, on both records."""

    purpose: Purpose
    giver: Giver
    folded: _Said
    kept: _Said

    @property
    def yes_goes_along(self) -> bool:
        """A yes that counts takes the place of an outdated one, and of a no of an earlier day."""
        if self.folded.yes is None:
            return False
        if self.kept.yes is not None:
            return self.folded.counts and self.kept.is_outdated
        return self.kept.no_on is None or self.kept.no_on < self.folded.yes.given_on

    @property
    def no_goes_along(self) -> bool:
        """A no ends a yes of the same or an earlier day."""
        if self.folded.no_on is None:
            return False
        if self.kept.yes is not None:
            return self.folded.no_on >= self.kept.yes.given_on
        is_new = self.folded.answer.refusal is not None and self.kept.answer.refusal is None
        return is_new or self.kept.no_on is None


def would_carry(folded: Person, kept: Person) -> Carried:
    """What would go along, so that a page can say so before."""
    return _told(_both(folded, kept))


def carry_over(folded: Person, kept: Person, *, by: Actor) -> None:
    """Give the kept record what only the other one has. The caller has authorized and holds both.

    A yes goes along unless the kept record holds a no of that day or later; a no of the other record
    ends a yes of the kept one of that day or earlier. What was taken back goes along as such, so that
    a paper that was signed before does not bring it back. Signed papers go along too.
    """
    with transaction() as current:
        found = _both(folded, kept)
        told = _told(found)
        for both in found:
            for row in both.folded.taken_back:
                _copy(row, kept)
            if both.yes_goes_along:
                _carry_yes(both, kept)
            elif both.no_goes_along:
                _carry_no(both, kept)
        current.execute(
            sa.update(SignedPaper)
            .where(SignedPaper.person_id == folded.id)
            .values(person_id=kept.id)
        )
        if told.yes:
            trail.write(kept, "carried over consent", by=by, reason=" ".join(told.yes))
        if told.no:
            trail.write(kept, "carried over refusal", by=by, reason=" ".join(told.no))


def _both(folded: Person, kept: Person) -> list[_Both]:
    states = ledger.of_people([folded, kept])
    rows = sorted(queries.of_all([folded.id, kept.id]), key=lambda row: row.id)

    def said(person: Person, purpose: Purpose, giver: Giver) -> _Said:
        taken_back = [
            row
            for row in rows
            if (row.person_id, row.purpose, row.giver) == (person.id, purpose, giver)
            and row.withdrawn_at is not None
        ]
        return _Said(states[person.id][purpose].answers[giver], taken_back)

    return [
        _Both(purpose, giver, said(folded, purpose, giver), said(kept, purpose, giver))
        for purpose in Purpose
        for giver in Giver
    ]


def _told(found: Iterable[_Both]) -> Carried:
    yes = [both.purpose for both in found if both.yes_goes_along]
    no = [both.purpose for both in found if both.no_goes_along]
    return Carried(list(dict.fromkeys(yes)), list(dict.fromkeys(no)))


def _carry_yes(both: _Both, kept: Person) -> None:
    now = clock.now()
    if both.kept.yes is not None:
        both.kept.yes.withdrawn_at = now
    if both.kept.answer.refusal is not None:
        both.kept.answer.refusal.ended_at = now
    # The index allows one running yes: the outdated one ends in the table before the other begins.
    session().flush()
    assert both.folded.yes is not None
    _copy(both.folded.yes, kept)


def _carry_no(both: _Both, kept: Person) -> None:
    services.end_yes(kept.id, both.purpose, [both.giver])
    if both.folded.answer.refusal is not None and both.kept.answer.refusal is None:
        _copy(both.folded.answer.refusal, kept)


def _copy(row: Consent | Refusal, kept: Person) -> None:
    """The same answer, with its author and its day, on the record that stays."""
    model: type[Model] = type(row)
    values: dict[str, Any] = {
        attribute.key: getattr(row, attribute.key)
        for attribute in sa.inspect(model).column_attrs
        if attribute.key not in ("id", "person_id")
    }
    session().add(model(person_id=kept.id, **values))
    session().flush()
