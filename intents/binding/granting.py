"""What an admin types after the command that makes a code: a name, a role, and of a grid member the buildings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from bot.settings import Role
from intents.errors import BuildingsNotNeeded, CommandIncomplete, RoleUnknown
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

ROLES: Final[tuple[str, ...]] = get_args(Role)
LONGEST_NAME: Final = 20
MOST_BUILDINGS: Final = 60
HIGHEST_BUILDING: Final = 999
USAGE: Final = "binding.code"
_BETWEEN: Final = " \t\n,.;:/|\u3001\u3002\uff0c"
_RANGE: Final = re.compile(r"([0-9]{1,3})[-~]([0-9]{1,3})")
_ONE: Final = re.compile(r"[0-9]{1,3}|[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Grant:
    """To whom a code gives which role."""

    name: str
    role: str
    buildings: tuple[str, ...] = ()


@cache
def _words() -> Any:
    return load_yaml(Path(__file__).with_name("roles.yaml"))


def grant_of(rest: str) -> Grant:
    """Raises `CommandIncomplete` or `RoleUnknown`: one line that says what is missing."""
    said = normalise(rest).split(maxsplit=2)
    if not said or len(said[0]) > LONGEST_NAME:
        raise CommandIncomplete(missing="colleague_name", usage=USAGE)
    if len(said) == 1:
        raise CommandIncomplete(missing="role", usage=USAGE)
    role = _role(said[1])
    if role is None:
        raise RoleUnknown(role=said[1][:LONGEST_NAME], roles=ROLES)
    where = said[2] if len(said) > 2 else ""
    if not where:
        return Grant(said[0], role)
    if role != "grid":
        raise BuildingsNotNeeded()
    found = buildings(where)
    if found is None:
        raise CommandIncomplete(missing="buildings", usage="binding.code_grid")
    return Grant(said[0], role, found)


def _role(word: str) -> str | None:
    if word.lower() in ROLES:
        return word.lower()
    return next((role for role in ROLES if word in _words()[role]), None)


def buildings(said: str) -> tuple[str, ...] | None:
    """`3-7、12栋，除5栋` as numbers in order; None where something in it is no building."""
    kept, *left_out = re.split("|".join(_words()["except"]), said, maxsplit=1)
    some = _listed(kept)
    others = _listed(left_out[0]) if left_out else ()
    if some is None or others is None:
        return None
    found = tuple(dict.fromkeys(one for one in some if one not in others))
    return found if 0 < len(found) <= MOST_BUILDINGS else None


def _listed(said: str) -> tuple[str, ...] | None:
    found: list[str] = []
    for part in re.split(f"[{re.escape(_BETWEEN)}]+", said):
        bare = part.strip(_words()["units"])
        if not bare:
            continue
        between = _RANGE.fullmatch(re.sub(f"[{_words()['units']}]", "", bare))
        if between is not None:
            first, last = int(between[1]), int(between[2])
            if not 0 < first <= last <= HIGHEST_BUILDING or last - first >= MOST_BUILDINGS:
                return None
            found += [str(number) for number in range(first, last + 1)]
        elif _ONE.fullmatch(bare):
            found.append(str(int(bare)) if bare.isdecimal() else bare.upper())
        else:
            return None
    return tuple(found)
