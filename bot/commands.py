"""Staff commands as typed: the first word decides. The same parse tells which resident's message is none of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.context import Command
from bot.message import Refusal

_NUMBER = re.compile(r"[A-Za-z]{2}[0-9]{6}-?[0-9]{2,}")
_CODE = re.compile(r"[0-9A-Za-z]{8}")
_SEPARATORS = " \t\n\r:：,，"


@dataclass(frozen=True, slots=True)
class CommandWord:
    """`roles`: who may give it; none named means everybody on the staff. `public`: residents say the word too."""

    word: str
    name: str
    roles: tuple[str, ...] = ()
    public: bool = False
    jargon: bool = False
    """No resident begins a sentence with it."""


class NotYourRole(Refusal):
    key = "refused.not_your_role"


class CommandWords:
    def __init__(self, words: Iterable[CommandWord]) -> None:
        self._words = sorted(words, key=lambda one: -len(one.word))
        self._by_name = {one.name: one for one in self._words}
        self._initials = frozenset(one.word[0] for one in self._words)

    def parse(self, text: str) -> Command | None:
        """`X SQ261125-07 name`, `XSQ261125-07 name`, `X`; but not a sentence that happens to begin like one."""
        text = text.strip()
        if not text or text[0] not in self._initials:
            return None
        for one in self._words:
            if text.startswith(one.word) and _ends_here(text, len(one.word)):
                return Command(one.name, text[len(one.word) :].strip(_SEPARATORS))
        return None

    def is_staffs_only(self, text: str) -> bool:
        """Whether this is a command as staff type it: the word alone, or the word and a case number.

        A sentence that goes on in other words is a resident's own, however it begins.
        """
        command = self.parse(text)
        if command is None or self._by_name[command.name].public:
            return False
        if not command.rest or _NUMBER.match(command.rest) is not None:
            return True
        after = text.strip()[len(self._by_name[command.name].word) :]
        # a one-time code after it is somebody who was given one
        return self._by_name[command.name].jargon and not after[:1].isalnum() and not _CODE.fullmatch(command.rest)

    def check_role(self, command: Command, role: str) -> None:
        """Raises `NotYourRole`."""
        one = self._by_name[command.name]
        if one.roles and role not in one.roles:
            raise NotYourRole(command=one.word)


def _ends_here(text: str, at: int) -> bool:
    if at == len(text) or text[at] in _SEPARATORS:
        return True
    return text[at].isascii() and text[at].isalnum()
