"""What was counted in each school, for the pages above it."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_counts"
down_revision = "20261126_pupils"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "school_count",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("taking_part", sa.Integer(), nullable=False),
        sa.Column("paired", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paired BETWEEN 0 AND students", name=op.f("ck_school_count_paired")),
        sa.CheckConstraint(
            "taking_part BETWEEN 0 AND students", name=op.f("ck_school_count_taking_part")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_school_count_school_id_unit")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_count")),
    )


def downgrade() -> None:
    op.drop_table("school_count")
