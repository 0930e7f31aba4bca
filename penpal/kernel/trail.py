"""The trail: who did what to which thing, when and why. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, identity_of, notes, session

UNLINKED = "student"
"""Whose acts stand in no chain; those of staff, guardians, jobs and commands do.

Children write and open letters without waiting for each other at the end of a chain.
"""


class TrailEntry(Model):
    """One act. It names people and things by number and holds no foreign key: it outlives them all."""

    __tablename__ = "trail"
    __table_args__ = (sa.Index("ix_trail_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[int | None]
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    move: Mapped[str] = mapped_column(sa.String(32))
    from_state: Mapped[str] = mapped_column(sa.String(32), default="")
    to_state: Mapped[str] = mapped_column(sa.String(32), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")


class TrailLink(Model):
    """An act's place in the chain of one school; ``school_id`` 0 holds what concerns no school.

    ``hash`` covers the act and the hash before it (see ``chain``). An act can stand in several chains.
    """

    __tablename__ = "trail_link"
    __table_args__ = (sa.UniqueConstraint("entry_id", "school_id"),)

    school_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("trail.id"))
    hash: Mapped[str] = mapped_column(sa.String(64))


class TrailHead(Model):
    """The last link of a chain, held while the chain grows."""

    __tablename__ = "trail_head"

    school_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))


def kind_of(record: Model | type[Model]) -> str:
    """The name under which the trail knows a model: that of its table."""
    return str(record.__tablename__)


def write(
    record: Model,
    move: str,
    *,
    by: Actor,
    reason: str = "",
    from_state: str = "",
    to_state: str = "",
    schools: Collection[int] = (),
) -> None:
    """Record an act on a stored thing, in the transaction of the act itself.

    ``schools`` are those that it concerns beside the ones where the thing is found afterwards: the
    school that a student has left.
    """
    entry = TrailEntry(
        actor_kind=by.kind,
        actor_id=by.person_id,
        subject_kind=kind_of(record),
        subject_id=identity_of(record),
        move=move,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
    )
    session().add(entry)
    if by.kind != UNLINKED:
        _written().singly.append((entry, frozenset(schools)))


def write_many(
    model: type[Model],
    acts: Sequence[tuple[int, str]],
    *,
    by: Actor,
    reason: str = "",
    from_state: str = "",
    to_state: str = "",
) -> int:
    """Record acts on many things of a kind, each told as the thing's id and the move. Returns how many."""
    now = clock.now()
    rows = [
        {
            "at": now,
            "actor_kind": by.kind,
            "actor_id": by.person_id,
            "subject_kind": kind_of(model),
            "subject_id": subject_id,
            "move": move,
            "from_state": from_state,
            "to_state": to_state,
            "reason": reason,
        }
        for subject_id, move in acts
    ]
    if rows:
        ids = session().scalars(sa.insert(TrailEntry).returning(TrailEntry.id), rows).all()
        if by.kind != UNLINKED:
            _written().in_bulk.extend(ids)
    return len(rows)


def of(record: Model) -> list[TrailEntry]:
    """What happened to a thing, oldest first."""
    statement = (
        sa.select(TrailEntry)
        .where(
            TrailEntry.subject_kind == kind_of(record),
            TrailEntry.subject_id == identity_of(record),
        )
        .order_by(TrailEntry.id)
    )
    return list(session().scalars(statement))


def is_told(record: Model, move: str, *, by: Actor, since: datetime) -> bool:
    """Whether this person's act on this thing stands there since then: looking again is no new act."""
    told = sa.exists().where(
        TrailEntry.subject_kind == kind_of(record),
        TrailEntry.subject_id == identity_of(record),
        TrailEntry.move == move,
        TrailEntry.actor_id == by.person_id,
        TrailEntry.at >= since,
    )
    return bool(session().scalar(sa.select(told)))


@dataclass
class _Written:
    """Acts of this transaction that are still to be linked."""

    singly: list[tuple[TrailEntry, frozenset[int]]] = field(default_factory=list)
    in_bulk: list[int] = field(default_factory=list)


def _written() -> _Written:
    kept: _Written = notes().setdefault("trail", _Written())
    return kept


def take_written() -> dict[int, frozenset[int]]:
    """The ids of the acts of this transaction that belong into chains, with the schools that were told."""
    written: _Written | None = notes().pop("trail", None)
    if written is None:
        return {}
    session().flush()
    found: dict[int, frozenset[int]] = dict.fromkeys(written.in_bulk, frozenset())
    for entry, schools in written.singly:
        # Asked of the session, not of the row: a roster leaves thousands of rows to be read anew.
        identity = sa.inspect(entry).identity
        if identity is not None:
            found[int(identity[0])] = schools
    return found
