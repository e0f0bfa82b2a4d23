"""The grammars of times, sessions and lists, made ready at start: compiling them takes a moment in which nobody is served."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.message import Refusal
from intents.sessions.drafting import Known, changed, read
from intents.understanding.group_note import group_note
from intents.understanding.joining_in import may_sign_up, sign_up_words
from intents.understanding.yaml_source import load_yaml
from scheduler.calendar import Calendar

ANY_MOMENT: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)


def warm_up(calendar: Calendar) -> None:
    """Understand one of each, in a thread of its own."""
    words = load_yaml(Path(__file__).with_name("warming.yaml"))
    known = Known()
    draft = read(words["created"], ANY_MOMENT, calendar, known)
    with suppress(Refusal):  # what is read to the end and then refused is ready as well
        changed(draft.plan, words["changed"], ANY_MOMENT, calendar, known)
    if may_sign_up(words["said"]):
        sign_up_words(words["said"])
    group_note(words["note"])
