"""Complaints: from a message in a group to a case that staff accept, assign and resolve."""

from __future__ import annotations

from pathlib import Path

from intents.complaints import staff as staff
from intents.complaints.handlers import router
from intents.feature import Feature

COMPLAINTS = Feature("complaints", router, Path(__file__).parent)
