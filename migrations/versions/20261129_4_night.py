"""Letters that were sent in the quiet hours of a school and wait for its morning."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_night"
down_revision = "20261129_hours"
branch_labels = None
depends_on = None

_POSTED = sa.text("state = 'posted'")


def upgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deliver_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("taken_back_revision", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f("ck_letter_letter_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letter_letter_state"), "state IN ('draft', 'posted', 'delivered', 'opened')"
        )
        batch_op.drop_constraint(op.f("ck_letter_numbered_when_delivered"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letter_numbered_when_delivered"),
            "(state IN ('draft', 'posted')) = (delivered_at IS NULL) AND "
            "(delivered_at IS NULL) = (number IS NULL) AND (delivered_at IS NULL) = (sequence IS NULL)",
        )
        batch_op.create_check_constraint(
            op.f("ck_letter_posted_until"),
            "(state = 'posted') = (deliver_at IS NOT NULL) AND "
            "(state <> 'posted' OR posted_at IS NOT NULL)",
        )
        batch_op.create_index(
            "ix_letter_posted",
            ["author_id", "pair_id"],
            sqlite_where=_POSTED,
            postgresql_where=_POSTED,
        )
        batch_op.create_index(
            "ix_letter_morning", ["deliver_at"], sqlite_where=_POSTED, postgresql_where=_POSTED
        )


def downgrade() -> None:
    # What waited for a morning has no place in the table as it was: it is its author's draft again.
    op.drop_index("ix_letter_morning", "letter")
    op.drop_index("ix_letter_posted", "letter")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letter_posted_until"), type_="check")
    op.execute("UPDATE letter SET state = 'draft' WHERE state = 'posted'")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letter_letter_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letter_letter_state"), "state IN ('draft', 'delivered', 'opened')"
        )
        batch_op.drop_constraint(op.f("ck_letter_numbered_when_delivered"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letter_numbered_when_delivered"),
            "(state = 'draft') = (delivered_at IS NULL) AND (state = 'draft') = (number IS NULL) "
            "AND (state = 'draft') = (sequence IS NULL)",
        )
        for name in ("taken_back_revision", "deliver_at", "posted_at"):
            batch_op.drop_column(name)
