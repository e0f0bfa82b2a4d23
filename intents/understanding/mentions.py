"""`@somebody` in a text: whom it is meant for. The mentions are blanked, since a nickname may hold an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intents.understanding.lexicon import one_of, words

_MENTION = re.compile(r"@([^\s@,。!?:;]{1,40})")


@dataclass(frozen=True, slots=True)
class Addressed:
    text: str
    """As long as before, with blanks where the mentions stood."""
    somebody_else: bool


class Mentions:
    def __init__(self, assistant_names: Sequence[str]) -> None:
        self._assistant = re.compile(one_of(assistant_names)) if assistant_names else None
        self._staff = re.compile(one_of(words("mentions", "staff")))

    def read(self, text: str) -> Addressed:
        if "@" not in text:
            return Addressed(text, False)
        somebody_else = any(self._is_somebody_else(name) for name in _MENTION.findall(text))
        return Addressed(_MENTION.sub(self._blank, text), somebody_else)

    def _blank(self, match: re.Match[str]) -> str:
        """A name of ours may be followed by words without a blank: only the name goes."""
        known = self._assistant.match(match[1]) if self._assistant else None
        if known is None:
            return " " * len(match[0])
        return " " * (1 + known.end()) + match[1][known.end() :]

    def _is_somebody_else(self, name: str) -> bool:
        ours = self._assistant is not None and self._assistant.match(name)
        return not ours and not self._staff.search(name)
