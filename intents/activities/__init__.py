"""The activity ledger: what staff do beside the chat, meetings, and tasks with dates."""

from __future__ import annotations

from pathlib import Path

from bot.router import Router
from intents.activities import meeting, records, tasks
from intents.feature import Feature

ROUTER = Router("activities").include(records.router, tasks.router, meeting.router)

ACTIVITIES = Feature("activities", ROUTER, Path(__file__).parent)
