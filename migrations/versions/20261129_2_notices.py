"""Notices, what each person hears of, addresses of staff, mails to be sent once."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_notices"
down_revision = "20261129_chat"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TOPICS = (
    "letters",
    "reading",
    "together",
    "chat",
    "pair",
    "help",
    "waiting",
    "cases",
    "units",
)


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")
    )


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about_kind", sa.String(32), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "seen_at IS NULL OR seen_at >= at", name=op.f("ck_notice_seen_after_it_came")
        ),
        _person("notice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "about_kind",
            "about_id",
            name=op.f("uq_notice_person_id_kind_about_kind_about_id"),
        ),
    )
    op.create_index("ix_notice_newest", "notice", ["person_id", "at", "id"])
    op.create_index("ix_notice_about", "notice", ["about_kind", "about_id"])
    op.create_index("ix_notice_at", "notice", ["at"])
    unseen = sa.text("seen_at IS NULL")
    op.create_index(
        "ix_notice_unseen", "notice", ["person_id"], sqlite_where=unseen, postgresql_where=unseen
    )
    op.create_table(
        "notice_silence",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", _one_of(*_TOPICS, name="notice_topic"), nullable=False),
        _person("notice_silence"),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_notice_silence")),
    )
    op.create_table(
        "notice_mail",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column(
            "rhythm", _one_of("never", "daily", "weekly", name="mail_rhythm"), nullable=False
        ),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        _person("notice_mail"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_mail")),
    )
    op.create_table(
        "notice_sent_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("since", _MOMENT, nullable=True),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("held_until", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(80), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("given_up_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_notice_sent_mail_one_end")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_notice_sent_mail_attempts_are_counted")),
        _person("notice_sent_mail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_sent_mail")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_notice_sent_mail_person_id_name")),
    )
    waiting = sa.text("sent_at IS NULL AND given_up_at IS NULL")
    op.create_index(
        "ix_notice_sent_mail_waiting",
        "notice_sent_mail",
        ["due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    for table in ("notice_sent_mail", "notice_mail", "notice_silence", "notice"):
        op.drop_table(table)
