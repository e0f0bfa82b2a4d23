"""Every table, gathered in one place for the migrations to compare with."""

from storage import (
    accounts,
    audit,
    codes,
    complaints,
    counters,
    dialogs,
    due,
    follow_ups,
    messages,
    meta,
    photos,
    problems,
    reporters,
)
from storage.base import Base

__all__ = [
    "Base",
    "accounts",
    "audit",
    "codes",
    "complaints",
    "counters",
    "dialogs",
    "due",
    "follow_ups",
    "messages",
    "meta",
    "photos",
    "problems",
    "reporters",
]
