"""Templates and words of the pages. Everything that goes into a template is escaped."""

from __future__ import annotations

from datetime import datetime, tzinfo
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
        self._environment.globals.update(word=replies.word, words=self.words)
        self._environment.filters.update(moment=self._moment, hour=self._hour, tint=tint, masked=masked)

    def __call__(self, template: str, **params: Any) -> str:
        return self._environment.get_template(template).render(params)

    def intent(self, name: str) -> str:
        return self._replies.word(f"intent.{name}", name)

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
