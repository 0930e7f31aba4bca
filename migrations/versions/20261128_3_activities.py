"""What two do together: proposals with their nods and lines, each one's record, and themes of students."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_activities"
down_revision = "20261128_reading"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "idea",
            sa.Enum(
                "good_deed",
                "public_service",
                "club",
                "essay",
                "drawing",
                "radio",
                "own",
                name="theme_idea",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=30), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "put_up",
                "opened",
                "taken_down",
                name="theme_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("put_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_down_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(state = 'taken_down') = (taken_down_at IS NOT NULL) AND (taken_down_at IS NULL) = (taken_down_by_id IS NULL)",
            name=op.f("ck_theme_taken_down_by"),
        ),
        sa.CheckConstraint(
            "state <> 'opened' OR opened_at IS NOT NULL", name=op.f("ck_theme_opened_at")
        ),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (opened_by_id IS NULL)", name=op.f("ck_theme_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_theme_author_id_person")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["unit.id"], name=op.f("fk_theme_class_id_unit")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_theme_opened_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["taken_down_by_id"], ["person.id"], name=op.f("fk_theme_taken_down_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_theme_author_id_key")),
    )
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.create_index("ix_theme_class", ["class_id", "id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column(
            "idea",
            sa.Enum(
                "good_deed",
                "public_service",
                "club",
                "essay",
                "drawing",
                "radio",
                "own",
                name="activity_idea",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=30), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("do_by", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("worded_by_id", sa.Integer(), nullable=False),
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "done",
                "shared",
                "stepped_out",
                "declined",
                "withdrawn",
                name="activity_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("agreed_version", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_date", sa.Date(), nullable=True),
        sa.Column("asked_date_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "shown_to",
            sa.Enum(
                "us",
                "classes",
                name="activity_shown_to",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(asked_date IS NULL) = (asked_date_by_id IS NULL) AND (asked_date IS NULL OR state = 'agreed')",
            name=op.f("ck_activity_asked_date_by"),
        ),
        sa.CheckConstraint(
            "(state = 'shared') = (shown_to IS NOT NULL)", name=op.f("ck_activity_shown_to_whom")
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'shared')) = (done_at IS NOT NULL)",
            name=op.f("ck_activity_done_at"),
        ),
        sa.CheckConstraint(
            "(state IN ('proposed', 'declined', 'withdrawn')) = (agreed_version IS NULL)",
            name=op.f("ck_activity_agreed_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('stepped_out', 'declined', 'withdrawn')) = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_activity_ended_by"),
        ),
        sa.CheckConstraint(
            "(agreed_version IS NULL) = (agreed_at IS NULL) AND (agreed_version IS NULL OR agreed_version = version)",
            name=op.f("ck_activity_agreed_to_what_stands"),
        ),
        sa.CheckConstraint("length(plan) <= 600", name=op.f("ck_activity_plan_length")),
        sa.ForeignKeyConstraint(
            ["asked_date_by_id"], ["person.id"], name=op.f("fk_activity_asked_date_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_activity_ended_by_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_activity_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_activity_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_activity_theme_id_theme"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["worded_by_id"], ["person.id"], name=op.f("fk_activity_worded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("proposed_by_id", "key", name=op.f("uq_activity_proposed_by_id_key")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index("ix_activity_pair", ["pair_id", "id"], unique=False)
        batch_op.create_index("ix_activity_theme", ["theme_id"], unique=False)

    op.create_table(
        "activity_nod",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_nod_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_nod_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_nod")),
        sa.UniqueConstraint(
            "activity_id",
            "version",
            "person_id",
            name=op.f("uq_activity_nod_activity_id_version_person_id"),
        ),
    )
    op.create_table(
        "activity_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("gave", sa.Text(), nullable=False),
        sa.Column("gave_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "seal",
            sa.Enum(
                "sealed",
                "open",
                name="activity_record_seal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "done",
                name="activity_record_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "wish",
            sa.Enum(
                "us",
                "classes",
                name="activity_record_wish",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_activity_record_done_at")
        ),
        sa.CheckConstraint(
            "shared_at IS NULL OR state = 'done'", name=op.f("ck_activity_record_shared_when_done")
        ),
        sa.CheckConstraint(
            "length(text) <= 5000 AND length(gave) <= 500", name=op.f("ck_activity_record_length")
        ),
        sa.CheckConstraint(
            "wish IS NULL OR shared_at IS NOT NULL",
            name=op.f("ck_activity_record_wish_when_shared"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_record_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_activity_record_author_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_record")),
        sa.UniqueConstraint(
            "activity_id", "author_id", name=op.f("uq_activity_record_activity_id_author_id")
        ),
    )
    with op.batch_alter_table("activity_record", schema=None) as batch_op:
        batch_op.create_index("ix_activity_record_author", ["author_id"], unique=False)

    op.create_table(
        "activity_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_word_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_activity_word_author_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_word")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_activity_word_author_id_key")),
    )
    with op.batch_alter_table("activity_word", schema=None) as batch_op:
        batch_op.create_index("ix_activity_word_activity", ["activity_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("activity_word", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_word_activity")

    op.drop_table("activity_word")
    with op.batch_alter_table("activity_record", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_record_author")

    op.drop_table("activity_record")
    op.drop_table("activity_nod")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_theme")
        batch_op.drop_index("ix_activity_pair")

    op.drop_table("activity")
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_index("ix_theme_class")

    op.drop_table("theme")
