"""Complaints: from a message in a group to a case that staff carry to the resident's last word."""

from __future__ import annotations

from pathlib import Path

from bot.router import Router
from intents.complaints import (
    answers,
    common_staff,
    daily,
    emergencies,
    entering,
    hand_over,
    handlers,
    leads,
    lists,
    residents,
    staff,
    statistics,
)
from intents.feature import Feature

ROUTER = Router("complaints").include(
    emergencies.router,
    leads.router,
    answers.router,
    handlers.router,
    residents.router,
    common_staff.router,
    staff.router,
    hand_over.router,
    lists.router,
    entering.router,
    daily.router,
    statistics.router,
)
"""In this order: what cannot wait, what answers a question of ours, then what a message alone means."""

COMPLAINTS = Feature("complaints", ROUTER, Path(__file__).parent)
