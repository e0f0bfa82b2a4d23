"""Notices: broadcasts to many groups, receipts, and the rhythms of the year."""

from __future__ import annotations

from pathlib import Path

from bot.router import Router
from intents.feature import Feature
from intents.notices import receipts, rhythms, staff

ROUTER = Router("notices").include(staff.router, receipts.router, rhythms.router)

NOTICES = Feature("notices", ROUTER, Path(__file__).parent)
