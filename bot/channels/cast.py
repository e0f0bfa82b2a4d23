"""The simulated world: invented residents, their groups and what they might say; the staff are those of config.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.message import Connected, Member, RosterGroup
from bot.settings import Settings, StaffMember

CAST_FILE = Path(__file__).with_name("cast.yaml")


@dataclass(frozen=True, slots=True)
class Person:
    """`called`: what neighbours call this person, short enough for a list. `role` is set for staff."""

    contact: str
    name: str
    called: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class CastGroup:
    """`members`: contact to the nickname used in this group."""

    id: str
    name: str
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message ready to be said: in a group, or by staff in the private chat (`group` is None)."""

    title: str
    text: str
    speaker: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """`account` is the assistant's raw id, `name` what it is called."""

    account: str
    name: str
    people: Mapping[str, Person]
    groups: Mapping[str, CastGroup]
    phrases: tuple[Phrase, ...]

    def connected(self, at: datetime) -> Connected:
        """What a gateway would tell at login."""
        groups = tuple(
            RosterGroup(group.id, group.name, tuple(self._member(*member) for member in group.members.items()))
            for group in self.groups.values()
        )
        return Connected(self.account, self.name, at, groups, tuple(self._member(contact) for contact in self.people))

    def _member(self, contact: str, alias: str = "") -> Member:
        return Member(contact, self.people[contact].name, alias, friend=True)


def load_cast(settings: Settings, file: Path = CAST_FILE) -> Cast:
    """Raises `ValueError` where a group or a phrase names somebody who is not there."""
    content = yaml.safe_load(file.read_text("utf-8"))
    staff = [one for one in settings.staff if one.contact]
    people = {contact: Person(contact, one["name"], one["called"]) for contact, one in content["people"].items()}
    people.update({one.contact: Person(one.contact, one.name, one.name, one.role) for one in staff})
    groups = {key: _group(key, one, staff, people) for key, one in content["groups"].items()}
    phrases = (_phrase(one, groups, staff) for one in content["phrases"])
    said = tuple(phrase for phrase in phrases if phrase is not None)
    return Cast(content["account"], settings.channel.names[0], people, groups, said)


def _group(key: str, given: Mapping[str, Any], staff: Sequence[StaffMember], people: Mapping[str, Person]) -> CastGroup:
    members = dict(given["members"])
    if given.get("staff"):
        members.update({one.contact: one.name for one in staff})
    if unknown := members.keys() - people.keys():
        raise ValueError(f"group {key}: nobody is called {', '.join(sorted(unknown))}")
    return CastGroup(key, given["name"], members)


def _phrase(given: Mapping[str, Any], groups: Mapping[str, CastGroup], staff: Sequence[StaffMember]) -> Phrase | None:
    """None for a command of a role that nobody in this community has."""
    title, text, group = str(given["title"]), str(given["text"]), given.get("chat")
    if group is None:
        speaker = next((one.contact for one in staff if one.role == given["staff"]), None)
        return Phrase(title, text, speaker) if speaker is not None else None
    if group not in groups or given["speaker"] not in groups[group].members:
        raise ValueError(f"phrase {title}: no such group or speaker")
    return Phrase(title, text, given["speaker"], group)
