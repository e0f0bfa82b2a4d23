"""Broadcasts, a row for each group, and receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _broadcasts()
    _groups()
    _receipts()
    _due_index()


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=96), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_name", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_name", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_broadcasts_attachment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["contacts.id"], name=op.f("fk_broadcasts_created_by")),
        sa.ForeignKeyConstraint(["agreed_by"], ["contacts.id"], name=op.f("fk_broadcasts_agreed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_broadcasts_community_number")),
    )
    op.create_index(op.f("ix_broadcasts_attachment_id"), "broadcasts", ["attachment_id"], unique=False)
    op.create_index(op.f("ix_broadcasts_community_about"), "broadcasts", ["community", "about"], unique=False)


def _groups() -> None:
    op.create_table(
        "broadcast_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_groups_broadcast_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_broadcast_groups_group_id")),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_broadcast_groups_outbox_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_groups")),
        sa.UniqueConstraint("broadcast_id", "group_id", name=op.f("uq_broadcast_groups_broadcast_id_group_id")),
    )
    op.create_index(op.f("ix_broadcast_groups_group_id"), "broadcast_groups", ["group_id"], unique=False)
    op.create_index(op.f("ix_broadcast_groups_outbox_id"), "broadcast_groups", ["outbox_id"], unique=False)


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_receipts_broadcast_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_receipts_group_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_receipts_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("broadcast_id", "contact_id", name=op.f("uq_receipts_broadcast_id_contact_id")),
    )
    op.create_index(op.f("ix_receipts_contact_id"), "receipts", ["contact_id"], unique=False)


def _due_index() -> None:
    """What is due is found by one index, however many rows wait."""
    op.create_index(
        op.f("ix_due_community_state_try_at_id"), "due", ["community", "state", "try_at", "id"], unique=False
    )
    op.drop_index(op.f("ix_due_state"), table_name="due")
    op.drop_index(op.f("ix_due_try_at"), table_name="due")


def downgrade() -> None:
    op.create_index(op.f("ix_due_try_at"), "due", ["try_at"], unique=False)
    op.create_index(op.f("ix_due_state"), "due", ["state"], unique=False)
    op.drop_index(op.f("ix_due_community_state_try_at_id"), table_name="due")
    for table in ("receipts", "broadcast_groups", "broadcasts"):
        op.drop_table(table)
