"""Carrying out a plan in bulk, inside the caller's transaction: thousands of rows in seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from penpal.accounts import services as people
from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.consent import services as ledger
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places import services as places
from penpal.places.models import Kind, Unit
from penpal.rosters.planning import Change, Line, Outcome, Plan
from penpal.rosters.sheets import Progress, in_silence

_BATCH = 500
_ROWS = 1000
"""People that are added between two words on how far the writing is."""


def write(school: Unit, plan: Plan, *, by: Actor, progress: Progress = in_silence) -> None:
    """Make the classes, people and enrolments of a plan what it says, each change on the trail."""
    classes = _make_classes(school, plan)
    people_of = {line.row.line: line.student.person_id for line in plan.lines if line.student}
    added = _with(plan, Outcome.ADDED)
    for start in range(0, len(added), _ROWS):
        progress(start, len(added))
        people_of |= _add(added[start : start + _ROWS])
    steps: tuple[Callable[[], None], ...] = (
        lambda: _enrol(
            school, _with(plan, Outcome.ADDED, Outcome.MOVED), classes, people_of, by=by
        ),
        lambda: _change(plan),
        lambda: _sign(plan, people_of, by=by),
        lambda: _remember(plan, people_of, by=by),
    )
    for step in steps:
        # The last word before each of the long statements, where the work can still be called off.
        progress(len(added), len(added))
        step()
    told = " ".join(f"{outcome.value}:{plan.counts[outcome]}" for outcome in Outcome)
    trail.write(school, "imported roster", by=by, reason=told)
    # The rows above were written past the session: whatever it holds of them is old.
    session().flush()
    session().expire_all()


def _with(plan: Plan, *outcomes: Outcome) -> list[Line]:
    return [line for line in plan.lines if line.outcome in outcomes]


def _make_classes(school: Unit, plan: Plan) -> dict[str, int]:
    """The ids of the new classes, by name."""
    grades = {
        line.class_name: line.class_.grade
        for line in plan.lines
        if line.class_ is not None and line.class_id is None
    }
    return {
        name: places.add(Kind.CLASS, name, parent=school, grade=grade).id
        for name, grade in grades.items()
    }


def _add(lines: Sequence[Line]) -> dict[int, int]:
    """Insert the new people; returns their ids by the line of the file."""
    if not lines:
        return {}
    now = clock.now()
    login_names = people.free_login_names(len(lines))
    values = [
        {
            "kind": PersonKind.STUDENT,
            "login_name": login_name,
            "name": line.name,
            "display_name": "",
            "birth_year": line.birth[0] if line.birth else None,
            "birth_month": line.birth[1] if line.birth else None,
            "created_at": now,
            "is_demo": False,
        }
        for line, login_name in zip(lines, login_names, strict=True)
    ]
    inserted = session().execute(sa.insert(Person).returning(Person.login_name, Person.id), values)
    ids = {row.login_name: row.id for row in inserted}
    return {
        line.row.line: ids[login_name] for line, login_name in zip(lines, login_names, strict=True)
    }


def _enrol(
    school: Unit,
    lines: Sequence[Line],
    classes: dict[str, int],
    people_of: dict[int, int],
    *,
    by: Actor,
) -> None:
    """Begin an enrolment for each; of those who moved, the old one ends first."""
    today = clock.today()
    left = [line.student.enrolment_id for line in lines if line.student]
    for batch in _batches(left):
        session().execute(
            sa.update(Enrolment).where(Enrolment.id.in_(batch)).values(until=today),
            execution_options={"synchronize_session": False},
        )
    begun: list[dict[str, Any]] = [
        {
            "person_id": people_of[line.row.line],
            "class_id": line.class_id or classes[line.class_name],
            "school_id": school.id,
            "student_number": line.number,
            "since": today,
        }
        for line in lines
    ]
    if begun:
        session().execute(sa.insert(Enrolment), begun)
        _open(sorted({line["class_id"] for line in begun}), by=by)


def _open(class_ids: Sequence[int], *, by: Actor) -> None:
    """Whoever comes into a class that was closed opens it again."""
    closed = session().scalars(
        sa.update(Unit)
        .where(Unit.id.in_(class_ids), Unit.closed_on.is_not(None))
        .values(closed_on=None)
        .returning(Unit.id),
        execution_options={"synchronize_session": False},
    )
    trail.write_many(Unit, [(id_, "opened class again") for id_ in closed], by=by)


def _change(plan: Plan) -> None:
    """Correct names and births."""
    values: list[dict[str, Any]] = []
    for line in plan.lines:
        student = line.student
        if student and line.changes & {Change.NAME, Change.BIRTH}:
            year, month = line.birth or (student.birth_year, student.birth_month)
            values.append(
                {
                    "id": student.person_id,
                    "name": line.name,
                    "birth_year": year,
                    "birth_month": month,
                }
            )
    if values:
        session().execute(sa.update(Person), values)


def _sign(plan: Plan, people_of: dict[int, int], *, by: Actor) -> None:
    """Put the guardians' signatures on file, day by day."""
    signed: dict[date | None, list[int]] = defaultdict(list)
    for line in plan.lines:
        if Change.CONSENT in line.changes:
            signed[line.signed_on].append(people_of[line.row.line])
    for given_on, person_ids in signed.items():
        ledger.record_many(person_ids, given_on=given_on, by=by)


_ACTS = {
    Change.NAME: "corrected name",
    Change.BIRTH: "corrected birth",
    Change.CONSENT: "guardian consented",
}


def _remember(plan: Plan, people_of: dict[int, int], *, by: Actor) -> None:
    """A row on the trail for each act. Names are not told there: the trail outlives the person."""
    acts = [(people_of[line.row.line], act) for line in plan.lines for act in _acts(line)]
    trail.write_many(Person, acts, by=by)


def _acts(line: Line) -> Iterable[str]:
    if line.outcome is Outcome.ADDED:
        yield "enrolled"
    if line.outcome is Outcome.MOVED:
        yield "moved class"
    yield from (_ACTS[change] for change in sorted(line.changes))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
