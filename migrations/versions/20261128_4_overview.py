"""One table of reminders, whatever they are about; letters in the order of a timeline."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_overview"
down_revision = "20261128_activities"
branch_labels = None
depends_on = None

_COLUMNS = "person_id, pair_id, reminded_by_id, at"


def _make(table: str, *more: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        *more,
        sa.Column("reminded_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f(f"fk_{table}_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reminded_by_id"], ["person.id"], name=op.f(f"fk_{table}_reminded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_pair", table, ["pair_id", "person_id", "at"])


def upgrade() -> None:
    about = sa.Enum(
        "reply", "silence", name="about", native_enum=False, create_constraint=True, length=32
    )
    _make("reminder", sa.Column("about", about, nullable=False))
    op.create_index("ix_reminder_person", "reminder", ["person_id", "at"])
    op.execute(
        f"INSERT INTO reminder ({_COLUMNS}, about) "
        f"SELECT {_COLUMNS}, 'reply' FROM reply_reminder ORDER BY id"
    )
    op.drop_table("reply_reminder")
    op.create_index("ix_letter_time", "letter", ["pair_id", "delivered_at"])


def downgrade() -> None:
    op.drop_index("ix_letter_time", "letter")
    _make("reply_reminder")
    op.execute(
        f"INSERT INTO reply_reminder ({_COLUMNS}) "
        f"SELECT {_COLUMNS} FROM reminder WHERE about = 'reply' ORDER BY id"
    )
    op.drop_table("reminder")
