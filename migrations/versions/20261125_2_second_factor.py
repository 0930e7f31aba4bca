"""A second factor for staff, limits of sessions, attempts that were refused."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_factor"
down_revision = "20261125_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("browser", sa.String(length=16), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("system", sa.String(length=16), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("idle_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("new_device", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f("ck_sign_in_idle_minutes"), "idle_minutes > 0")

    # A session from before knows no limits: that of a member of staff ends, and they sign in again.
    op.execute(
        "UPDATE sign_in SET ended_at = begun_at WHERE ended_at IS NULL AND EXISTS "
        "(SELECT 1 FROM person WHERE person.id = sign_in.person_id AND person.kind = 'staff')"
    )
    op.execute("UPDATE sign_in SET last_seen_at = begun_at, confirmed_at = begun_at")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        for name in ("last_seen_at", "confirmed_at"):
            batch_op.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)

    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index("uq_recovery_code", ["person_id", "code_hash"], unique=True)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "unknown",
                "password",
                "code",
                "disabled",
                "confirmation",
                name="refusal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) = (why = 'unknown')",
            name=op.f("ck_sign_in_attempt_unknown_is_nobody"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_attempt_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_at"), ["at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_person", ["person_id", "told_at"], unique=False)


def downgrade() -> None:
    op.drop_table("sign_in_attempt")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_sign_in_idle_minutes"), type_="check")
        for name in (
            "told_at",
            "new_device",
            "confirmed_at",
            "idle_minutes",
            "last_seen_at",
            "system",
            "browser",
        ):
            batch_op.drop_column(name)
