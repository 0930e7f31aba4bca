"""Selects for twinning units: what waits for a word, what has no counterpart yet, and who could be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased, joinedload, selectinload

from penpal.accounts.models import Person, Role, RoleGrant
from penpal.accounts.queries import within
from penpal.kernel import machine
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.programmes import queries as programmes
from penpal.programmes.models import CounterpartRegion, Programme, UnitCount
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.states import CONFIRM, PairState, TwinningState

BELOW = {
    Role.CENTRE_SECRETARY: (Level.COUNTY,),
    Role.PROVINCE_SECRETARY: (Level.COUNTY,),
    Role.CORPS_SECRETARY: (Level.COUNTY,),
    Role.COUNTY_SECRETARY: (Level.COUNTY, Level.SCHOOL),
    Role.SCHOOL_SECRETARY: (Level.SCHOOL, Level.CLASS),
}
"""Which twinnings each office has on its list: its own, and one level down ("Who uses it")."""

PAGE = 50
MOST = 300
"""Candidates on one page; a region with more has them by county."""


@dataclass(frozen=True, slots=True)
class TwinningRow:
    """A twinning on the list, both ends with the place they lie in."""

    id: int
    supported: str
    supporting: str
    level: Level
    state: TwinningState
    may_confirm: bool


@dataclass(frozen=True)
class TwinningList:
    waiting: Sequence[TwinningRow]
    proposed: Sequence[TwinningRow]
    active: Sequence[TwinningRow]
    older: int | None
    free: Sequence[Unit]


def page(actor: Actor, programme: Programme, *, before: int | None = None) -> TwinningList:
    """What an actor's offices have to do with: what waits for them first."""
    found = _listed(actor).where(Twinning.state == TwinningState.PROPOSED).limit(MOST)
    proposed = list(session().scalars(found))
    statement = _listed(actor).where(Twinning.state == TwinningState.ACTIVE)
    if before:
        statement = statement.where(Twinning.id < before)
    active = list(session().scalars(statement.limit(PAGE + 1)))
    rows = _rows([*proposed, *active[:PAGE]], actor)
    open_ = [row for row in rows if row.state is TwinningState.PROPOSED]
    return TwinningList(
        waiting=[row for row in open_ if row.may_confirm],
        proposed=[row for row in open_ if not row.may_confirm],
        active=[row for row in rows if row.state is TwinningState.ACTIVE],
        older=active[PAGE - 1].id if len(active) > PAGE else None,
        free=without_counterpart(actor, programme),
    )


def _listed(actor: Actor) -> sa.Select[Twinning]:
    ends = []
    for role, levels in BELOW.items():
        tops = actor.tops(role)
        if tops:
            units = sa.select(Unit.id).where(within(Unit.path, tops))
            ends.append(
                sa.and_(
                    Twinning.supported_level.in_(levels),
                    sa.or_(Twinning.supported_id.in_(units), Twinning.supporting_id.in_(units)),
                )
            )
    return (
        sa.select(Twinning)
        .options(
            joinedload(Twinning.supported),
            joinedload(Twinning.supporting),
            # Who may confirm depends on what the proposer held.
            selectinload(Twinning.proposed_by)
            .selectinload(Person.grants)
            .joinedload(RoleGrant.unit),
        )
        .where(sa.or_(sa.false(), *ends))
        .order_by(Twinning.id.desc())
    )


def _rows(twinnings: Sequence[Twinning], actor: Actor) -> list[TwinningRow]:
    along = places.along(
        [unit.path for each in twinnings for unit in (each.supported, each.supporting)]
    )
    return [
        TwinningRow(
            each.id,
            name_with_place(each.supported, along),
            name_with_place(each.supporting, along),
            each.supported_level,
            each.state,
            CONFIRM in machine.open_to(actor, each),
        )
        for each in twinnings
    ]


def name_with_place(unit: Unit, along: dict[int, Unit]) -> str:
    """A unit with what it lies in, as far as it takes to tell it apart."""
    ids = places.ids_on(unit.path)
    above = [along[each].short_name or along[each].name for each in ids[1:-1] if each in along]
    return " · ".join([*above[-2:], unit.name])


