"""Offices granted from above, and the side that proposed a twinning."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_offices"
down_revision = "20261125_factor"
branch_labels = None
depends_on = None

SECRETARIES = (
    "school_secretary",
    "county_secretary",
    "province_secretary",
    "corps_secretary",
    "centre_secretary",
)


def upgrade() -> None:
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deputy_for_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("end_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("guide_put_away_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_foreign_key(
            op.f("fk_role_grant_deputy_for_id_role_grant"), "role_grant", ["deputy_for_id"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_role_grant_ended_by_id_person"), "person", ["ended_by_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_role_grant_in_order"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_role_grant_in_order"),
            "until IS NULL OR until >= since OR ended_at IS NOT NULL",
        )
        batch_op.create_check_constraint(
            op.f("ck_role_grant_ended_on_a_day"), "ended_at IS NULL OR until IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_role_grant_deputy_for_a_time"), "deputy_for_id IS NULL OR until IS NOT NULL"
        )
        batch_op.create_index(op.f("ix_role_grant_deputy_for_id"), ["deputy_for_id"])

    with op.batch_alter_table("twinning", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "proposed_from",
                sa.Enum(
                    "supported",
                    "supporting",
                    "above",
                    name="proposed_from",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                server_default="above",
                nullable=False,
            )
        )
    _tell_sides()
    # From now on whoever writes the row says it.
    with op.batch_alter_table("twinning", schema=None) as batch_op:
        batch_op.alter_column(
            "proposed_from",
            existing_type=sa.String(length=32),
            existing_nullable=False,
            server_default=None,
        )


def _tell_sides() -> None:
    """What a person proposed came from the side that their offices led; what a command did, from above."""
    connection = op.get_bind()
    paths = dict(connection.execute(sa.text("SELECT id, path FROM unit")).all())
    led: dict[int, list[str]] = {}
    for person_id, role, unit_id in connection.execute(
        sa.text("SELECT person_id, role, unit_id FROM role_grant")
    ):
        if role in SECRETARIES:
            led.setdefault(person_id, []).append(paths[unit_id])
    for row in connection.execute(
        sa.text(
            "SELECT id, supported_id, supporting_id, proposed_by_id FROM twinning "
            "WHERE proposed_by_id IS NOT NULL"
        )
    ).all():
        tops = tuple(led.get(row.proposed_by_id, ()))
        here = paths[row.supported_id].startswith(tops)
        there = paths[row.supporting_id].startswith(tops)
        if here != there:
            connection.execute(
                sa.text("UPDATE twinning SET proposed_from = :side WHERE id = :id"),
                {"side": "supported" if here else "supporting", "id": row.id},
            )


def downgrade() -> None:
    with op.batch_alter_table("twinning", schema=None) as batch_op:
        batch_op.drop_column("proposed_from")
    # Without the moment of the end, what was ended before it began cannot be told.
    op.execute("DELETE FROM role_grant WHERE until < since")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_role_grant_deputy_for_id"))
        for name in ("deputy_for_a_time", "ended_on_a_day", "in_order"):
            batch_op.drop_constraint(op.f(f"ck_role_grant_{name}"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_role_grant_in_order"), "until IS NULL OR until >= since"
        )
        for name in ("deputy_for_id_role_grant", "ended_by_id_person"):
            batch_op.drop_constraint(op.f(f"fk_role_grant_{name}"), type_="foreignkey")
        for name in ("guide_put_away_at", "end_reason", "ended_by_id", "ended_at", "deputy_for_id"):
            batch_op.drop_column(name)
