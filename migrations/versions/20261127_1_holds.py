"""What waits because its author asked a teacher to release it."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_holds"
down_revision = "20261126_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column(
            "with_whom",
            sa.Enum(
                "teacher",
                "school_secretary",
                "above",
                name="hold_with_whom",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "released",
                "returned",
                "withdrawn",
                name="hold_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_html", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL)", name=op.f("ck_hold_settled_when")
        ),
        sa.CheckConstraint(
            "(state IN ('released', 'returned')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_hold_decided_by"),
        ),
        sa.CheckConstraint("with_whom <> 'above'", name=op.f("ck_hold_stays_in_school")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_hold_author_id_person")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["unit.id"], name=op.f("fk_hold_class_id_unit")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_hold_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_author", ["author_id"], unique=False)
        batch_op.create_index("ix_hold_item", ["kind", "item_id"], unique=False)
        batch_op.create_index(
            "ix_hold_waiting",
            ["class_id"],
            unique=False,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.create_index(
            "uq_hold_running",
            ["kind", "item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hold_running",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index(
            "ix_hold_waiting",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index("ix_hold_item")
        batch_op.drop_index("ix_hold_author")

    op.drop_table("hold")
