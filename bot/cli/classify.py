"""`linli classify`: what the assistant understands of single messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.app import load_judge
from bot.cli.messages import CommandFault
from bot.cli.opening import settings_of
from bot.message import Inbound, Quote, Slots, Understanding
from intents.understanding.of_sessions import timed
from scheduler.calendar import Calendar
from scheduler.clock import Clock, SystemClock

if TYPE_CHECKING:
    from bot.cli import Options

SOMEBODY = "somebody"
SOME_GROUP = "group"


def classify_lines(options: Options) -> None:
    settings = settings_of(options)
    judge = load_judge(settings)
    # bytes that are no UTF-8 become U+FFFD: one bad line must not stop the rest
    lines = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    zone, calendar = settings.community.zone, Calendar.load(settings.calendar.file)
    for inbound, text in inbounds(lines, SystemClock(zone)):
        result = as_json(text, timed(judge(inbound), inbound.at.astimezone(zone), calendar))
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def inbounds(lines: Iterable[str], clock: Clock) -> Iterator[tuple[Inbound, str]]:
    """A message for each line: plain text, or a JSON object with `text`."""
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        said = _object(text)
        yield _plain(text, clock) if said is None else _json_inbound(said, number, clock)


def _object(line: str) -> dict[str, Any] | None:
    """The JSON object of a line; anything else is what somebody typed."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _plain(line: str, clock: Clock) -> tuple[Inbound, str]:
    text = line.replace("\\n", "\n")
    return Inbound("line", SOMEBODY, text, clock.now(), SOME_GROUP), text


def _json_inbound(said: dict[str, Any], number: int, clock: Clock) -> tuple[Inbound, str]:
    try:
        text = said["text"]
        now = datetime.fromisoformat(said["now"]) if said.get("now") else clock.now()
        quote = said.get("quote")
        inbound = Inbound(
            id="line",
            sender=SOMEBODY,
            text=str(text),
            at=now if now.tzinfo else now.replace(tzinfo=clock.zone),
            group=None if said.get("private") else SOME_GROUP,
            sender_name=str(said.get("sender_name") or ""),
            mentioned=bool(said.get("mentioned")),
            quote=Quote(str(quote["sender"]), str(quote["text"])) if quote else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise CommandFault("classify.bad_json", line=number) from fault
    return inbound, str(text)


def as_json(text: str, understood: Understanding) -> dict[str, Any]:
    """The contract's object. A lone surrogate cannot be printed and is replaced."""
    return {
        "text": text.encode("utf-8", "replace").decode(),
        "intent": understood.intent,
        "score": understood.score,
        "speak": understood.speak,
        "urgency": understood.urgency,
        "category": list(understood.category) if understood.category else None,
        "slots": _slots(understood.slots),
        "rule": understood.rule,
    }


def _slots(slots: Slots) -> dict[str, Any]:
    """Only what was said."""
    said = {name: value for name, value in asdict(slots).items() if value not in (None, False, ())}
    if "items" in said:
        said["items"] = [
            {"name": name, **({"quantity": quantity} if quantity is not None else {})} for name, quantity in slots.items
        ]
    if "entries" in said:
        said["entries"] = [
            {key: value for key, value in asdict(entry).items() if value not in (None, False)}
            for entry in slots.entries
        ]
    return said
