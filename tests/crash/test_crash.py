"""Killed at every named point, the assistant loses nothing, does nothing twice, and does not burst when it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import failpoint
from tests.crash.scene import Death, Found, Scene
from tests.databases import KINDS, Shelf

DEATHS = {
    "receive.fed": [Death("receive.fed", 3)],
    "receive.recorded": [Death("receive.recorded", 2)],
    "receive.before_commit": [Death("receive.before_commit", 3)],
    "receive.after_commit": [Death("receive.after_commit", 2)],
    "send.before_claim": [Death("send.before_claim", 5)],
    "send.after_claim": [Death("send.after_claim", 2)],
    "send.before_call": [Death("send.before_call", 3)],
    "send.after_call": [Death("send.after_call", 2)],
    "send.before_settle": [Death("send.before_settle", 3)],
    "send.settled": [Death("send.settled", 2)],
    "tick.claimed": [Death("tick.claimed", 1)],
    "tick.before_commit": [Death("tick.before_commit", 2)],
    "tick.after_commit": [Death("tick.after_commit", 1)],
    "start.recovered": [Death("send.after_call", 3), Death("start.recovered")],
    "migrate.begun": [Death("migrate.begun")],
    "migrate.half": [Death("migrate.half", 15)],
    "migrate.before_commit": [Death("migrate.before_commit")],
}


def test_every_named_point_is_tried() -> None:
    assert set(DEATHS) == failpoint.NAMES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", ["nowhere", *sorted(DEATHS)])
async def test_nothing_is_lost_or_doubled(point: str, kind: str, shelf: Shelf, tmp_path: Path) -> None:
    deaths = DEATHS.get(point, [])
    url = shelf.empty(kind) if point.startswith("migrate.") else shelf.migrated(kind)
    scene = Scene(url, tmp_path)
    scene.play(*deaths)
    (await Found.read(url)).check(scene, len(deaths))
    shelf.clear(url)
