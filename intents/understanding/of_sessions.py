"""What a message about a session says beside its intent: group notes, who comes, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.message import Inbound, Slots, Understanding
from intents.understanding.group_note import group_note, is_group_note
from intents.understanding.joining_in import count_after_change
from intents.understanding.normalise import normalise
from intents.understanding.slots import read_slots
from intents.understanding.weighing import ASK, CHANGE, NOTE, SESSIONS
from intents.understanding.when import When, whens
from scheduler.calendar import Calendar

LONGEST: Final = timedelta(days=7)
"""Of a longer time no day is meant."""
NOTE_RULE: Final = "sessions.group-note"


def may_be_note(inbound: Inbound) -> bool:
    """Cheap: a group note's header, or what the channel calls one."""
    return inbound.kind == "group_note" or is_group_note(inbound.text)


def understood_note(inbound: Inbound, plain: str) -> Understanding | None:
    """A group note of ours, answered only where it is handed to us. `plain`: its words without mentions."""
    note = group_note(inbound.text)
    if note is None:
        return None
    why = (f"rule:{NOTE_RULE}",)
    speak = inbound.mentioned or inbound.group is None
    return Understanding(
        plain.strip(), intent=NOTE, score=1.0, speak=speak, rule=NOTE_RULE, slots=Slots(entries=note.entries), why=why
    )


def slots_of_session(text: str, intent: str) -> Slots:
    """Of a normalised text whose mentions are blanked. Who asks says nothing of who comes."""
    slots = read_slots(text, complaint=False)
    if intent == ASK:
        return replace(slots, people=None, name=None)
    return replace(slots, people=count_after_change(text)) if intent == CHANGE else slots


def timed(understood: Understanding, now: datetime, calendar: Calendar) -> Understanding:
    """With the day, or the day and the hour, that is meant: what the judge leaves out, since it knows no clock.

    `now` is aware, in the community's zone.
    """
    if understood.intent not in SESSIONS:
        return understood
    found = [each for each in whens(understood.text, now, calendar) if _is_meant(each, understood.text, calendar)]
    days = {each.start.date() for each in found}
    if not found or (understood.intent == ASK and len(days) > 1):
        return understood
    meant = found[-1] if understood.intent == CHANGE else found[0]
    slots = replace(
        understood.slots, when=_iso(meant.start, meant), until=_iso(meant.end, meant) if meant.end else None
    )
    return replace(understood, slots=slots)


def _is_meant(each: When, text: str, calendar: Calendar) -> bool:
    """A day somebody is sure of: not a festival that an event is called after (元宵包汤圆), nor some day of a month."""
    if not each.dated or each.others or normalise(text)[slice(*each.span)] in calendar.names:
        return False
    return each.timed or each.end is None or each.end - each.start < LONGEST


def _iso(moment: datetime, meant: When) -> str:
    return moment.isoformat() if meant.timed else moment.date().isoformat()
