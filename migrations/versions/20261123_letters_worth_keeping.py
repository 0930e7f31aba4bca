"""Paper, hand, date line and search of letters; who reads on paper, and what was printed for them."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "20261123_keeping"
down_revision = "f88839ec49a7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_role_grant_person", "role_grant", ["person_id"])
    op.create_table(
        "paper_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_paper_reader_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_paper_reader_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_paper_reader_school_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_paper_reader_set_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_reader")),
    )
    with op.batch_alter_table("paper_reader", schema=None) as batch_op:
        batch_op.create_index(
            "uq_paper_reader_running",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "printing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_printing_letter_id_letter")
        ),
        sa.ForeignKeyConstraint(
            ["printed_by_id"], ["person.id"], name=op.f("fk_printing_printed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printing")),
    )
    with op.batch_alter_table("printing", schema=None) as batch_op:
        batch_op.create_index("ix_printing_letter", ["letter_id"], unique=False)

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "paper",
                sa.Enum(
                    "green",
                    "red",
                    "grid",
                    "plain",
                    name="paper",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                server_default="green",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "hand",
                sa.Enum(
                    "kai", "song", name="hand", native_enum=False, create_constraint=True, length=32
                ),
                server_default="kai",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("lunar", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("folded", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("paper_known_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("beside_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_letter_beside_id_letter"),
            "letter",
            ["beside_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            "ix_letter_box",
            ["pair_id", "sequence", "author_id", "state", "delivered_at"],
        )
    _fold_bodies()


def _fold_bodies() -> None:
    """Give the letters there are their searchable form, a thousand at a time."""
    letter = sa.table(
        "letter",
        sa.column("id", sa.Integer),
        sa.column("body", sa.Text),
        sa.column("folded", sa.Text),
    )
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(letter.c.id, letter.c.body)
        .where(letter.c.id > last)
        .order_by(letter.c.id)
        .limit(1000)
    ).all():
        connection.execute(
            letter.update()
            .where(letter.c.id == sa.bindparam("which"))
            .values(folded=sa.bindparam("words")),
            [
                {"which": row.id, "words": unicodedata.normalize("NFKC", row.body).casefold()}
                for row in rows
            ],
        )
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index("ix_role_grant_person", "role_grant")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_box")
        batch_op.drop_constraint(op.f("fk_letter_beside_id_letter"), type_="foreignkey")
        batch_op.drop_column("beside_id")
        batch_op.drop_constraint(op.f("ck_letter_paper"), type_="check")
        batch_op.drop_constraint(op.f("ck_letter_hand"), type_="check")
        batch_op.drop_column("paper_known_at")
        batch_op.drop_column("folded")
        batch_op.drop_column("lunar")
        batch_op.drop_column("hand")
        batch_op.drop_column("paper")

    with op.batch_alter_table("printing", schema=None) as batch_op:
        batch_op.drop_index("ix_printing_letter")

    op.drop_table("printing")
    with op.batch_alter_table("paper_reader", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_paper_reader_running",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.drop_table("paper_reader")
