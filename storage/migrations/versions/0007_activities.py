"""The activity ledger, its pictures, and tasks with a date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=8), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("by_contact", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_contact"], ["contacts.id"], name=op.f("fk_activities_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_activities_community_number")),
    )
    op.create_index(
        op.f("ix_activities_community_happened_on_kind"), "activities", ["community", "happened_on", "kind"]
    )
    op.create_index(op.f("ix_activities_by_contact_made_at"), "activities", ["by_contact", "made_at"])
    # inline: SQLite would otherwise copy the table with all its pictures
    op.add_column(
        "photos",
        sa.Column(
            "activity_id",
            sa.Integer(),
            sa.ForeignKey("activities.id", name=op.f("fk_photos_activity_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_photos_activity_id"), "photos", ["activity_id"])
    _tasks()


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("officer_name", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["contacts.id"], name=op.f("fk_tasks_officer_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["contacts.id"], name=op.f("fk_tasks_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("community", "number", name=op.f("uq_tasks_community_number")),
    )
    op.create_index(op.f("ix_tasks_community_state_due_on"), "tasks", ["community", "state", "due_on"])
    op.create_index(op.f("ix_tasks_community_source_reference"), "tasks", ["community", "source", "reference"])


def downgrade() -> None:
    op.drop_table("tasks")
    op.drop_index(op.f("ix_photos_activity_id"), table_name="photos")
    with op.batch_alter_table("photos") as photos:
        photos.drop_column("activity_id")
    op.drop_table("activities")
