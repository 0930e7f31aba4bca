"""Kind reminders of a letter that waits for its reply."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_reminders"
down_revision = "20261127_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("reminded_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["pair.id"], name=op.f("fk_reply_reminder_pair_id_pair")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reply_reminder_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reminded_by_id"], ["person.id"], name=op.f("fk_reply_reminder_reminded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_reminder")),
    )
    with op.batch_alter_table("reply_reminder", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reply_reminder_pair", ["pair_id", "person_id", "at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("reply_reminder", schema=None) as batch_op:
        batch_op.drop_index("ix_reply_reminder_pair")

    op.drop_table("reply_reminder")
