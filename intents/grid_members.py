"""The grid members of config.yaml in words, as answers and entries name them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.settings import StaffMember
from intents.understanding.yaml_source import load_yaml


def grid_members(staff: Sequence[StaffMember], building: str | None = None) -> str:
    """Each with the buildings they look after; only those of `building` where somebody looks after it."""
    form = load_yaml(Path(__file__).with_suffix(".yaml"))

    def shown(one: StaffMember) -> str:
        buildings = form["between_buildings"].join(one.buildings)
        return str(form["member"].format(buildings=buildings, name=one.name)) if buildings else one.name

    members = [one for one in staff if one.role == "grid"]
    theirs = [one for one in members if building in one.buildings]
    return str(form["between_members"].join(shown(one) for one in theirs or members))
