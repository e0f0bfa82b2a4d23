"""Alembic's entry: runs on the connection, and in the transaction, that `storage.schema` opened."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from storage.tables import Base


def rendered(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old steps never import today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=rendered,
    compare_type=True,
)
context.run_migrations()
