"""Verbs: propose, confirm and end a twinning; tie and close a pair.

The rules are those of the notice for ``pen_pals``, levels 1 to 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.kernel import access, clock, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.programmes import queries as programmes
from penpal.programmes.models import Programme, Round
from penpal.twinning import noticing, predicates, queries
from penpal.twinning.events import PairClosed, PairTied
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import (
    CLOSE,
    CONFIRM,
    END,
    PairState,
    ProposedFrom,
    TwinningState,
)


def propose(
    programme: Programme,
    *,
    supported: Unit,
    supporting: Unit,
    by: Actor,
    elsewhere_reason: str = "",
) -> Twinning:
    """Propose to tie two units. Raises ``Invalid`` naming the rule that stands against it."""
    opened = programmes.current_round(programme)
    if opened is None:
        raise Invalid(_l("这个项目还没有开始新的一轮。"))
    with transaction() as current:
        parent = _parent_for(programme, opened, supported, supporting, elsewhere_reason)
        _refuse_taken(programme, supported, supporting)
        twinning = Twinning(
            programme_id=programme.id,
            round_id=opened.id,
            parent_id=parent.id if parent else None,
            supported_id=supported.id,
            supported_level=supported.level,
            supporting_id=supporting.id,
            supporting_level=supporting.level,
            grade=supported.grade,
            elsewhere_reason=elsewhere_reason,
            proposed_by_id=by.person_id,
            proposed_from=_side_of(by, supported, supporting),
        )
        current.add(twinning)
        current.flush()
        access.authorize(by, Permission.Twinning.PROPOSE, twinning)
        trail.write(twinning, "propose", by=by, to_state=TwinningState.PROPOSED.value)
        noticing.proposed(twinning, by=by)
    return twinning


def _side_of(proposer: Actor, supported: Unit, supporting: Unit) -> ProposedFrom:
    led = predicates.sides_led(proposer, supported, supporting)
    return led.pop() if len(led) == 1 else ProposedFrom.ABOVE


def confirm(twinning: Twinning, *, by: Actor) -> None:
    """The other side agrees."""
    with transaction():
        machine.fire(CONFIRM, twinning, by=by)
        noticing.confirmed(twinning, by=by)


def end(twinning: Twinning, *, reason: str, by: Actor) -> None:
    """End a twinning under which nothing runs any more."""
    with transaction() as current:
        below = current.scalar(
            sa.select(sa.func.count())
            .select_from(Twinning)
            .where(Twinning.parent_id == twinning.id, Twinning.state != TwinningState.ENDED)
        )
        pairs = current.scalar(
            sa.select(sa.func.count())
            .select_from(Pair)
            .where(Pair.twinning_id == twinning.id, Pair.state == PairState.ACTIVE)
        )
        if below or pairs:
            raise Invalid(_l("下面还有结对没有结束，先把它们处理好。"))
        machine.fire(END, twinning, by=by, reason=reason)
        noticing.ended(twinning)


def tie(twinning: Twinning, *, supported: Person, supporting: Person, by: Actor) -> Pair:
    """Tie two students of twinned classes, or of twinned schools and one grade, one to one."""
    access.authorize(by, Permission.Pair.TIE, twinning)
    with transaction():
        _hold([supported.id, supporting.id])
        return _tie(twinning, supported=supported, supporting=supporting, by=by)


def _tie(twinning: Twinning, *, supported: Person, supporting: Person, by: Actor) -> Pair:
    with transaction() as current:
        lock(twinning)
        if twinning.state is not TwinningState.ACTIVE:
            raise Invalid(_l("这两个班的结对还没有确认。"))
        homes = _homes(supported, supporting)
        across = _crosses_classes(twinning, *homes)
        for student in (supported, supporting):
            if queries.active_pairs_of([student.id]):
                raise Invalid(
                    _l("%(name)s 已经有伙伴了。结对只能一对一。", name=student.name_for_partners)
                )
        pair = Pair(
            programme_id=twinning.programme_id,
            twinning_id=twinning.id,
            supported_student_id=supported.id,
            supporting_student_id=supporting.id,
            across_classes=across,
        )
        current.add(pair)
        current.flush()
        trail.write(pair, "tie", by=by, to_state=pair.state.value)
        noticing.tied(pair)
        announce(current, PairTied(pair.id, supported.id, supporting.id))
    return pair


def tie_chosen(class_: Unit, chosen: Mapping[int, int], *, by: Actor) -> list[Pair]:
    """Tie several students of a class at once, all or none.

    ``chosen`` maps the own student's id to the partner's. A partner from the twinned class is
    tied under the classes' twinning, one from elsewhere in the twinned school under the schools'.
    """
    if len(set(chosen.values())) < len(chosen):
        raise Invalid(_l("有一位同学被选了两次。结对只能一对一。"))
    with transaction() as current:
        _hold([*chosen, *chosen.values()])
        twinning = queries.class_twinning(class_)
        if twinning is None:
            raise Invalid(_l("这个班还没有结对班级。"))
        # Whoever ties this class's students reaches across classes for them too.
        access.authorize(by, Permission.Pair.TIE, twinning)
        homes = {
            row.person_id: row
            for row in current.scalars(
                sa.select(Enrolment).where(
                    Enrolment.person_id.in_([*chosen, *chosen.values()]), Enrolment.until.is_(None)
                )
            )
        }
        is_supported = twinning.supported_id == class_.id
        other_id = twinning.supporting_id if is_supported else twinning.supported_id
        tied = []
        for own_id, partner_id in chosen.items():
            if own_id not in homes or partner_id not in homes:
                raise Invalid(_l("两位都要是在读的学生。"))
            if homes[own_id].class_id != class_.id:
                raise Invalid(_l("两位学生要在这两个结对的班里。"))
            own, partner = homes[own_id].person, homes[partner_id].person
            within = homes[partner_id].class_id == other_id
            under = twinning if within or twinning.parent is None else twinning.parent
            supported, supporting = (own, partner) if is_supported else (partner, own)
            tied.append(_tie(under, supported=supported, supporting=supporting, by=by))
    return tied


def close(pair: Pair, *, reason: str, by: Actor) -> None:
    """Close a pair gently: both keep what they have, both are told, both can be paired anew."""
    with transaction() as current:
        machine.fire(CLOSE, pair, by=by, reason=reason, closed_on=clock.today())
        noticing.closed(pair)
        announce(
            current, PairClosed(pair.id, pair.supported_student_id, pair.supporting_student_id)
        )


def _parent_for(
    programme: Programme, opened: Round, supported: Unit, supporting: Unit, elsewhere_reason: str
) -> Twinning | None:
    """The twinning above, with the rules of this level checked on the way."""
    if supported.level is not supporting.level:
        raise Invalid(_l("只有同一级的单位才能结对。"))
    if supported.level is Level.COUNTY:
        if programmes.counterpart(programme, supported=supported, supporting=supporting) is None:
            raise Invalid(_l("对口表里这两个地方不是对口关系。"))
        return None
    if supported.level is Level.SCHOOL:
        return _county_above(programme, opened, supported, supporting, elsewhere_reason)
    if supported.level is Level.CLASS:
        if supported.closed_on is not None or supporting.closed_on is not None:
            raise Invalid(_l("关了的班不能结对。"))
        if supported.grade != supporting.grade:
            raise Invalid(_l("两个班要在同一个年级。"))
        return _required(queries.between(programme, supported, supporting, Level.SCHOOL))
    raise Invalid(_l("这一级的单位不直接结对。"))


def _county_above(
    programme: Programme, opened: Round, supported: Unit, supporting: Unit, elsewhere_reason: str
) -> Twinning:
    parent = _required(queries.above_supported(programme, supported, Level.COUNTY))
    if not supporting.is_within(parent.supporting.path):
        if programmes.counterpart(programme, supported=supported, supporting=supporting) is None:
            raise Invalid(_l("支援学校要在对口的地区里。"))
        if not elsewhere_reason.strip():
            raise Invalid(_l("支援学校不在结对的县区里，写一句原因。"))
    here, there = programmes.counted(opened, supported), programmes.counted(opened, supporting)
    if here is None or there is None:
        raise Invalid(_l("两所学校都要先报班级数和学生数。"))
    if there.classes < here.classes or there.students < here.students:
        raise Invalid(_l("支援学校的班级数和学生数都不能少于受援学校。"))
    return parent


def _required(parent: Twinning | None) -> Twinning:
    if parent is None:
        raise Invalid(_l("上一级单位还没有结对，这一级要在它下面。"))
    return parent


def _refuse_taken(programme: Programme, supported: Unit, supporting: Unit) -> None:
    taken = queries.running_of(programme, supported)
    if taken is None and supporting.level is not Level.COUNTY:
        taken = queries.running_of(programme, supporting)
    if taken is not None:
        raise Invalid(_l("其中一方已经有结对单位了。"))


def _hold(student_ids: Collection[int]) -> None:
    """Let nobody of these leave, move or be tied elsewhere until the transaction ends.

    Always in one order, so that two who tie never wait for each other.
    """
    session().execute(
        sa.select(Person.id).where(Person.id.in_(student_ids)).order_by(Person.id).with_for_update()
    ).all()


def _homes(supported: Person, supporting: Person) -> tuple[Enrolment, Enrolment]:
    found = {
        row.person_id: row
        for row in session().scalars(
            sa.select(Enrolment).where(
                Enrolment.person_id.in_([supported.id, supporting.id]), Enrolment.until.is_(None)
            )
        )
    }
    both_study = supported.kind is supporting.kind is PersonKind.STUDENT
    if not both_study or supported.id not in found or supporting.id not in found:
        raise Invalid(_l("两位都要是在读的学生。"))
    return found[supported.id], found[supporting.id]


def _crosses_classes(twinning: Twinning, here: Enrolment, there: Enrolment) -> bool:
    """Whether the pair stands outside twinned classes; raises where the twinning does not cover it."""
    if twinning.supported_level is Level.CLASS:
        if (here.class_id, there.class_id) != (twinning.supported_id, twinning.supporting_id):
            raise Invalid(_l("两位学生要在这两个结对的班里。"))
        return False
    if (here.school_id, there.school_id) != (twinning.supported_id, twinning.supporting_id):
        raise Invalid(_l("两位学生要在这两所结对的学校里。"))
    if here.class_.grade != there.class_.grade:
        raise Invalid(_l("两位学生要在同一个年级。"))
    return True
