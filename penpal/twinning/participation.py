"""Who did something of their own, week by week, and never a word of it: rooms register, one query counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Enrolment
from penpal.kernel import clock
from penpal.kernel.db import Moment, session

WEEKS = 8


class Kind(StrEnum):
    """The three ones."""

    LETTER = "letter"
    BOOK = "book"
    THING = "thing"


_parts: dict[Kind, tuple[sa.Select[Any], ...]] = {}
_signs: dict[str, sa.Select[Any]] = {}


def part(person_id: Any, at: Any) -> sa.Select[Any]:
    """One row for each thing of somebody's own: who and when. To be narrowed with ``where``."""
    return sa.select(person_id.label("person_id"), at.label("at"))


def register(kind: Kind, *parts: sa.Select[Any]) -> None:
    """Say which things count as one kind: of all people, without order; they are narrowed to classes here."""
    _parts[kind] = parts


def also(name: str, part: sa.Select[Any]) -> None:
    """Register what is none of the three ones, and all the same a sign that somebody is not silent."""
    _signs[name] = part


def signs() -> list[sa.Select[Any]]:
    """All by which one is seen not to be silent."""
    return [*parts_of(*Kind), *_signs.values()]


def parts_of(*kinds: Kind) -> list[sa.Select[Any]]:
    """What was registered as things of these kinds."""
    return [each for kind in kinds for each in _parts.get(kind, ())]


def weeks() -> tuple[date, ...]:
    """The Mondays of the last weeks, the oldest first."""
    this = monday_of(clock.today())
    return tuple(this - timedelta(weeks=back) for back in reversed(range(WEEKS)))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def by_week(class_id: int) -> dict[int, dict[date, frozenset[Kind]]]:
    """What kinds of things each student of a class did in each of the last weeks."""
    first = datetime.combine(weeks()[0], time(), tzinfo=clock.CHINA)
    done: dict[int, dict[date, set[Kind]]] = {}
    for _class_id, person_id, at, kind in session().execute(_deeds([class_id], since=first)):
        week = monday_of(clock.local(at).date())
        done.setdefault(person_id, {}).setdefault(week, set()).add(Kind(kind))
    return {
        person_id: {week: frozenset(kinds) for week, kinds in theirs.items()}
        for person_id, theirs in done.items()
    }


def last_of(class_ids: Sequence[int]) -> dict[int, datetime]:
    """When each student of these classes did something of their own, or gave another sign, at last."""
    every: dict[str, Sequence[sa.Select[Any]]] = {kind.value: of for kind, of in _parts.items()}
    every |= {name: (part,) for name, part in _signs.items()}
    deeds = _deeds(class_ids, parts=every).subquery().c
    last = sa.type_coerce(sa.func.max(deeds["at"]), Moment)
    found = session().execute(sa.select(deeds.person_id, last).group_by(deeds.person_id))
    return {row[0]: row[1] for row in found}


def numbers(class_ids: Sequence[int], *, since: datetime) -> dict[int, dict[Kind, int]]:
    """In each class, how many students did something of each kind since then."""
    deeds = _deeds(class_ids, since=since).subquery().c
    found = session().execute(
        sa.select(deeds.class_id, deeds.kind, sa.func.count(sa.distinct(deeds.person_id))).group_by(
            deeds.class_id, deeds.kind
        )
    )
    counted: dict[int, dict[Kind, int]] = {}
    for class_id, kind, number in found:
        counted.setdefault(class_id, {})[Kind(kind)] = number
    return counted


def _deeds(
    class_ids: Sequence[int],
    *,
    since: datetime | None = None,
    parts: Mapping[str, Sequence[sa.Select[Any]]] | None = None,
) -> Any:
    """From the students of the classes to what is theirs: there are indexes that way."""
    narrowed = []
    for kind, of_kind in (_parts if parts is None else parts).items():
        for each in of_kind:
            deed = each.subquery().c
            statement = (
                sa.select(
                    Enrolment.class_id,
                    Enrolment.person_id,
                    sa.type_coerce(deed["at"], Moment).label("at"),
                    sa.cast(sa.literal(str(kind)), sa.String).label("kind"),
                )
                .join(Enrolment, Enrolment.person_id == deed.person_id)
                .where(Enrolment.class_id.in_(class_ids), Enrolment.until.is_(None))
            )
            if since is not None:
                statement = statement.where(deed["at"] >= since)
            narrowed.append(statement)
    return sa.union_all(*narrowed)
