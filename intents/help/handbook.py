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

    def commands_for(self, role: str) -> list[StaffCommand]:
        return [
            command
            for feature in self._features
            for command in feature.staff
            if not command.roles or role in command.roles
        ]
