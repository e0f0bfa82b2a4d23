"""What a feature may need of the rest of the house: handed to its wiring by `bot.app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.dialog import Dialogs
from bot.expectations import Expectations
from bot.posting import Posting
from bot.quotes import Quotes
from bot.settings import Settings
from intents.replies import Replies
from intents.understanding.judge import Judge
from scheduler.calendar import Calendar
from storage.accounts import Directory


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    directory: Directory
    judge: Judge
    replies: Replies
    dialogs: Dialogs
    expectations: Expectations
    quotes: Quotes
    now: Callable[[], datetime]
    calendar: Calendar
    rhythms: bool
    """Whether what the configuration plans for every day and week runs here."""
    posting: Posting
