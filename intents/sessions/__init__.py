"""Sessions: announce, sign up, remind, check in."""

from __future__ import annotations

from pathlib import Path

from bot.router import Router
from intents.feature import Feature
from intents.sessions import at_the_door, call_staff, handlers, papers, reception, staff, turnout

ROUTER = Router("sessions").include(
    staff.router,
    call_staff.router,
    at_the_door.router,
    papers.router,
    reception.router,
    handlers.router,
    turnout.router,
)

SESSIONS = Feature("sessions", ROUTER, Path(__file__).parent)
