"""Reports with a due time and an outcome, frozen evidence, pauses between two, hours of schools."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_reports"
down_revision = "20261127_holds"
branch_labels = None
depends_on = None

_CHECKS = {
    "ck_report_raised_when": "(raised_to IS NULL) = (raised_at IS NULL)",
    "ck_report_kept_while_it_is_open": "evidence_until IS NULL OR state = 'answered'",
    "ck_report_a_worry_quotes_nothing": "kind <> 'worry' OR (about_id IS NULL AND words = '')",
}
_WORRY = sa.text("kind = 'worry' AND state <> 'answered'")
_COLUMNS = (
    *("evidence_until", "outcome", "reminded_at", "raised_at", "raised_to"),
    *("handed_on_at", "due_at", "shown", "kind"),
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                _one_of("report_kind", "told", "worry"),
                server_default="told",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("shown", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("handed_on_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "raised_to",
                _one_of("raised_to", "school_secretary", "county", "province"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "outcome",
                _one_of(
                    "outcome",
                    "talked",
                    "paused",
                    "told_school",
                    "help_found",
                    "nothing_wrong",
                    "passed_on",
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("evidence_until", sa.Date(), nullable=True))
    # What waits already gets its three days from now on: an upgrade must not make it all late at once.
    later = "datetime({}, '+72 hours')" if _is_sqlite() else "{} + interval '72 hours'"
    start = "(CASE WHEN state = 'answered' THEN told_at ELSE CURRENT_TIMESTAMP END)"
    op.execute(f"UPDATE report SET due_at = {later.format(start)}")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name, condition in _CHECKS.items():
            batch_op.create_check_constraint(op.f(name), condition)
        batch_op.create_index(
            "uq_report_worry",
            ["reporter_id"],
            unique=True,
            sqlite_where=_WORRY,
            postgresql_where=_WORRY,
        )
    _legal_report()
    _evidence()
    _blocks()
    _hours()


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _legal_report() -> None:
    op.create_table(
        "legal_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column(
            "authority",
            _one_of("authority", "police", "civil_affairs", "education", "other"),
            nullable=False,
        ),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_legal_report_recorded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_legal_report_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_report")),
    )
    op.create_index("ix_legal_report_report", "legal_report", ["report_id"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("is_sealed", sa.Boolean(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_evidence_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("report_id", name=op.f("uq_evidence_report_id")),
    )
    op.create_index("ix_evidence_item", "evidence", ["kind", "item_id"])
    _guard()


def _guard() -> None:
    """Evidence never changes, and goes no earlier than the term of its case says."""
    over = "SELECT 1 FROM report WHERE report.id = OLD.report_id AND evidence_until < "
    if _is_sqlite():
        op.execute(
            "CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence "
            "BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END"
        )
        op.execute(
            "CREATE TRIGGER evidence_no_early_delete BEFORE DELETE ON evidence "
            f"WHEN NOT EXISTS ({over} date('now')) "
            "BEGIN SELECT RAISE(ABORT, 'evidence is kept until its case is over'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION evidence_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN "
        f"IF EXISTS ({over} (now() AT TIME ZONE 'UTC')::date) THEN RETURN OLD; END IF; END IF; "
        "RAISE EXCEPTION 'evidence is kept as it is until its case is over'; END $$"
    )
    op.execute(
        "CREATE TRIGGER evidence_kept BEFORE UPDATE OR DELETE ON evidence "
        "FOR EACH ROW EXECUTE FUNCTION evidence_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER evidence_not_emptied BEFORE TRUNCATE ON evidence "
        "FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_kept()"
    )


def _blocks() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "lifted_at IS NULL OR lifted_at >= since", name=op.f("ck_block_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_block_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_block_pair_id_pair")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
    )
    op.create_index(
        "uq_block_running",
        "block",
        ["pair_id", "asked_by_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "block_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("tells_who", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(seen_at IS NULL) = (seen_by_id IS NULL)", name=op.f("ck_block_note_seen_by")
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], ["block.id"], name=op.f("fk_block_note_block_id_block")
        ),
        sa.ForeignKeyConstraint(
            ["class_id"], ["unit.id"], name=op.f("fk_block_note_class_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["person.id"], name=op.f("fk_block_note_seen_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["person.id"], name=op.f("fk_block_note_student_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_note")),
        sa.UniqueConstraint(
            "block_id", "student_id", name=op.f("uq_block_note_block_id_student_id")
        ),
    )
    op.create_index(
        "ix_block_note_waiting",
        "block_note",
        ["class_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )


def _hours() -> None:
    op.create_table(
        "school_hours",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("free", sa.JSON(), nullable=False),
        sa.Column("reply_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes <= 1440",
            name=op.f("ck_school_hours_in_order"),
        ),
        sa.CheckConstraint("weekdays <> ''", name=op.f("ck_school_hours_some_day")),
        sa.CheckConstraint("reply_days BETWEEN 3 AND 90", name=op.f("ck_school_hours_reply_days")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_school_hours_school_id_unit")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_hours")),
    )


def downgrade() -> None:
    op.drop_table("school_hours")
    op.drop_table("block_note")
    op.drop_table("block")
    if _is_sqlite():
        op.execute("DROP TRIGGER evidence_no_update")
        op.execute("DROP TRIGGER evidence_no_early_delete")
    op.drop_table("evidence")
    if not _is_sqlite():
        op.execute("DROP FUNCTION evidence_is_kept()")
    op.drop_table("legal_report")
    # A worry has no place in the table as it was.
    op.execute("DELETE FROM report WHERE kind = 'worry'")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("uq_report_worry")
        for name in (*_CHECKS, "ck_report_report_kind", "ck_report_raised_to", "ck_report_outcome"):
            batch_op.drop_constraint(op.f(name), type_="check")
        for name in _COLUMNS:
            batch_op.drop_column(name)
