"""Templates and words of the pages. Everything that goes into a template is escaped."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intents.replies import Replies
from intents.understanding.masks import masked
from intents.understanding.yaml_source import load_yaml

HERE = Path(__file__).parent
TINTS = 8


class Rendering:
    def __init__(self, replies: Replies, zone: tzinfo) -> None:
        self.words: dict[str, dict[str, str]] = load_yaml(HERE / "words.yaml")
        self._replies = replies
        self._zone = zone
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(word=replies.word, words=self.words, place=self.place)
        self._environment.filters.update(moment=self._moment, hour=self._hour, tint=tint, masked=masked)
        self._environment.filters.update(buildings=replies.buildings)

    def __call__(self, template: str, **params: Any) -> str:
        return self._environment.get_template(template).render(params)

    def intent(self, name: str) -> str:
        return self._replies.word(f"intent.{name}", name)

    def verb(self, name: str) -> str:
        return self._replies.word(f"verb.{name}")

    def rating(self, name: str | None) -> str:
        return self._replies.word(f"rating.{name}") if name else ""

    def place(self, thing: Any, *, door: bool = False) -> str:
        """Where something is, in words; the door is for staff only."""
        part = thing.get if isinstance(thing, dict) else partial(getattr, thing)
        building, unit, spot = part("building", None), part("unit", None), part("place", None)
        style = "lettered" if building and building.isalpha() else "numbered"
        words = [self._replies.word(f"where.{style}").format(building)] if building else []
        words += [self._replies.word("where.unit").format(unit)] if unit else []
        words += [part("room", None) or ""] if door else []
        address = "".join(words)
        return f"{address} {spot}".strip() if spot else address

    def moment_of(self, written: str | None) -> str:
        """Of a moment as an audit row holds it."""
        return self._moment(datetime.fromisoformat(written)) if written else ""

    def _hour(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M}"

    def _moment(self, at: datetime) -> str:
        """A date always carries its weekday."""
        local = at.astimezone(self._zone)
        weekday = self._replies.word(f"weekday.{local.weekday()}")
        return self._replies.word("day").format(month=local.month, day=local.day, weekday=weekday) + self._hour(at)


def tint(name: str) -> int:
    """A colour of an avatar: always the same for the same person."""
    return crc32(name.encode()) % TINTS
