"""What waits for a teacher outside of its room; lines that were released; versions of a proposed book."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_releases"
down_revision = "20261128_overview"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_held_text_author_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_held_text_pair_id_pair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_text")),
        sa.UniqueConstraint(
            "author_id", "kind", "key", name=op.f("uq_held_text_author_id_kind_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_text_about", "held_text", ["kind", "about_id", "author_id"])
    for table, column in (
        ("activity_word", sa.Column("is_open", sa.Boolean(), nullable=True)),
        ("shared_book", sa.Column("version", sa.Integer(), nullable=True)),
    ):
        op.add_column(table, column)
    op.execute(sa.text("UPDATE activity_word SET is_open = false"))
    op.execute(sa.text("UPDATE shared_book SET version = 1"))
    with op.batch_alter_table("activity_word", schema=None) as batch_op:
        batch_op.alter_column("is_open", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("shared_book", schema=None) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("shared_book", schema=None) as batch_op:
        batch_op.drop_column("version")
    with op.batch_alter_table("activity_word", schema=None) as batch_op:
        batch_op.drop_column("is_open")
    op.drop_table("held_text")
