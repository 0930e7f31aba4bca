"""The ledger, purpose by purpose: links for guardians, a no beside the yes, signed papers, a second language."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_consent"
down_revision = "20261125_offices"
branch_labels = None
depends_on = None

PURPOSES = ("taking_part", "publication", "real_name", "photos", "video", "camp")
GIVERS = ("guardian", "student")
HOWS = ("paper", "on_screen", "link")
RELATIONS = ("mother", "father", "grandparent", "other")


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "form_language",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["person.id"], name=op.f("fk_form_language_chosen_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_form_language_school_id_unit")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_form_language")),
    )
    op.create_table(
        "guardian_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_numbers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "used_at IS NULL OR ended_at IS NULL", name=op.f("ck_guardian_link_used_or_ended")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_guardian_link_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_guardian_link_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_guardian_link_code_hash")),
    )
    with op.batch_alter_table("guardian_link", schema=None) as batch_op:
        batch_op.create_index(
            "uq_guardian_link_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND ended_at IS NULL"),
        )
    op.create_table(
        "signed_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["person.id"], name=op.f("fk_signed_paper_kept_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signed_paper_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_paper")),
    )
    with op.batch_alter_table("signed_paper", schema=None) as batch_op:
        batch_op.create_index("ix_signed_paper_person", ["person_id"], unique=False)
    op.create_table(
        "consent_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _one_of(PURPOSES, "refusal_purpose"), nullable=False),
        sa.Column("giver", _one_of(GIVERS, "refusal_giver"), nullable=False),
        sa.Column("how", _one_of(HOWS, "refusal_how"), nullable=False),
        sa.Column("wording", sa.String(length=16), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(length=40), server_default="", nullable=False),
        sa.Column("relation", _one_of(RELATIONS, "refusal_relation"), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["guardian_link.id"], name=op.f("fk_consent_refusal_link_id_guardian_link")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_refusal_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_consent_refusal_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_refusal")),
    )
    with op.batch_alter_table("consent_refusal", schema=None) as batch_op:
        batch_op.create_index(
            "uq_consent_refusal_running",
            ["person_id", "purpose", "giver"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_how"), type_="check")
        batch_op.add_column(
            sa.Column("given_by", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("relation", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paper_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_consent_link_id_guardian_link"), "guardian_link", ["link_id"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_consent_paper_id_signed_paper"), "signed_paper", ["paper_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_consent_how"), "how IN ('paper', 'on_screen', 'link')"
        )
        batch_op.create_check_constraint(
            op.f("ck_consent_relation"),
            "relation IN ('mother', 'father', 'grandparent', 'other')",
        )
        batch_op.create_check_constraint(
            op.f("ck_consent_links_are_of_guardians"), "how <> 'link' OR giver = 'guardian'"
        )
        batch_op.create_check_constraint(
            op.f("ck_consent_a_link_is_named_where_it_was_used"),
            "(how = 'link') = (link_id IS NOT NULL)",
        )
        batch_op.create_check_constraint(
            op.f("ck_consent_a_scan_is_of_paper"), "paper_id IS NULL OR how = 'paper'"
        )


def downgrade() -> None:
    # A yes that came by a link cannot be told without the columns that say so.
    op.execute("DELETE FROM consent WHERE how = 'link'")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        for name in (
            "how",
            "relation",
            "links_are_of_guardians",
            "a_link_is_named_where_it_was_used",
            "a_scan_is_of_paper",
        ):
            batch_op.drop_constraint(op.f(f"ck_consent_{name}"), type_="check")
        batch_op.drop_constraint(op.f("fk_consent_link_id_guardian_link"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_consent_paper_id_signed_paper"), type_="foreignkey")
        for column in ("paper_id", "link_id", "relation", "given_by"):
            batch_op.drop_column(column)
        batch_op.create_check_constraint(op.f("ck_consent_how"), "how IN ('paper', 'on_screen')")
    for table in ("consent_refusal", "signed_paper", "guardian_link", "form_language"):
        op.drop_table(table)
