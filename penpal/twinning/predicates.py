"""Small facts about who has to do with a pair or a twinning."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, RoleGrant
from penpal.accounts.predicates import (
    SCHOOL_STAFF,
    SECRETARIES,
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
    holds_over,
)
from penpal.kernel import clock
from penpal.kernel.access import Actor, fact
from penpal.places.models import Unit
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import PairState, ProposedFrom


@fact(_l("自己的结对"), STUDENT, WAITING_STUDENT)
def is_member(actor: Actor, pair: Pair) -> bool:
    return actor.person_id is not None and pair.has(actor.person_id)


@fact(_l("结对还在继续"), STUDENT, WAITING_STUDENT, *STAFF, SYSTEM)
def is_active(_actor: Actor, pair: Pair) -> bool:
    return pair.state is PairState.ACTIVE


@fact(_l("有自己负责的学生"), *SCHOOL_STAFF)
def answers_for_a_member(actor: Actor, pair: Pair) -> bool:
    """School staff of either student."""
    return any(
        holds_over(actor, path, *SCHOOL_STAFF)
        for path in (_path_of(pair.supported_student), _path_of(pair.supporting_student))
    )


@fact(_l("有一端由自己负责"), *SCHOOL_STAFF)
def answers_for_an_end(actor: Actor, twinning: Twinning) -> bool:
    """School staff over the unit at either end."""
    return any(
        holds_over(actor, unit.path, *SCHOOL_STAFF)
        for unit in (twinning.supported, twinning.supporting)
    )


@fact(_l("有一端归自己管"), *SECRETARIES)
def leads_above_an_end(actor: Actor, twinning: Twinning) -> bool:
    """A league secretary over either end: the level at which twinnings are made and ended."""
    return any(
        holds_over(actor, unit.path, *SECRETARIES)
        for unit in (twinning.supported, twinning.supporting)
    )


@fact(_l("不是只管提出的那一边"), *SECRETARIES)
def speaks_for_the_other_side(actor: Actor, twinning: Twinning) -> bool:
    """Both sides have a say: whoever leads the proposing side alone does not confirm.

    What was proposed from a place that leads both sides may be confirmed from either. Where nobody
    can tell the side any more, whoever leads both does, and never who proposed it.
    """
    led = sides_led(actor, twinning.supported, twinning.supporting)
    side = proposing_side(twinning)
    if side is None:
        return len(led) == len(_SIDES) and actor.person_id != twinning.proposed_by_id
    return led != {side}


def proposing_side(twinning: Twinning) -> ProposedFrom | None:
    """Where a twinning was proposed from; None where its proposer led neither side, as far as is known.

    Rows from before sides were kept say "above" of everybody whose office could not be told: what a
    person proposed is asked of the offices that they held on that day.
    """
    if twinning.proposed_from is not ProposedFrom.ABOVE or twinning.proposed_by is None:
        return twinning.proposed_from
    tops = tuple(
        grant.unit.path
        for grant in twinning.proposed_by.grants
        if grant.role.value in SECRETARIES and _held_at(grant, twinning.proposed_at)
    )
    led = [side for side, unit in _ends(twinning).items() if unit.path.startswith(tops)]
    if len(led) == len(_SIDES):
        return ProposedFrom.ABOVE
    return led[0] if led else None


def _held_at(grant: RoleGrant, moment: datetime) -> bool:
    """What ended in the course of a day has no part in that day any more: its moment tells."""
    ended_later = grant.ended_at is not None and grant.ended_at >= moment
    day = clock.local(moment).date()
    return grant.holds_on(day) or (ended_later and grant.since <= day)


_SIDES = (ProposedFrom.SUPPORTED, ProposedFrom.SUPPORTING)


def _ends(twinning: Twinning) -> dict[ProposedFrom, Unit]:
    return dict(zip(_SIDES, (twinning.supported, twinning.supporting), strict=True))


def sides_led(actor: Actor, supported: Unit, supporting: Unit) -> set[ProposedFrom]:
    """The sides that an actor leads; both of them for whoever stands above both."""
    ends = zip(_SIDES, (supported, supporting), strict=True)
    return {side for side, unit in ends if holds_over(actor, unit.path, *SECRETARIES)}


def _path_of(student: Person) -> str:
    running = [row for row in student.enrolments if row.until is None]
    return running[0].class_.path if running else ""
