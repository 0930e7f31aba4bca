"""Hours of rest and of chat, and the terms of a school."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_hours"
down_revision = "20261129_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("school_hours", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("terms", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        batch_op.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("chat_on", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("chat", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_school_hours_quiet_hours"),
            "(quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from IS NULL OR "
            "(quiet_from >= 0 AND quiet_from < 1440 AND quiet_until >= 0 AND quiet_until < 1440))",
        )


def downgrade() -> None:
    with op.batch_alter_table("school_hours", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_school_hours_quiet_hours"), type_="check")
        for name in ("chat", "chat_on", "quiet_until", "quiet_from", "terms"):
            batch_op.drop_column(name)
