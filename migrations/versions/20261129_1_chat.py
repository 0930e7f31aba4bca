"""The tables of chat."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_chat"
down_revision = "20261128_releases"
branch_labels = None
depends_on = None

_KEPT_BACK = sa.text("state IN ('waiting', 'returned')")
_EVIDENCE = sa.text("state = 'unsent' AND erased_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "chat_room",
        sa.Column("pair_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("last_sequence >= 0", name=op.f("ck_chat_room_counts_up")),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_chat_room_pair_id_pair")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_chat_room")),
    )

    op.create_table(
        "chat_seat",
        sa.Column("pair_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("got_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shows_typing", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("seen_sequence >= 0", name=op.f("ck_chat_seat_counts_up")),
        sa.CheckConstraint(
            "got_sequence >= seen_sequence", name=op.f("ck_chat_seat_got_before_seen")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["chat_room.pair_id"], name=op.f("fk_chat_seat_pair_id_chat_room")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_chat_seat_person_id_person")
        ),
        sa.PrimaryKeyConstraint("pair_id", "person_id", name=op.f("pk_chat_seat")),
    )
    with op.batch_alter_table("chat_seat", schema=None) as batch_op:
        batch_op.create_index("ix_chat_seat_person", ["person_id"], unique=False)

    op.create_table(
        "chat_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("body_html", sa.Text(), server_default="", nullable=False),
        sa.Column("direction", sa.String(length=3), server_default="ltr", nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), server_default="", nullable=False),
        sa.Column("sticker", sa.String(length=32), nullable=True),
        sa.Column("photos", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quotes_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "unsent",
                "returned",
                name="chat_line_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('waiting', 'returned')) = (sequence IS NULL) "
            "AND (sequence IS NULL) = (sent_at IS NULL)",
            name=op.f("ck_chat_line_numbered_when_sent"),
        ),
        sa.CheckConstraint(
            "(state = 'unsent') = (unsent_at IS NOT NULL)",
            name=op.f("ck_chat_line_unsent_when"),
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (state = 'unsent' AND body = '' AND sticker IS NULL "
            "AND photos = 0)",
            name=op.f("ck_chat_line_erased_when_unsent"),
        ),
        sa.CheckConstraint(
            "body <> '' OR sticker IS NOT NULL OR photos > 0 OR erased_at IS NOT NULL",
            name=op.f("ck_chat_line_says_something"),
        ),
        sa.CheckConstraint("length(body) <= 1000", name=op.f("ck_chat_line_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_chat_line_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["chat_room.pair_id"], name=op.f("fk_chat_line_pair_id_chat_room")
        ),
        sa.ForeignKeyConstraint(
            ["quotes_id"],
            ["chat_line.id"],
            name=op.f("fk_chat_line_quotes_id_chat_line"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_line")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_chat_line_author_id_key")),
        sa.UniqueConstraint("pair_id", "sequence", name=op.f("uq_chat_line_pair_id_sequence")),
    )
    with op.batch_alter_table("chat_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chat_line_kept_back",
            ["author_id", "pair_id"],
            unique=False,
            sqlite_where=_KEPT_BACK,
            postgresql_where=_KEPT_BACK,
        )
        batch_op.create_index(
            "ix_chat_line_evidence",
            ["unsent_at"],
            unique=False,
            sqlite_where=_EVIDENCE,
            postgresql_where=_EVIDENCE,
        )
