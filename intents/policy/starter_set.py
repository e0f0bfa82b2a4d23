"""The starter set: entries of our own, general enough for any community, silent until staff have confirmed them for theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.yaml_source import load_yaml
from storage import meta, policy
from storage.base import Db
from storage.policy import State
from storage.policy_entry import PARTS, Draft, Kind

FOLDER: Final = Path(__file__).with_name("starter")
STARTER: Final = "starter"
_FACT: Final = "starter"


@cache
def starter_set() -> tuple[Draft, ...]:
    """Read once a process."""
    return tuple(_draft(given) for file in _files() for given in load_yaml(file))


async def lay_out(db: Db, community: str, now: datetime) -> None:
    """Put in what is new in it. What staff have confirmed, replaced or withdrawn is theirs, and stays as it is."""
    digest = _digest()
    name = f"{_FACT}:{community}"[:32]
    if await meta.fact(db, name) == digest:
        return
    known = await policy.by_codes(db, community, [draft.code for draft in starter_set()])
    ours = [
        draft
        for draft in starter_set()
        if (row := known.get(draft.code)) is None or (row.origin == STARTER and row.state == State.WAITING)
    ]
    await policy.put_all(db, community, ours, now, origin=STARTER, in_force=False)
    await meta.put_fact(db, name, digest)


async def confirm_all(db: Db, community: str, by: str, now: datetime) -> None:
    """For a throw-away base: as if somebody had looked at each of them."""
    await policy.put_all(db, community, starter_set(), now, origin=STARTER, in_force=True, by=by)
    await meta.put_fact(db, f"{_FACT}:{community}"[:32], _digest())


def _draft(given: Mapping[str, Any]) -> Draft:
    parts = {part: str(given[part]) for part in PARTS if part in given}
    rest = {key: value for key, value in given.items() if key not in PARTS}
    return Draft(**{**rest, "kind": Kind(rest["kind"]), "questions": tuple(rest.get("questions", ())), "parts": parts})


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def _digest() -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in _files())).hexdigest()
