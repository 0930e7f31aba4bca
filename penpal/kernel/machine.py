"""The only writer of ``state``: one table of moves per thing that has a life, each change on the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm.attributes import set_committed_value

from penpal.kernel import access, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, identity_of, session
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted

_firing: ContextVar[bool] = ContextVar("firing", default=False)


@dataclass(frozen=True)
class Move:
    """One way from a set of states to another, and the permission it takes."""

    name: str
    sources: frozenset[Enum]
    target: Enum
    permission: Enum
    needs_reason: bool = False


def move(
    name: str,
    sources: Sequence[Enum],
    target: Enum,
    permission: Enum,
    *,
    needs_reason: bool = False,
) -> Move:
    """A line of a table of moves."""
    return Move(name, frozenset(sources), target, permission, needs_reason)


def table_of(model: type[Model]) -> tuple[Move, ...]:
    moves: tuple[Move, ...] = model.moves  # type: ignore[attr-defined]
    return moves


def fire(step: Move, record: Model, *, by: Actor, reason: str = "", **also: Any) -> None:
    """Move one record, together with columns that change in the same breath (``also``).

    The update is conditional on the state still being one of the sources, so of two who fire
    at once exactly one succeeds. Raises ``NotPermitted``, ``Invalid`` (a reason is missing) or
    ``IllegalMove`` (the state has moved on).
    """
    model = type(record)
    if step not in table_of(model):
        raise LookupError(f"{step.name} is no move of {model.__name__}")
    access.authorize(by, step.permission, record)
    if step.needs_reason and not reason.strip():
        raise Invalid(fields={"reason": Invalid.message})
    before = record.state  # type: ignore[attr-defined]
    key = identity_of(record)
    session().flush()
    changed = session().execute(
        sa.update(model)
        .where(model.id == key, model.state == before, model.state.in_(step.sources))  # type: ignore[attr-defined]
        .values(state=step.target, **also),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise IllegalMove
    for name, value in {"state": step.target, **also}.items():
        set_committed_value(record, name, value)
    trail.write(
        record, step.name, by=by, reason=reason, from_state=before.value, to_state=step.target.value
    )


def fire_many(
    step: Move,
    model: type[Model],
    keys: Sequence[int],
    *,
    by: Actor,
    reason: str = "",
    **also: Any,
) -> int:
    """Move many records at once, set-wise; those in another state are left alone. Returns how many moved.

    Only the system may: nobody's permission is asked record by record. ``also`` are columns that change
    in the same breath, each to one value or to what SQL makes of the row.
    """
    if by.kind != "system":
        raise NotPermitted
    moved = 0
    for source in sorted(step.sources, key=lambda state: str(state.value)):
        for start in range(0, len(keys), 500):
            moved += _fire_batch(
                step, model, keys[start : start + 500], source, by=by, reason=reason, also=also
            )
    return moved


def _fire_batch(
    step: Move,
    model: type[Model],
    keys: Sequence[int],
    source: Enum,
    *,
    by: Actor,
    reason: str,
    also: dict[str, Any],
) -> int:
    moved = session().scalars(
        sa.update(model)
        .where(model.id.in_(keys), model.state == source)  # type: ignore[attr-defined]
        .values(state=step.target, **also)
        .returning(model.id),  # type: ignore[attr-defined]
        execution_options={"synchronize_session": False},
    )
    return trail.write_many(
        model,
        [(key, step.name) for key in moved],
        by=by,
        reason=reason,
        from_state=source.value,
        to_state=step.target.value,
    )


def open_to(actor: Actor, record: Model) -> list[Move]:
    """The moves this actor could make now: what a page turns into buttons."""
    state = record.state  # type: ignore[attr-defined]
    return [
        step
        for step in table_of(type(record))
        if state in step.sources and access.may(actor, step.permission, record)
    ]


@contextmanager
def beginning() -> Iterator[None]:
    """Let a constructor give a first state other than the default: for loading what already has a history."""
    token = _firing.set(True)
    try:
        yield
    finally:
        _firing.reset(token)


def guard(model: type[Model]) -> None:
    """Refuse any assignment to ``model.state`` outside this module."""

    def refuse(_target: object, _value: object, _old: object, _initiator: object) -> None:
        if not _firing.get():
            raise RuntimeError(f"{model.__name__}.state is written by the machine alone")

    event.listen(model.state, "set", refuse)  # type: ignore[attr-defined]
