"""Pieces on their way to the column and the special page, and everything that is kept of that way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261130_publishing"
down_revision = "20261129_night"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "special_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_words", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_special_edition_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_edition")),
    )
    # The one row is there from the beginning: two that make it at once would be one too many.
    op.execute(
        "INSERT INTO special_edition (id, number, changed_at, takes_words) "
        "VALUES (1, 1, CURRENT_TIMESTAMP, false)"
    )
    op.create_table(
        "news_column",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_news_column_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_column")),
        sa.UniqueConstraint("programme_id", name=op.f("uq_news_column_programme_id")),
    )
    op.create_table(
        "pen_name",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pen_name_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_pen_name")),
        sa.UniqueConstraint("name", name=op.f("uq_pen_name_name")),
    )
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["person.id"], name=op.f("fk_recusal_staff_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["person.id"], name=op.f("fk_recusal_student_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("staff_id", "student_id", name=op.f("uq_recusal_staff_id_student_id")),
    )
    op.create_table(
        "review_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "highest",
            sa.Enum(
                "centre",
                "province",
                "prefecture",
                "county",
                "school",
                "class",
                "university",
                "faculty",
                name="review_path_highest",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 60", name=op.f("ck_review_path_days_in_reason")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_review_path_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_review_path_set_by_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_review_path_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_path")),
        sa.UniqueConstraint(
            "programme_id", "unit_id", name=op.f("uq_review_path_programme_id_unit_id")
        ),
    )
    op.create_table(
        "shortlist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_shortlist_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist")),
        sa.UniqueConstraint("name", name=op.f("uq_shortlist_name")),
    )
    op.create_table(
        "letter_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column(
            "progress",
            sa.Enum(
                "waiting",
                "making",
                "done",
                "failed",
                "cancelled",
                name="letter_book_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done_parts", sa.Integer(), nullable=False),
        sa.Column("all_parts", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_letter_book_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_letter_book_pair_id_pair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_book")),
    )
    with op.batch_alter_table("letter_book", schema=None) as batch_op:
        batch_op.create_index("ix_letter_book_asker", ["asked_by_id", "id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "letter",
                "letters",
                "reflection",
                "reflections",
                "record",
                "records",
                "drawing",
                "story",
                "practice",
                name="submission_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asking",
                "with_teacher",
                "with_secretary",
                "with_editor",
                "with_author",
                "ready",
                "published",
                "sent_back",
                "declined",
                "withdrawn",
                "taken_down",
                name="submission_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('story', 'practice')) = (pair_id IS NULL)",
            name=op.f("ck_submission_pairs_of_children"),
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'taken_down')) <= (published_at IS NOT NULL)",
            name=op.f("ck_submission_published_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'published', 'taken_down') OR version_id IS NOT NULL",
            name=op.f("ck_submission_printed_from_a_version"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_submission_author_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_submission_pair_id_pair")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_submission_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_submission_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_submission_author_id_key")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index("ix_submission_author", ["author_id", "id"], unique=False)
        batch_op.create_index("ix_submission_pair", ["pair_id"], unique=False)
        batch_op.create_index("ix_submission_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_submission_unit", ["unit_id", "state"], unique=False)

    op.create_table(
        "column_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number_of_year", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=60), nullable=False),
        sa.Column("standfirst", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("note_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(length=60), nullable=False),
        sa.Column("quote_of_id", sa.Integer(), nullable=True),
        sa.Column("space", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "signed_off",
                "published",
                "dropped",
                name="column_issue_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("saved", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comes_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by_id", sa.Integer(), nullable=True),
        sa.Column("came_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (came_out_at IS NOT NULL)",
            name=op.f("ck_column_issue_came_out_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed_off', 'published') OR (comes_out_at IS NOT NULL AND signed_off_at IS NOT NULL)",
            name=op.f("ck_column_issue_signed_off_for_a_moment"),
        ),
        sa.CheckConstraint(
            "space > 0 AND number > 0 AND number_of_year > 0", name=op.f("ck_column_issue_counts")
        ),
        sa.ForeignKeyConstraint(
            ["column_id"], ["news_column.id"], name=op.f("fk_column_issue_column_id_news_column")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_column_issue_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["quote_of_id"],
            ["submission.id"],
            name=op.f("fk_column_issue_quote_of_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["signed_off_by_id"],
            ["person.id"],
            name=op.f("fk_column_issue_signed_off_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_issue")),
    )
    with op.batch_alter_table("column_issue", schema=None) as batch_op:
        batch_op.create_index(
            "uq_column_issue_number",
            ["column_id", "number"],
            unique=True,
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        )
        batch_op.create_index(
            "uq_column_issue_number_of_year",
            ["column_id", "year", "number_of_year"],
            unique=True,
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        )
        batch_op.create_index(
            "ix_column_issue_due",
            ["comes_out_at"],
            unique=False,
            sqlite_where=sa.text("state = 'signed_off'"),
            postgresql_where=sa.text("state = 'signed_off'"),
        )

    op.create_table(
        "handout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "pdf",
                "docx",
                "zip",
                name="handout_form",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_to", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["column_issue.id"], name=op.f("fk_handout_issue_id_column_issue")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_handout_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout")),
    )
    with op.batch_alter_table("handout", schema=None) as batch_op:
        batch_op.create_index("ix_handout_issue", ["issue_id"], unique=False)

    op.create_table(
        "desk_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_desk_note_by_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_desk_note_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
    )
    with op.batch_alter_table("desk_note", schema=None) as batch_op:
        batch_op.create_index("ix_desk_note_submission", ["submission_id"], unique=False)

    op.create_table(
        "desk_place",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"], ["person.id"], name=op.f("fk_desk_place_editor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_desk_place_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_desk_place")),
    )
    op.create_table(
        "handout_piece",
        sa.Column("handout_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("with_photos", sa.Boolean(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recalled",
            sa.Enum(
                "piece",
                "photos",
                "name",
                name="handout_piece_recalled",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(recalled IS NULL) = (recalled_at IS NULL)",
            name=op.f("ck_handout_piece_recalled_at_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["handout_id"], ["handout.id"], name=op.f("fk_handout_piece_handout_id_handout")
        ),
        sa.ForeignKeyConstraint(
            ["heard_by_id"], ["person.id"], name=op.f("fk_handout_piece_heard_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_handout_piece_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("handout_id", "submission_id", name=op.f("pk_handout_piece")),
    )
    with op.batch_alter_table("handout_piece", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handout_piece_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "piece_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("standfirst", sa.String(length=200), nullable=False),
        sa.Column("saved", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrects", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "accepted_at IS NULL OR offered_at IS NOT NULL OR number = 0",
            name=op.f("ck_piece_version_accepted_once_offered"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_piece_version_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_piece_version_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_version")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_piece_version_submission_id_number")
        ),
    )
    # The two point at each other: the second way can only be made once both are there.
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_foreign_key(
            op.f("fk_submission_version_id_piece_version"), "piece_version", ["version_id"], ["id"]
        )
    op.create_table(
        "issue_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("without_photo", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("put_by_id", sa.Integer(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["column_issue.id"], name=op.f("fk_issue_piece_issue_id_column_issue")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photo.id"],
            name=op.f("fk_issue_piece_photo_id_photo"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["put_by_id"], ["person.id"], name=op.f("fk_issue_piece_put_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_issue_piece_submission_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["piece_version.id"],
            name=op.f("fk_issue_piece_version_id_piece_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_piece")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_issue_piece_submission_id")),
    )
    with op.batch_alter_table("issue_piece", schema=None) as batch_op:
        batch_op.create_index("ix_issue_piece_issue", ["issue_id", "position"], unique=False)

    op.create_table(
        "reader_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "passed_on",
                "put_aside",
                name="reader_word_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_reader_word_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_reader_word_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_word")),
    )
    with op.batch_alter_table("reader_word", schema=None) as batch_op:
        batch_op.create_index("ix_reader_word_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_reader_word_submission", ["submission_id"], unique=False)

    op.create_table(
        "review_station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "centre",
                "province",
                "prefecture",
                "county",
                "school",
                "class",
                "university",
                "faculty",
                name="review_station_level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "sent_back",
                "declined",
                name="review_decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_review_station_decided_at_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_review_station_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["person.id"], name=op.f("fk_review_station_delegate_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_review_station_submission_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_review_station_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_station")),
        sa.UniqueConstraint(
            "submission_id",
            "revision",
            "unit_id",
            "level",
            name=op.f("uq_review_station_submission_id_revision_unit_id_level"),
        ),
    )
    with op.batch_alter_table("review_station", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_station_waiting",
            ["unit_id", "round"],
            unique=False,
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        )

    op.create_table(
        "shortlist_piece",
        sa.Column("shortlist_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("put_by_id", sa.Integer(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["put_by_id"], ["person.id"], name=op.f("fk_shortlist_piece_put_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["shortlist_id"],
            ["shortlist.id"],
            name=op.f("fk_shortlist_piece_shortlist_id_shortlist"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_shortlist_piece_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("shortlist_id", "submission_id", name=op.f("pk_shortlist_piece")),
    )
    with op.batch_alter_table("shortlist_piece", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shortlist_piece_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "submission_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "frozen_at IS NOT NULL OR body = ''", name=op.f("ck_submission_part_empty_until_frozen")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_submission_part_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_part_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_part")),
        sa.UniqueConstraint(
            "submission_id",
            "revision",
            "position",
            name=op.f("uq_submission_part_submission_id_revision_position"),
        ),
    )
    with op.batch_alter_table("submission_part", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_part_source", ["source_kind", "source_id"], unique=False
        )

    op.create_table(
        "submission_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "stands_as",
            sa.Enum(
                "author",
                "partner",
                "named",
                name="submission_party_as",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("wants_real_name", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_submission_party_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_party_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_party")),
        sa.UniqueConstraint(
            "submission_id", "person_id", name=op.f("uq_submission_party_submission_id_person_id")
        ),
    )
    with op.batch_alter_table("submission_party", schema=None) as batch_op:
        batch_op.create_index("ix_submission_party_person", ["person_id"], unique=False)

    op.create_table(
        "piece_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "rejected",
                name="piece_change_verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("words_html", sa.Text(), nullable=False),
        sa.CheckConstraint('"before" <> "after"', name=op.f("ck_piece_change_changes_something")),
        sa.CheckConstraint(
            "(verdict IS NULL) = (said_at IS NULL)", name=op.f("ck_piece_change_said_at_a_moment")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["submission_part.id"],
            name=op.f("fk_piece_change_part_id_submission_part"),
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["person.id"], name=op.f("fk_piece_change_said_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["piece_version.id"],
            name=op.f("fk_piece_change_version_id_piece_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_change")),
        sa.UniqueConstraint(
            "version_id", "position", name=op.f("uq_piece_change_version_id_position")
        ),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.Column("is_for_author", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answer_html", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('"start" >= 0 AND "end" >= "start"', name=op.f("ck_remark_a_place")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_remark_by_id_person")),
        sa.ForeignKeyConstraint(
            ["part_id"], ["submission_part.id"], name=op.f("fk_remark_part_id_submission_part")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_remark_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["piece_version.id"], name=op.f("fk_remark_version_id_piece_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index("ix_remark_submission", ["submission_id", "part_id"], unique=False)

    op.create_table(
        "submission_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_numbers", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_submission_link_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["submission_party.id"],
            name=op.f("fk_submission_link_party_id_submission_party"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_submission_link_code_hash")),
    )
    with op.batch_alter_table("submission_link", schema=None) as batch_op:
        batch_op.create_index("ix_submission_link_party", ["party_id"], unique=False)

    op.create_table(
        "submission_photo",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column(
            "faces",
            sa.Enum(
                "none",
                "some",
                "blurred",
                name="submission_photo_faces",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["submission_part.id"],
            name=op.f("fk_submission_photo_part_id_submission_part"),
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photo.id"],
            name=op.f("fk_submission_photo_photo_id_photo"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"], ["person.id"], name=op.f("fk_submission_photo_told_by_id_person")
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_submission_photo")),
    )
    with op.batch_alter_table("submission_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_photo_part_id"), ["part_id"], unique=False)

    op.create_table(
        "version_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sanitiser", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["submission_part.id"],
            name=op.f("fk_version_text_part_id_submission_part"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["piece_version.id"],
            name=op.f("fk_version_text_version_id_piece_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_text")),
        sa.UniqueConstraint(
            "version_id", "part_id", name=op.f("uq_version_text_version_id_part_id")
        ),
    )
    op.create_table(
        "submission_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "giver",
            sa.Enum(
                "guardian",
                "student",
                name="submission_answer_giver",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "no",
                name="submission_answer_answer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("with_photos", sa.Boolean(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "paper",
                "on_screen",
                "link",
                name="submission_answer_how",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "mother",
                "father",
                "grandparent",
                "other",
                name="submission_answer_rel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(how = 'link') = (link_id IS NOT NULL)",
            name=op.f("ck_submission_answer_a_link_is_named"),
        ),
        sa.CheckConstraint(
            "how <> 'link' OR giver = 'guardian'",
            name=op.f("ck_submission_answer_links_are_of_guardians"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["submission_link.id"],
            name=op.f("fk_submission_answer_link_id_submission_link"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["signed_paper.id"],
            name=op.f("fk_submission_answer_paper_id_signed_paper"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["submission_party.id"],
            name=op.f("fk_submission_answer_party_id_submission_party"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["person.id"],
            name=op.f("fk_submission_answer_recorded_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_answer")),
    )
    with op.batch_alter_table("submission_answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_answer_party", ["party_id", "giver", "revision"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_submission_version_id_piece_version"), type_="foreignkey")
    with op.batch_alter_table("submission_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_answer_party")

    op.drop_table("submission_answer")
    op.drop_table("version_text")
    with op.batch_alter_table("submission_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_photo_part_id"))

    op.drop_table("submission_photo")
    with op.batch_alter_table("submission_link", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_link_party")

    op.drop_table("submission_link")
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index("ix_remark_submission")

    op.drop_table("remark")
    op.drop_table("piece_change")
    with op.batch_alter_table("submission_party", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_party_person")

    op.drop_table("submission_party")
    with op.batch_alter_table("submission_part", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_part_source")

    op.drop_table("submission_part")
    with op.batch_alter_table("shortlist_piece", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortlist_piece_submission_id"))

    op.drop_table("shortlist_piece")
    with op.batch_alter_table("review_station", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_review_station_waiting",
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        )

    op.drop_table("review_station")
    with op.batch_alter_table("reader_word", schema=None) as batch_op:
        batch_op.drop_index("ix_reader_word_submission")
        batch_op.drop_index("ix_reader_word_state")

    op.drop_table("reader_word")
    with op.batch_alter_table("issue_piece", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_piece_issue")

    op.drop_table("issue_piece")
    op.drop_table("piece_version")
    with op.batch_alter_table("handout_piece", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handout_piece_submission_id"))

    op.drop_table("handout_piece")
    op.drop_table("desk_place")
    with op.batch_alter_table("desk_note", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_note_submission")

    op.drop_table("desk_note")
    with op.batch_alter_table("handout", schema=None) as batch_op:
        batch_op.drop_index("ix_handout_issue")

    op.drop_table("handout")
    with op.batch_alter_table("column_issue", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_column_issue_number",
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        )
        batch_op.drop_index(
            "uq_column_issue_number_of_year",
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        )
        batch_op.drop_index(
            "ix_column_issue_due",
            sqlite_where=sa.text("state = 'signed_off'"),
            postgresql_where=sa.text("state = 'signed_off'"),
        )

    op.drop_table("column_issue")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_unit")
        batch_op.drop_index("ix_submission_state")
        batch_op.drop_index("ix_submission_pair")
        batch_op.drop_index("ix_submission_author")

    op.drop_table("submission")
    with op.batch_alter_table("letter_book", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_book_asker")

    op.drop_table("letter_book")
    op.drop_table("shortlist")
    op.drop_table("review_path")
    op.drop_table("recusal")
    op.drop_table("pen_name")
    op.drop_table("news_column")
    op.drop_table("special_edition")
