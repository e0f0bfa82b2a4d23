"""A capability describes itself: its router, its folder of words, its staff commands. Help writes itself from this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.router import Router
from intents.understanding.yaml_source import load_yaml


@dataclass(frozen=True, slots=True)
class StaffCommand:
    """`word` decides; `usage` is how it is typed; `roles` may give it (none named: everybody on the staff)."""

    name: str
    word: str
    usage: str
    does: str
    roles: tuple[str, ...] = ()
    public: bool = False
    """The same word means something to residents too."""
    jargon: bool = False
    """No resident begins a sentence with it: what looks like it is a command, whatever follows."""


@dataclass(frozen=True)
class Feature:
    """One folder of `intents/`. Its title and usage for residents are the keys `<name>.title` and `<name>.usage`."""

    name: str
    router: Router
    folder: Path

    @property
    def rules(self) -> list[Path]:
        return sorted(self.folder.glob("rules*.yaml"))

    @property
    def replies(self) -> Path:
        return self.folder / "replies.yaml"

    @cached_property
    def staff(self) -> tuple[StaffCommand, ...]:
        file = self.folder / "commands.yaml"
        if not file.exists():
            return ()
        return tuple(
            StaffCommand(
                name=name,
                word=str(entry["word"]),
                usage=str(entry["usage"]),
                does=str(entry["does"]),
                roles=tuple(entry.get("roles", ())),
                public=bool(entry.get("public", False)),
                jargon=bool(entry.get("jargon", False)),
            )
            for name, entry in load_yaml(file).items()
        )
