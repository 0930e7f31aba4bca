"""Photos, their files, and which of them a report froze."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_photos"
down_revision = "20261127_reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_file",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_photo_file")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("about_kind", sa.String(length=32), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loose_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL) "
            "AND (about_kind IS NULL) = (attached_at IS NULL) "
            "AND (about_kind IS NULL) = (loose_since IS NOT NULL)",
            name=op.f("ck_photo_loose_or_of_a_thing"),
        ),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_photo_has_a_size")),
        sa.ForeignKeyConstraint(
            ["name"], ["photo_file.name"], name=op.f("fk_photo_name_photo_file")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_photo_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("owner_id", "key", name=op.f("uq_photo_owner_id_key")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index("ix_photo_name", ["name"], unique=False)
        batch_op.create_index(
            "ix_photo_about", ["about_kind", "about_id", "position"], unique=False
        )
        batch_op.create_index(
            "ix_photo_loose",
            ["loose_since"],
            unique=False,
            sqlite_where=sa.text("loose_since IS NOT NULL"),
            postgresql_where=sa.text("loose_since IS NOT NULL"),
        )
    # Not in a batch: SQLite would make the table anew, without the triggers that guard it.
    op.add_column("evidence", sa.Column("author_id", sa.Integer(), nullable=True))
    op.create_index("ix_evidence_author", "evidence", ["author_id"], unique=False)
    op.create_table(
        "evidence_photo",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_evidence_photo_evidence_id_evidence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["name"], ["photo_file.name"], name=op.f("fk_evidence_photo_name_photo_file")
        ),
        sa.PrimaryKeyConstraint("evidence_id", "name", name=op.f("pk_evidence_photo")),
    )
    with op.batch_alter_table("evidence_photo", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_photo_name", ["name"], unique=False)


def downgrade() -> None:
    op.drop_table("evidence_photo")
    op.drop_index("ix_evidence_author", table_name="evidence")
    op.drop_column("evidence", "author_id")
    op.drop_table("photo")
    op.drop_table("photo_file")
