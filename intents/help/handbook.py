"""Help that writes itself from the features."""

from __future__ import annotations

from collections.abc import Sequence

from intents.feature import Feature, StaffCommand
from intents.replies import Replies


class Handbook:
    def __init__(self, features: Sequence[Feature], replies: Replies) -> None:
        self._features = features
        self._replies = replies

    def usages(self) -> list[str]:
        """One line a feature, for residents."""
        usages = (self._replies.source(f"{feature.name}.usage").strip() for feature in self._features)
        return [usage for usage in usages if usage]

    def sections(self, role: str, about: str = "") -> list[tuple[str, list[StaffCommand]]]:
        """What this role may give, by feature under its title; `about`: only the feature or the commands that are called so."""
        found = []
        for feature in self._features:
            title = self._replies.source(f"{feature.name}.title")
            mine = [command for command in feature.staff if not command.roles or role in command.roles]
            if about and about not in title:
                mine = [command for command in mine if about in command.word]
            if mine:
                found.append((title, mine))
        return found
