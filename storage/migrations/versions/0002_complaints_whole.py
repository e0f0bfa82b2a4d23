"""Complaints, whole: many reporters a case, results, follow-ups, common problems, leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
_SEARCHED = "ix_complaints_community_state_building_unit_searched"


def upgrade() -> None:
    _problems()
    _cases()
    _reporters()
    _follow_ups()
    _fill()


def _character() -> str:
    return "CHR" if op.get_bind().dialect.name == "postgresql" else "CHAR"


def _problems() -> None:
    op.create_table(
        "problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("subcategory", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("measure", sa.LargeBinary(), nullable=True),
        sa.Column("promised_by", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["contacts.id"], name=op.f("fk_problems_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_problems_community_number")),
    )
    op.create_index(op.f("ix_problems_community_state"), "problems", ["community", "state"])


def _cases() -> None:
    # added one by one: SQLite would otherwise copy the table, and others refer to it
    op.add_column("complaints", sa.Column("mediation", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("complaints", sa.Column("absent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("complaints", sa.Column("searched", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "complaints",
        sa.Column(
            "merged_into",
            sa.Integer(),
            sa.ForeignKey("complaints.id", name=op.f("fk_complaints_merged_into")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "complaints",
        sa.Column(
            "problem_id",
            sa.Integer(),
            sa.ForeignKey("problems.id", name=op.f("fk_complaints_problem_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "complaints",
        sa.Column(
            "handler_id",
            sa.Integer(),
            sa.ForeignKey("contacts.id", name=op.f("fk_complaints_handler_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("complaints", sa.Column("passed_to", sa.String(length=64), nullable=True))
    op.add_column("complaints", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("closing", sa.String(length=16), nullable=True))
    op.add_column("complaints", sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("paused_s", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("complaints", sa.Column("took_s", sa.Integer(), nullable=True))
    op.add_column("complaints", sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("complaints", sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_complaints_community_state"), "complaints")
    op.create_index(op.f("ix_complaints_community_id"), "complaints", ["community", "id"])
    op.create_index(op.f("ix_complaints_community_state_id"), "complaints", ["community", "state", "id"])
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(op.f(_SEARCHED), "complaints", ["community", "state", "building", "unit", "searched"])
    op.create_index(
        op.f("ix_complaints_community_subcategory_building"), "complaints", ["community", "subcategory", "building"]
    )
    op.drop_index(op.f("ix_complaints_filed_at"), "complaints")
    op.create_index(
        op.f("ix_complaints_rates"),
        "complaints",
        ["community", "filed_at", "merged_into", "state", "took_s", "category", "subcategory"],
    )
    op.create_index(op.f("ix_complaints_handler_id"), "complaints", ["handler_id"])
    op.create_index(op.f("ix_complaints_merged_into"), "complaints", ["merged_into"])
    op.create_index(op.f("ix_complaints_problem_id"), "complaints", ["problem_id"])
    op.add_column("outbox", sa.Column("trouble", sa.String(length=96), nullable=True))
    op.create_index(op.f("ix_audit_contact_id_id"), "audit", ["contact_id", "id"])
    op.add_column("outbox", sa.Column("about", sa.String(length=96), nullable=True))
    op.create_index(op.f("ix_outbox_trouble_group_id"), "outbox", ["trouble", "group_id"])
    op.create_index(op.f("ix_outbox_about"), "outbox", ["about"])


def _reporters() -> None:
    with op.batch_alter_table("reporters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("channel", sa.String(length=16), nullable=False, server_default="group"))
        batch_op.add_column(sa.Column("name", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("phone", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("building", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("unit", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("room", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked_times", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rating", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("contact_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_reporters_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reporters_inbox_id"), ["inbox_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_reporters_group_id"), "groups", ["group_id"], ["id"])

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cover_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("away_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_staff_cover_id"), "contacts", ["cover_id"], ["id"])


def _follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("by_contact", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["by_contact"], ["contacts.id"], name=op.f("fk_follow_ups_by_contact")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_follow_ups_complaint_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporters.id"], name=op.f("fk_follow_ups_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index(op.f("ix_follow_ups_community_at"), "follow_ups", ["community", "at"])
    op.create_index(op.f("ix_follow_ups_complaint_id"), "follow_ups", ["complaint_id"])


def _fill() -> None:
    op.execute(
        "UPDATE complaints SET last_report_at = COALESCE(filed_at, said_at), contacted_at = accepted_at, "
        "searched = LOWER(wording || CHR_10 || COALESCE(place, '') || CHR_10 || category || CHR_10 || subcategory "
        "|| CHR_10 || COALESCE(building, ''))".replace("CHR_10", f"{_character()}(10)")
    )
    op.execute(
        "UPDATE reporters SET group_id = (SELECT group_id FROM complaints WHERE complaints.id = complaint_id),"
        " channel = (SELECT source FROM complaints WHERE complaints.id = complaint_id)"
    )


def downgrade() -> None:
    """Only for a ledger that is still empty: on SQLite a table that others refer to cannot be copied."""
    op.drop_table("follow_ups")
    with op.batch_alter_table("reporters") as batch_op:
        batch_op.drop_constraint(op.f("fk_reporters_group_id"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_reporters_inbox_id"))
        batch_op.drop_index(op.f("ix_reporters_complaint_id"))
        batch_op.alter_column("contact_id", existing_type=sa.INTEGER(), nullable=False)
        for name in ("rated_at", "rating", "asked_times", "asked_at", "left_at", "room", "unit", "building"):
            batch_op.drop_column(name)
        for name in ("words", "anonymous", "phone", "name", "channel", "group_id"):
            batch_op.drop_column(name)
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_constraint(op.f("fk_staff_cover_id"), type_="foreignkey")
        batch_op.drop_column("away_until")
        batch_op.drop_column("cover_id")
    op.drop_index(op.f("ix_outbox_trouble_group_id"), "outbox")
    op.drop_index(op.f("ix_audit_contact_id_id"), "audit")
    op.drop_index(op.f("ix_outbox_about"), "outbox")
    op.drop_column("outbox", "about")
    op.drop_column("outbox", "trouble")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index(op.f(_SEARCHED), "complaints")
    with op.batch_alter_table("complaints") as batch_op:
        for name in ("problem_id", "merged_into", "handler_id"):
            batch_op.drop_index(op.f(f"ix_complaints_{name}"))
        batch_op.drop_index(op.f("ix_complaints_rates"))
        batch_op.create_index(op.f("ix_complaints_filed_at"), ["filed_at"])
        batch_op.drop_index(op.f("ix_complaints_community_subcategory_building"))
        batch_op.drop_index(op.f("ix_complaints_community_state_id"))
        batch_op.drop_index(op.f("ix_complaints_community_id"))
        batch_op.create_index(op.f("ix_complaints_community_state"), ["community", "state"])
        for name in ("last_report_at", "reopened", "took_s", "paused_s", "suspended_at", "contacted_at", "closing"):
            batch_op.drop_column(name)
        for name in ("closed_at", "received_at", "passed_to", "handler_id", "problem_id", "merged_into", "searched"):
            batch_op.drop_column(name)
        for name in ("absent", "mediation"):
            batch_op.drop_column(name)
    op.drop_table("problems")
