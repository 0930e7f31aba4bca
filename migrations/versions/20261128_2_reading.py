"""The tables of reading."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_reading"
down_revision = "20261128_photos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("isbn", sa.String(length=13), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("why_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("title <> ''", name=op.f("ck_class_book_has_a_title")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_class_book_added_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["class_id"], ["unit.id"], name=op.f("fk_class_book_class_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_book")),
    )
    with op.batch_alter_table("class_book", schema=None) as batch_op:
        batch_op.create_index("ix_class_book_class", ["class_id", "id"], unique=False)

    op.create_table(
        "book_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_book_id", sa.Integer(), nullable=False),
        sa.Column("chapter", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("chapter > 0", name=op.f("ck_book_question_chapter")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_book_question_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["class_book_id"],
            ["class_book.id"],
            name=op.f("fk_book_question_class_book_id_class_book"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_question")),
    )
    with op.batch_alter_table("book_question", schema=None) as batch_op:
        batch_op.create_index("ix_book_question_book", ["class_book_id", "chapter"], unique=False)

    op.create_table(
        "shared_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("class_book_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("isbn", sa.String(length=13), nullable=False),
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("chapters", sa.JSON(), nullable=False),
        sa.Column("goal_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("why_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("one_copy", sa.Boolean(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "reading",
                "finished",
                "declined",
                "put_aside",
                name="book_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)",
            name=op.f("ck_shared_book_finished_when"),
        ),
        sa.CheckConstraint(
            "holder_id IS NULL OR one_copy", name=op.f("ck_shared_book_turns_of_one_copy")
        ),
        sa.ForeignKeyConstraint(
            ["class_book_id"],
            ["class_book.id"],
            name=op.f("fk_shared_book_class_book_id_class_book"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["person.id"], name=op.f("fk_shared_book_holder_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_shared_book_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_shared_book_proposed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_book")),
        sa.UniqueConstraint("pair_id", "key", name=op.f("uq_shared_book_pair_id_key")),
    )
    with op.batch_alter_table("shared_book", schema=None) as batch_op:
        batch_op.create_index("ix_shared_book_folded", ["folded"], unique=False)
        batch_op.create_index("ix_shared_book_pair", ["pair_id", "state"], unique=False)

    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(arrived_on IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_parcel_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "arrived_on IS NULL OR arrived_on >= sent_on", name=op.f("ck_parcel_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["shared_book.id"], name=op.f("fk_parcel_book_id_shared_book")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_parcel_confirmed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_parcel_sent_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"], ["person.id"], name=op.f("fk_parcel_told_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(
            "uq_parcel_under_way",
            ["book_id"],
            unique=True,
            sqlite_where=sa.text("arrived_on IS NULL"),
            postgresql_where=sa.text("arrived_on IS NULL"),
        )

    op.create_table(
        "reading_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "pages IS NULL OR pages BETWEEN 1 AND 5000", name=op.f("ck_reading_copy_pages")
        ),
        sa.CheckConstraint("place >= 0", name=op.f("ck_reading_copy_place")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["shared_book.id"], name=op.f("fk_reading_copy_book_id_shared_book")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_reading_copy_reader_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_copy")),
        sa.UniqueConstraint("book_id", "reader_id", name=op.f("uq_reading_copy_book_id_reader_id")),
    )
    with op.batch_alter_table("reading_copy", schema=None) as batch_op:
        batch_op.create_index("ix_reading_copy_reader", ["reader_id"], unique=False)

    op.create_table(
        "reading_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "mark",
                "quote",
                "thought",
                name="note_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "envelope",
            sa.Enum(
                "sealed",
                "open",
                name="note_envelope",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'quote' OR quote <> ''", name=op.f("ck_reading_note_quotes_something")
        ),
        sa.CheckConstraint(
            "kind <> 'thought' OR body <> ''", name=op.f("ck_reading_note_says_something")
        ),
        sa.CheckConstraint("length(body) <= 2000", name=op.f("ck_reading_note_length")),
        sa.CheckConstraint("place >= 0", name=op.f("ck_reading_note_place")),
        sa.ForeignKeyConstraint(
            ["answers_id"],
            ["reading_note.id"],
            name=op.f("fk_reading_note_answers_id_reading_note"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_reading_note_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["shared_book.id"], name=op.f("fk_reading_note_book_id_shared_book")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["book_question.id"],
            name=op.f("fk_reading_note_question_id_book_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_note")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_reading_note_author_id_key")),
    )
    with op.batch_alter_table("reading_note", schema=None) as batch_op:
        batch_op.create_index("ix_reading_note_author", ["author_id"], unique=False)
        batch_op.create_index("ix_reading_note_book", ["book_id", "place", "id"], unique=False)

    op.create_table(
        "reading_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id"], ["shared_book.id"], name=op.f("fk_reading_step_book_id_shared_book")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_reading_step_reader_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_step")),
        sa.UniqueConstraint("reader_id", "key", name=op.f("uq_reading_step_reader_id_key")),
    )
    with op.batch_alter_table("reading_step", schema=None) as batch_op:
        batch_op.create_index("ix_reading_step_book", ["book_id", "reader_id", "id"], unique=False)

    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "envelope",
            sa.Enum(
                "sealed",
                "open",
                name="reflection_envelope",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "finished",
                name="reflection_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)",
            name=op.f("ck_reflection_finished_when"),
        ),
        sa.CheckConstraint(
            "shared_at IS NULL OR state = 'finished'",
            name=op.f("ck_reflection_shared_when_finished"),
        ),
        sa.CheckConstraint("length(body) <= 10000", name=op.f("ck_reflection_length")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_reflection_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["shared_book.id"], name=op.f("fk_reflection_book_id_shared_book")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
        sa.UniqueConstraint("book_id", "author_id", name=op.f("uq_reflection_book_id_author_id")),
    )
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.create_index("ix_reflection_author", ["author_id"], unique=False)

    op.create_table(
        "note_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["reading_note.id"],
            name=op.f("fk_note_look_note_id_reading_note"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_note_look_reader_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_look")),
        sa.UniqueConstraint("note_id", "reader_id", name=op.f("uq_note_look_note_id_reader_id")),
    )


def downgrade() -> None:
    op.drop_table("note_look")
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.drop_index("ix_reflection_author")

    op.drop_table("reflection")
    with op.batch_alter_table("reading_step", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_step_book")

    op.drop_table("reading_step")
    with op.batch_alter_table("reading_note", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_note_book")
        batch_op.drop_index("ix_reading_note_author")

    op.drop_table("reading_note")
    with op.batch_alter_table("reading_copy", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_copy_reader")

    op.drop_table("reading_copy")
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parcel_under_way",
            sqlite_where=sa.text("arrived_on IS NULL"),
            postgresql_where=sa.text("arrived_on IS NULL"),
        )

    op.drop_table("parcel")
    with op.batch_alter_table("shared_book", schema=None) as batch_op:
        batch_op.drop_index("ix_shared_book_pair")
        batch_op.drop_index("ix_shared_book_folded")

    op.drop_table("shared_book")
    with op.batch_alter_table("book_question", schema=None) as batch_op:
        batch_op.drop_index("ix_book_question_book")

    op.drop_table("book_question")
    with op.batch_alter_table("class_book", schema=None) as batch_op:
        batch_op.drop_index("ix_class_book_class")

    op.drop_table("class_book")
