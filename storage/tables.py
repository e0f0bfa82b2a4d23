"""Every table, gathered in one place for the migrations to compare with."""

from storage import (
    accounts,
    attachments,
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
    policy,
    problems,
    questions,
    reporters,
    services,
)
from storage.base import Base

__all__ = [
    "Base",
    "accounts",
    "attachments",
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
    "policy",
    "problems",
    "questions",
    "reporters",
    "services",
]