def without_counterpart(actor: Actor, programme: Programme) -> list[Unit]:
    """Units one level below the actor's offices, or their own, that no running twinning holds."""
    tied = sa.exists().where(
        Twinning.programme_id == programme.id,
        Twinning.state != TwinningState.ENDED,
        sa.or_(Twinning.supported_id == Unit.id, Twinning.supporting_id == Unit.id),
    )
    wanted = [
        sa.and_(Unit.level.in_(levels), within(Unit.path, actor.tops(role)))
        for role, levels in BELOW.items()
        if actor.tops(role)
    ]
    statement = (
        sa.select(Unit)
        .where(sa.or_(sa.false(), *wanted), ~tied, Unit.closed_on.is_(None))
        .order_by(Unit.level, Unit.grade, sa.func.length(Unit.name), Unit.name)
        .limit(MOST)
    )
    return list(session().scalars(statement))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could be the counterpart, or why not; ``elsewhere`` asks for a reason."""

    unit_id: int
    name: str
    note: str
    elsewhere: bool
    objection: str


@dataclass(frozen=True)
class Candidates:
    is_supported: bool
    found: Sequence[Candidate]
    missing: str
    """What has to come first, in words; empty when there is something to choose from."""

    @property
    def open(self) -> int:
        return sum(not each.objection for each in self.found)


def candidates(unit: Unit, programme: Programme) -> Candidates:
    """Who could be twinned with a unit, by the rules of its level."""
    is_supported = _is_supported(unit, programme)
    if is_supported is None:
        return Candidates(True, (), _("这个地方不在对口表里。"))
    look = {
        Level.COUNTY: _counties,
        Level.SCHOOL: _schools,
        Level.CLASS: _classes,
    }.get(unit.level)
    if look is None:
        return Candidates(is_supported, (), _("这一级的单位不直接结对。"))
    found, missing = look(unit, programme, is_supported)
    if not missing and not found:
        missing = _("对口的地方还没有空着的单位。")
    return Candidates(is_supported, found, missing)


def _is_supported(unit: Unit, programme: Programme) -> bool | None:
    """Which side of the counterpart table a place lies on; None where it lies on neither."""
    ids = places.ids_on(unit.path)
    row = (
        session()
        .scalars(
            sa.select(CounterpartRegion)
            .where(
                CounterpartRegion.programme_id == programme.id,
                sa.or_(
                    CounterpartRegion.supported_id.in_(ids),
                    CounterpartRegion.supporting_id.in_(ids),
                ),
            )
            .limit(1)
        )
        .first()
    )
    return row.supported_id in ids if row else None


def _regions(unit: Unit, programme: Programme, is_supported: bool) -> list[str]:
    """The paths of the regions that go with the one a unit lies in."""
    ids = places.ids_on(unit.path)
    own, other = CounterpartRegion.supported_id, CounterpartRegion.supporting_id
    if not is_supported:
        own, other = other, own
    statement = (
        sa.select(Unit.path)
        .join(CounterpartRegion, other == Unit.id)
        .where(CounterpartRegion.programme_id == programme.id, own.in_(ids))
        .distinct()
    )
    return list(session().scalars(statement))


Found = tuple[list[Candidate], str]


def _counties(unit: Unit, programme: Programme, is_supported: bool) -> Found:
    units = _free(programme, Level.COUNTY, _regions(unit, programme, is_supported), is_supported)
    return [Candidate(each.id, name, "", False, "") for each, name in units], ""


def _schools(unit: Unit, programme: Programme, is_supported: bool) -> Found:
    above = _active_above(unit, programme, Level.COUNTY, is_supported)
    if not above:
        return [], _("县和县还没有结对，学校要在它下面。")
    tops = [end.path for end in above]
    units = _free(programme, Level.SCHOOL, tops, is_supported)
    if is_supported:
        # Elsewhere in the region takes a reason, so the twinned county comes first.
        near = {each.id for each, _name in units}
        around = _free(programme, Level.SCHOOL, _regions(unit, programme, True), True)
        units += [(each, name) for each, name in around if each.id not in near]
    counts = _counts(programme, [unit.id, *(each.id for each, _name in units)])
    rows = [
        Candidate(
            each.id,
            name,
            _("%(classes)s 个班，%(students)s 名学生", classes=count[0], students=count[1])
            if (count := counts.get(each.id))
            else "",
            elsewhere=not each.path.startswith(tuple(tops)),
            objection=_too_small(
                *((counts.get(unit.id), count) if is_supported else (count, counts.get(unit.id)))
            ),
        )
        for each, name in units
    ]
    return sorted(rows, key=lambda row: (bool(row.objection), row.elsewhere)), ""


def _too_small(here: tuple[int, int] | None, there: tuple[int, int] | None) -> str:
    """Why a supporting school (``there``) does not do for a supported one (``here``)."""
    if here is None or there is None:
        return _("还没有报班级数和学生数")
    if there[0] < here[0] or there[1] < here[1]:
        return _("支援学校比受援学校小")
    return ""


def _classes(unit: Unit, programme: Programme, is_supported: bool) -> Found:
    above = _active_above(unit, programme, Level.SCHOOL, is_supported)
    if not above:
        return [], _("学校和学校还没有结对，班级要在它下面。")
    units = _free(programme, Level.CLASS, [end.path for end in above], is_supported)
    return [
        Candidate(each.id, name, "", False, "" if each.grade == unit.grade else _("不在同一个年级"))
        for each, name in sorted(units, key=lambda found: found[0].grade != unit.grade)
    ], ""


def _active_above(unit: Unit, programme: Programme, level: Level, is_supported: bool) -> list[Unit]:
    """The other ends of the active twinnings of the unit of that level above this one."""
    own, other = Twinning.supported_id, Twinning.supporting_id
    if not is_supported:
        own, other = other, own
    statement = (
        sa.select(Unit)
        .join(Twinning, other == Unit.id)
        .where(
            Twinning.programme_id == programme.id,
            Twinning.state == TwinningState.ACTIVE,
            Twinning.supported_level == level,
            own.in_(places.ids_on(unit.path)),
        )
    )
    return list(session().scalars(statement))


def _free(
    programme: Programme, level: Level, tops: Sequence[str], own_is_supported: bool
) -> list[tuple[Unit, str]]:
    """Units of a level in these places that can still be twinned, with the name of what is above."""
    taken = sa.or_(Twinning.supported_id == Unit.id, Twinning.supporting_id == Unit.id)
    if level is Level.COUNTY and own_is_supported:
        # A supporting county may serve several.
        taken = Twinning.supported_id == Unit.id
    above = aliased(Unit)
    statement = (
        sa.select(Unit, above.name)
        .join(above, above.id == Unit.parent_id)
        .where(
            Unit.level == level,
            Unit.closed_on.is_(None),
            within(Unit.path, tops),
            ~sa.exists().where(
                Twinning.programme_id == programme.id, Twinning.state != TwinningState.ENDED, taken
            ),
        )
        .order_by(above.name, Unit.grade, sa.func.length(Unit.name), Unit.name)
        .limit(MOST)
    )
    return [(unit, f"{name} · {unit.name}") for unit, name in session().execute(statement)]


def _counts(programme: Programme, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    opened = programmes.current_round(programme)
    if opened is None:
        return {}
    statement = sa.select(UnitCount.unit_id, UnitCount.classes, UnitCount.students).where(
        UnitCount.round_id == opened.id, UnitCount.unit_id.in_(ids)
    )
    return {row[0]: (row[1], row[2]) for row in session().execute(statement)}


def running_below(twinning: Twinning) -> tuple[int, int]:
    """How many twinnings and pairs still run under this one: what has to end before it."""
    twinnings = session().scalar(
        sa.select(sa.func.count())
        .select_from(Twinning)
        .where(Twinning.parent_id == twinning.id, Twinning.state != TwinningState.ENDED)
    )
    pairs = session().scalar(
        sa.select(sa.func.count())
        .select_from(Pair)
        .where(Pair.twinning_id == twinning.id, Pair.state == PairState.ACTIVE)
    )
    return twinnings or 0, pairs or 0
