"""Policy: questions about rules get one short answer with its source and date, or an honest hand-over."""

from __future__ import annotations

from pathlib import Path

from bot.router import Router
from intents.feature import Feature
from intents.policy import filed_answers, handlers, learning, services, staff, study

ROUTER = Router("policy").include(
    staff.router, services.router, learning.router, filed_answers.router, study.router, handlers.router
)
"""In this order: what answers a question of ours, then what a message alone means."""

POLICY = Feature("policy", ROUTER, Path(__file__).parent)
