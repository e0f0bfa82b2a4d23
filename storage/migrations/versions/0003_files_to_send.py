"""Files to send: a row of the outbox may carry one, and follows the words it belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_created_at"), "attachments", ["created_at"])
    _add("attachment_id", "attachments.id")
    _add("follows_id", "outbox.id")


def _add(name: str, target: str) -> None:
    key = sa.ForeignKey(target, name=op.f(f"fk_outbox_{name}"))
    # in place: SQLite would otherwise copy the table
    op.add_column("outbox", sa.Column(name, sa.Integer(), key, nullable=True), inline_references=True)
    op.create_index(op.f(f"ix_outbox_{name}"), "outbox", [name])


def downgrade() -> None:
    for name in ("follows_id", "attachment_id"):
        op.drop_index(op.f(f"ix_outbox_{name}"), "outbox")
        op.drop_column("outbox", name)
    op.drop_table("attachments")
