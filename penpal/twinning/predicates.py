"""Small facts about who has to do with a pair or a twinning."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.accounts.predicates import (
    SCHOOL_STAFF,
    SECRETARIES,
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
    holds_over,
)
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

    What was proposed from a place that leads both sides may be confirmed from either.
    """
    return sides_led(actor, twinning.supported, twinning.supporting) != {twinning.proposed_from}


def sides_led(actor: Actor, supported: Unit, supporting: Unit) -> set[ProposedFrom]:
    """The sides that an actor leads; both of them for whoever stands above both."""
    ends = {ProposedFrom.SUPPORTED: supported, ProposedFrom.SUPPORTING: supporting}
    return {side for side, unit in ends.items() if holds_over(actor, unit.path, *SECRETARIES)}


def _path_of(student: Person) -> str:
    running = [row for row in student.enrolments if row.until is None]
    return running[0].class_.path if running else ""
