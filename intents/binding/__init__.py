"""Binding: a one-time code, sent in private, makes a contact somebody we know."""

from __future__ import annotations

from pathlib import Path

from intents.binding.handlers import router
from intents.feature import Feature

BINDING = Feature("binding", router, Path(__file__).parent)
