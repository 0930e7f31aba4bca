"""The record: one chain of acts for each school."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "20261125_record"
down_revision = "20261124_rosters"
branch_labels = None
depends_on = None

_GUARDED = ("trail", "trail_link")
_BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "trail_link",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["trail.id"], name=op.f("fk_trail_link_entry_id_trail")
        ),
        sa.PrimaryKeyConstraint("school_id", "number", name=op.f("pk_trail_link")),
        sa.UniqueConstraint("entry_id", "school_id", name=op.f("uq_trail_link_entry_id_school_id")),
    )
    op.create_table(
        "trail_head",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_trail_head")),
    )
    _link_what_is_there()
    _guard()


def _guard() -> None:
    """Rows are added and never changed: the tables themselves refuse it."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _GUARDED:
            for act in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION trail_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
    )
    for table in _GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION trail_is_kept()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _GUARDED:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
    op.drop_table("trail_head")
    op.drop_table("trail_link")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TRIGGER trail_kept ON trail")
        op.execute("DROP TRIGGER trail_not_emptied ON trail")
        op.execute("DROP FUNCTION trail_is_kept()")


# What is there already gets its links, as if they had been made at the time.

_MOMENT = sa.DateTime(timezone=True)
_trail = sa.table(
    "trail",
    sa.column("id", sa.Integer),
    sa.column("at", _MOMENT),
    *(sa.column(name) for name in ("actor_kind", "actor_id", "subject_kind", "subject_id")),
    *(sa.column(name) for name in ("move", "from_state", "to_state", "reason")),
)
_link = sa.table("trail_link", *map(sa.column, ("school_id", "number", "entry_id", "hash")))
_head = sa.table("trail_head", *map(sa.column, ("school_id", "number", "hash")))

_SCHOOL = "CASE unit.level WHEN 'school' THEN unit.id WHEN 'class' THEN unit.parent_id END"
_ENDS = "JOIN unit ON unit.id IN (twinning.supported_id, twinning.supporting_id)"
_AT_HOME = {
    "person": (
        "SELECT person_id, school_id FROM enrolment WHERE until IS NULL AND person_id IN :ids "
        f"UNION SELECT person_id, {_SCHOOL} FROM role_grant JOIN unit ON unit.id = unit_id "
        "WHERE until IS NULL AND person_id IN :ids"
    ),
    "unit": f"SELECT unit.id, {_SCHOOL} FROM unit WHERE unit.id IN :ids",
    "twinning": f"SELECT twinning.id, {_SCHOOL} FROM twinning {_ENDS} WHERE twinning.id IN :ids",
    "pair": (
        f"SELECT pair.id, {_SCHOOL} FROM pair JOIN twinning ON twinning.id = twinning_id {_ENDS} "
        "WHERE pair.id IN :ids"
    ),
    "letter": (
        f"SELECT letter.id, {_SCHOOL} FROM letter JOIN pair ON pair.id = pair_id "
        f"JOIN twinning ON twinning.id = twinning_id {_ENDS} WHERE letter.id IN :ids"
    ),
    "report": (
        f"SELECT report.id, {_SCHOOL} FROM report JOIN unit ON unit.id = class_id "
        "WHERE report.addressee <> 'above' AND report.id IN :ids"
    ),
}


def _link_what_is_there() -> None:
    connection = op.get_bind()
    heads: dict[int, tuple[int, str]] = {}
    last = 0
    while True:
        entries = connection.execute(
            sa.select(_trail)
            .where(_trail.c.actor_kind.in_(["staff", "system"]), _trail.c.id > last)
            .order_by(_trail.c.id)
            .limit(_BATCH)
        ).all()
        if not entries:
            break
        last = entries[-1].id
        at_home = _schools_of(connection, entries)
        links = []
        for entry in entries:
            for school_id in sorted(at_home[entry.subject_kind, entry.subject_id] or {0}):
                number, before = heads.get(school_id, (0, "0" * 64))
                heads[school_id] = number + 1, _digest(before, school_id, number + 1, entry)
                links.append(
                    {
                        "school_id": school_id,
                        "number": number + 1,
                        "entry_id": entry.id,
                        "hash": heads[school_id][1],
                    }
                )
        connection.execute(sa.insert(_link), links)
    if heads:
        rows = [{"school_id": key, "number": n, "hash": h} for key, (n, h) in heads.items()]
        connection.execute(sa.insert(_head), rows)


def _schools_of(connection, entries) -> dict[tuple[str, int], set[int]]:
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for entry in entries:
        ids[entry.subject_kind].add(entry.subject_id)
    found: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for kind, statement in _AT_HOME.items():
        if ids[kind]:
            asked = sa.text(statement).bindparams(sa.bindparam("ids", expanding=True))
            for subject_id, school_id in connection.execute(asked, {"ids": sorted(ids[kind])}):
                if school_id is not None:
                    found[kind, subject_id].add(school_id)
    return found


def _digest(before: str, school_id: int, number: int, entry) -> str:
    """As ``kernel.chain`` describes it; a copy, so that the past does not change with the code."""
    at = entry.at.replace(tzinfo=UTC) if entry.at.tzinfo is None else entry.at.astimezone(UTC)
    told = [before, school_id, number, entry.id, at.isoformat(timespec="microseconds")]
    told += [entry.actor_kind, entry.actor_id, entry.subject_kind, entry.subject_id]
    told += [entry.move, entry.from_state, entry.to_state, entry.reason]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
