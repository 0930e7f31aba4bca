"""The chains of the trail: one for each school, each link with the hash of the one before it.

A link's hash is SHA-256, in hexadecimal, over the UTF-8 bytes of a JSON array without spaces, all
characters beyond ASCII escaped:

    [hash before, school, number, id, at, actor kind, actor id, subject kind, subject id, move,
     from state, to state, reason]

The hash before the first link is 64 zeros. ``at`` is ISO 8601 in UTC with six digits of a second.
Whoever holds the last hash of a chain can show that nothing before it was changed or taken away.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from penpal.kernel import db, trail
from penpal.kernel.db import session
from penpal.kernel.trail import UNLINKED, TrailEntry, TrailHead, TrailLink

NO_SCHOOL = 0
"""The chain of acts that concern no school."""
BEGINNING = "0" * 64

Subject = tuple[str, int]
Resolver = Callable[[Collection[Subject]], Mapping[Subject, Collection[int]]]
"""Answers for things, named by kind and number, in which schools they are at home."""

_BATCH = 1000
_columns: Sequence[Any] = tuple(sa.inspect(TrailEntry).columns)
_resolvers: list[Resolver] = []


def grow(schools_of: Resolver) -> None:
    """Link acts at the end of each transaction, to the schools that a floor above tells."""
    _resolvers[:] = [schools_of]
    db.before_commit(_link)


def digest(before: str, school_id: int, number: int, entry: Any) -> str:
    """The hash of a link, from the one before it and all columns of the act."""
    told = [
        before,
        school_id,
        number,
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.subject_kind,
        entry.subject_id,
        entry.move,
        entry.from_state,
        entry.to_state,
        entry.reason,
    ]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def _link(current: Session) -> None:
    """Tie what this transaction wrote to the ends of the chains, in the order in which it was written."""
    written = trail.take_written()
    if not written:
        return
    entries = _entries(current, sorted(written))
    at_home = _resolvers[0]({(entry.subject_kind, entry.subject_id) for entry in entries})
    chains: defaultdict[int, list[Any]] = defaultdict(list)
    for entry in entries:
        schools = written[entry.id] | set(at_home.get((entry.subject_kind, entry.subject_id), ()))
        for school_id in schools or {NO_SCHOOL}:
            chains[school_id].append(entry)
    links, ends = [], []
    for head in _held(current, sorted(chains)):
        number, before = head.number, head.hash
        for entry in chains[head.school_id]:
            number += 1
            before = digest(before, head.school_id, number, entry)
            links.append((head.school_id, number, entry.id, before))
        ends.append({"its_school": head.school_id, "its_number": number, "its_hash": before})
    names = ("school_id", "number", "entry_id", "hash")
    current.execute(sa.insert(TrailLink), [dict(zip(names, link, strict=True)) for link in links])
    current.connection().execute(
        sa.update(TrailHead)
        .where(TrailHead.school_id == sa.bindparam("its_school"))
        .values(number=sa.bindparam("its_number"), hash=sa.bindparam("its_hash")),
        ends,
    )


def _entries(current: Session, ids: Sequence[int]) -> list[Any]:
    """Rows as the database holds them: what is hashed is what will be read."""
    found: list[Any] = []
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found += current.execute(
            sa.select(*_columns).where(TrailEntry.id.in_(batch)).order_by(TrailEntry.id)
        )
    return found


def _held(current: Session, school_ids: Sequence[int]) -> Iterator[Any]:
    """The ends of these chains, each held until the transaction ends; a new chain begins with none.

    Writing over a row what it holds already takes its lock, or makes it. All take their locks in the
    order of the schools, and after everything else, so no two can wait for each other.
    """
    insert = postgresql.insert if current.get_bind().dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(school_ids), _BATCH):
        batch = school_ids[start : start + _BATCH]
        statement = insert(TrailHead).values(
            [{"school_id": each, "number": 0, "hash": BEGINNING} for each in batch]
        )
        held = current.execute(
            statement.on_conflict_do_update(
                index_elements=["school_id"], set_={"number": TrailHead.number}
            ).returning(
                TrailHead.school_id.label("school_id"),
                TrailHead.number.label("number"),
                TrailHead.hash.label("hash"),
            )
        ).all()
        yield from held


# Verifying.


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as it was found: how many links, its last hash, and in words what first does not fit."""

    school_id: int
    length: int
    head: str
    trouble: str = ""


def schools() -> list[int]:
    """The schools that have a chain, or something left of one."""
    heads, links = sa.select(TrailHead.school_id), sa.select(TrailLink.school_id)
    return sorted(session().scalars(sa.union(heads, links)))


def heads() -> list[Chain]:
    """The ends of all chains as they are written down, unproved."""
    rows = session().execute(
        sa.select(TrailHead.school_id, TrailHead.number, TrailHead.hash).order_by(
            TrailHead.school_id
        )
    )
    return [Chain(school_id, number, head) for school_id, number, head in rows]


def verify(school_id: int, *, noted: tuple[int, str] | None = None) -> Chain:
    """Compute a chain anew from its first link. It may grow meanwhile.

    ``noted`` is the length and head that somebody outside kept: the chain must have passed there.
    """
    number, before = 0, BEGINNING
    passed = noted is None or noted == (number, before)
    while True:
        links = _links(school_id, number)
        for link in links:
            trouble = ""
            if link.number != number + 1:
                trouble = f"link {number + 1} is missing"
            elif link.id is None:
                trouble = f"link {link.number} ties act {link.entry_id}, which is gone"
            elif digest(before, school_id, link.number, link) != link.hash:
                trouble = f"link {link.number} does not fit act {link.id}: one of them was changed"
            if trouble:
                return Chain(school_id, number, before, trouble)
            number, before = link.number, link.hash
            passed = passed or noted == (number, before)
        if links:
            continue
        # Read after the links and committed with them: it is never behind what was read.
        head = session().execute(
            sa.select(TrailHead.number, TrailHead.hash).where(TrailHead.school_id == school_id)
        )
        length, last = head.one_or_none() or (0, BEGINNING)
        if (length, last) == (number, before):
            break
        if length <= number or not _links(school_id, number):
            return Chain(school_id, number, before, "its end is not the one that was written down")
    trouble = "" if passed or noted is None else f"it never had the noted head at link {noted[0]}"
    return Chain(school_id, number, before, trouble)


def _links(school_id: int, after: int) -> Sequence[Any]:
    return (
        session()
        .execute(
            sa.select(TrailLink.number, TrailLink.entry_id, TrailLink.hash, *_columns)
            .outerjoin(TrailEntry, TrailEntry.id == TrailLink.entry_id)
            .where(TrailLink.school_id == school_id, TrailLink.number > after)
            .order_by(TrailLink.number)
            .limit(_BATCH)
        )
        .all()
    )


def unlinked() -> tuple[int, int | None]:
    """How many acts that belong into a chain stand in none, and the first of them."""
    linked = sa.exists().where(TrailLink.entry_id == TrailEntry.id)
    found = session().execute(
        sa.select(sa.func.count(), sa.func.min(TrailEntry.id)).where(
            TrailEntry.actor_kind != UNLINKED, ~linked
        )
    )
    count, first = found.one()
    return count, first
