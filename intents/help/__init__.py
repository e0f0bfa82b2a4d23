"""Help: what the assistant can do, a person to talk to, silence, and why it spoke. The fallback stands last."""

from __future__ import annotations

from pathlib import Path

from intents.feature import Feature
from intents.help.handlers import router

HELP = Feature("help", router, Path(__file__).parent)
