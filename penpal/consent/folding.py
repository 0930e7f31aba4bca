"""Two records of one child become one: the answers that only the one has go to the other, a later no before all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.consent import queries, services
from penpal.consent.models import Consent, Giver, Purpose, Refusal, SignedPaper
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, session, transaction


def carry_over(folded: Person, kept: Person, *, by: Actor) -> None:
    """Give the kept record what only the other one has. The caller has authorized and holds both.

    A yes goes along unless the kept record holds a no of that day or later; a no of the other record
    ends an earlier yes of the kept one. Signed papers go along with the answers that they prove.
    """
    with transaction() as current:
        yes: list[Purpose] = []
        no: list[Purpose] = []
        for purpose in Purpose:
            for giver in Giver:
                if _carry_yes(folded, kept, purpose, giver):
                    yes.append(purpose)
                elif _carry_no(folded, kept, purpose, giver):
                    no.append(purpose)
        current.execute(
            sa.update(SignedPaper)
            .where(SignedPaper.person_id == folded.id)
            .values(person_id=kept.id)
        )
        if yes:
            trail.write(kept, "carried over consent", by=by, reason=_told(yes))
        if no:
            trail.write(kept, "carried over refusal", by=by, reason=_told(no))


def would_carry(folded: Person, kept: Person) -> list[Purpose]:
    """The purposes for which a yes would go along, so that a page can say so before."""
    return [
        purpose
        for purpose in Purpose
        if any(_yes_to_carry(folded, kept, purpose, giver) is not None for giver in Giver)
    ]


def _told(purposes: Sequence[Purpose]) -> str:
    return " ".join(dict.fromkeys(purpose.value for purpose in purposes))


def _running(person: Person, purpose: Purpose, giver: Giver) -> Consent | None:
    return session().scalar(
        sa.select(Consent).where(
            Consent.person_id == person.id,
            Consent.purpose == purpose,
            Consent.giver == giver,
            Consent.withdrawn_at.is_(None),
        )
    )


def _refusal(person: Person, purpose: Purpose, giver: Giver) -> Refusal | None:
    return session().scalar(
        sa.select(Refusal).where(
            Refusal.person_id == person.id,
            Refusal.purpose == purpose,
            Refusal.giver == giver,
            Refusal.ended_at.is_(None),
        )
    )


def _yes_to_carry(folded: Person, kept: Person, purpose: Purpose, giver: Giver) -> Consent | None:
    given = _running(folded, purpose, giver)
    if given is None or _running(kept, purpose, giver) is not None:
        return None
    if queries.said_no_since(given.given_on, [kept.id], purpose, giver):
        return None
    return given


def _carry_yes(folded: Person, kept: Person, purpose: Purpose, giver: Giver) -> bool:
    given = _yes_to_carry(folded, kept, purpose, giver)
    if given is None:
        return False
    older = _refusal(kept, purpose, giver)
    if older is not None:
        older.ended_at = clock.now()
    _copy(Consent, given, kept)
    return True


def _carry_no(folded: Person, kept: Person, purpose: Purpose, giver: Giver) -> bool:
    if _running(folded, purpose, giver) is not None:
        return False
    refused, given = _refusal(folded, purpose, giver), _running(kept, purpose, giver)
    ended = False
    if given is not None:
        if not queries.said_no_since(given.given_on, [folded.id], purpose, giver):
            return False
        ended = services.end_yes(kept.id, purpose, [giver])
    if refused is not None and _refusal(kept, purpose, giver) is None:
        _copy(Refusal, refused, kept)
        return True
    return ended


def _copy(model: type[Model], row: Model, kept: Person) -> None:
    """The same answer, with its author and its day, on the record that stays."""
    values: dict[str, Any] = {
        attribute.key: getattr(row, attribute.key)
        for attribute in sa.inspect(model).column_attrs
        if attribute.key not in ("id", "person_id")
    }
    session().add(model(person_id=kept.id, **values))
    session().flush()
