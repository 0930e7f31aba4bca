"""Sealed things that were opened, whose they are, and the papers of lawful requests."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_openings"
down_revision = "20261127_reports"
branch_labels = None
depends_on = None

ROLES = (
    "teacher",
    "school_secretary",
    "county_secretary",
    "province_secretary",
    "corps_secretary",
    "centre_secretary",
    "editor",
    "operator",
)


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("basis", _one_of(("report", "emergency", "lawful"), "basis"), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("endangered_id", sa.Integer(), nullable=True),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _one_of(("asked", "open", "closed", "refused"), "opening_state"),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_as", _one_of(ROLES, "asked_as"), nullable=True),
        _moment("asked_at", nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("second_by_id", sa.Integer(), nullable=True),
        sa.Column("second_as", _one_of(ROLES, "second_as"), nullable=True),
        _moment("second_at"),
        sa.Column("second_word", sa.Text(), nullable=False),
        _moment("opened_at"),
        _moment("until"),
        _moment("closed_at"),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("shown_from"),
        sa.Column("delay_reason", sa.Text(), nullable=False),
        _moment("delay_until"),
        sa.CheckConstraint(
            "(basis = 'report') = (report_id IS NOT NULL)", name=op.f("ck_opening_of_its_report")
        ),
        sa.CheckConstraint(
            "(basis = 'emergency') = (endangered_id IS NOT NULL)",
            name=op.f("ck_opening_for_a_child_in_danger"),
        ),
        sa.CheckConstraint(
            "(basis = 'lawful') = (asked_by_id IS NULL) "
            "AND (basis = 'lawful') = (class_id IS NULL)",
            name=op.f("ck_opening_asked_by_staff"),
        ),
        sa.CheckConstraint(
            "second_by_id IS NULL OR second_by_id <> asked_by_id",
            name=op.f("ck_opening_second_is_another"),
        ),
        sa.CheckConstraint(
            "(second_by_id IS NULL) = (second_at IS NULL)",
            name=op.f("ck_opening_second_has_a_moment"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR second_by_id IS NOT NULL",
            name=op.f("ck_opening_refused_by_somebody"),
        ),
        sa.CheckConstraint(
            "basis <> 'emergency' OR opened_at IS NULL OR second_by_id IS NOT NULL",
            name=op.f("ck_opening_emergency_takes_two"),
        ),
        sa.CheckConstraint(
            "(delay_until IS NULL) = (delay_reason = '')",
            name=op.f("ck_opening_delay_has_a_reason"),
        ),
        sa.CheckConstraint(
            "delay_until IS NULL OR opened_at IS NULL OR basis = 'lawful' "
            "OR second_by_id IS NOT NULL",
            name=op.f("ck_opening_delay_takes_two"),
        ),
        sa.CheckConstraint(
            "shown_from IS NULL OR shown_from = opened_at OR delay_until IS NOT NULL",
            name=op.f("ck_opening_shown_unless_delayed"),
        ),
        sa.CheckConstraint(
            "(state IN ('open', 'closed')) = (opened_at IS NOT NULL) "
            "AND (opened_at IS NULL) = (until IS NULL) "
            "AND (opened_at IS NULL) = (shown_from IS NULL) "
            "AND (opened_at IS NULL) = (digest = '')",
            name=op.f("ck_opening_opened_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_opening_closed_when")
        ),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("ck_opening_reason_tells_why")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_opening_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["unit.id"], name=op.f("fk_opening_class_id_unit")),
        sa.ForeignKeyConstraint(
            ["endangered_id"], ["person.id"], name=op.f("fk_opening_endangered_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_opening_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["second_by_id"], ["person.id"], name=op.f("fk_opening_second_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index("ix_opening_class", ["class_id", "state"], unique=False)
        batch_op.create_index("ix_opening_item", ["kind", "item_id"], unique=False)
        batch_op.create_index("ix_opening_report", ["report_id"], unique=False)
    op.create_table(
        "opening_owner",
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["opening.id"], name=op.f("fk_opening_owner_opening_id_opening")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_opening_owner_person_id_person")
        ),
        sa.PrimaryKeyConstraint("opening_id", "person_id", name=op.f("pk_opening_owner")),
    )
    with op.batch_alter_table("opening_owner", schema=None) as batch_op:
        batch_op.create_index("ix_opening_owner_person", ["person_id"], unique=False)
    op.create_table(
        "lawful_paper",
        sa.Column("opening_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("authority", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("kept_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["opening.id"], name=op.f("fk_lawful_paper_opening_id_opening")
        ),
        sa.PrimaryKeyConstraint("opening_id", name=op.f("pk_lawful_paper")),
    )


def downgrade() -> None:
    for table in ("lawful_paper", "opening_owner", "opening"):
        op.drop_table(table)
