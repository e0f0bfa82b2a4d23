"""The community's own facts in an entry's words: `{office_phone}` and the like, from config.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.settings import Settings
from intents.grid_members import grid_members
from storage.policy_entry import Draft

_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_SENTENCE: Final = re.compile("[^\u3002\uff01\uff1f!?;\uff1b\n]*[\u3002\uff01\uff1f!?;\uff1b\n]?")


class Facts:
    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    @classmethod
    def of(cls, settings: Settings) -> Facts:
        office = settings.community.office
        return cls(
            {
                "office_phone": settings.community.phones.office,
                "office_hours": office.hours,
                "office_place": office.place,
                "reception_day": office.reception,
                "grid_members": grid_members(settings.staff),
            }
        )

    def filled(self, draft: Draft) -> Draft:
        """With the facts put in; a sentence whose fact nobody has given is left out whole."""
        parts = {name: text for name, given in draft.parts.items() if (text := self._in(given))}
        return replace(draft, answer=self._in(draft.answer), body=self._in(draft.body), parts=parts)

    def _in(self, text: str) -> str:
        if "{" not in text:
            return text
        sentences = (match[0] for match in _SENTENCE.finditer(text))
        return "".join(self._put(one) for one in sentences if self._is_known(one))

    def _is_known(self, sentence: str) -> bool:
        return all(self._known.get(name, "?") for name in _PLACE.findall(sentence))

    def _put(self, sentence: str) -> str:
        return _PLACE.sub(lambda match: self._known.get(match[1], match[0]), sentence)
