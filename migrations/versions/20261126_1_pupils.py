"""Students and classes by hand: classes close, the second record of a child is folded into the first."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_pupils"
down_revision = "20261125_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "folded_record",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("folded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("person_id <> kept_id", name=op.f("ck_folded_record_two_records")),
        sa.ForeignKeyConstraint(
            ["folded_by_id"], ["person.id"], name=op.f("fk_folded_record_folded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["person.id"], name=op.f("fk_folded_record_kept_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_folded_record_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_folded_record_school_id_unit")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_folded_record")),
    )
    with op.batch_alter_table("folded_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_folded_record_kept_id"), ["kept_id"], unique=False)
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_person", ["person_id"], unique=False)
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_unit_classes_close"), "closed_on IS NULL OR level = 'class'"
        )


def downgrade() -> None:
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_unit_classes_close"), type_="check")
        batch_op.drop_column("closed_on")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_person")
    with op.batch_alter_table("folded_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_folded_record_kept_id"))
    op.drop_table("folded_record")
