"""Rosters that are read by a job or explained by hand; headings of schools; students who move away."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_rosters"
down_revision = "20261123_keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("trouble", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("sheet", existing_type=sa.JSON(), nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_roster_upload_sealed_until_read"), "sealed IS NULL OR sheet IS NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_roster_upload_applied_once_read"), "applied_at IS NULL OR sheet IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_roster_upload_applied_is_done"), "applied_at IS NULL OR queued_at IS NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_roster_upload_asked_while_sealed"), "asked_at IS NULL OR sealed IS NOT NULL"
        )

    op.create_table(
        "roster_heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=40), nullable=False),
        sa.Column(
            "meaning",
            sa.Enum(
                "class",
                "grade",
                "number",
                "name",
                "birth",
                "consent",
                name="roster_column",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_roster_heading_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_roster_heading_school_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_heading")),
    )
    with op.batch_alter_table("roster_heading", schema=None) as batch_op:
        batch_op.create_index("uq_roster_heading", ["school_id", "folded"], unique=True)

    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_school_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("to_school_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (to_school_id IS NULL) AND (used_at IS NULL) = (used_by_id IS NULL)",
            name=op.f("ck_transfer_used_by_someone_somewhere"),
        ),
        sa.CheckConstraint("to_school_id <> from_school_id", name=op.f("ck_transfer_two_schools")),
        sa.ForeignKeyConstraint(
            ["from_school_id"], ["unit.id"], name=op.f("fk_transfer_from_school_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_transfer_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_transfer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["to_school_id"], ["unit.id"], name=op.f("fk_transfer_to_school_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"], ["person.id"], name=op.f("fk_transfer_used_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_transfer_code_hash")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_from_school", ["from_school_id"], unique=False)
        batch_op.create_index(
            "uq_transfer_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("transfer")
    op.drop_table("roster_heading")
    # What is still to be read or explained cannot be kept without the columns that hold it.
    op.execute("DELETE FROM roster_upload WHERE sheet IS NULL")
    with op.batch_alter_table("roster_upload", schema=None) as batch_op:
        for name in (
            "sealed_until_read",
            "applied_once_read",
            "applied_is_done",
            "asked_while_sealed",
        ):
            batch_op.drop_constraint(op.f(f"ck_roster_upload_{name}"), type_="check")
        batch_op.alter_column("sheet", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("asked_at")
        batch_op.drop_column("queued_at")
        batch_op.drop_column("trouble")
        batch_op.drop_column("sealed")
