"""Killed at every named point, the assistant loses nothing, does nothing twice, and does not burst when it comes back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from storage import failpoint
from tests.crash.scene import SOAK, Death, Found, Scene
from tests.crash.session_stories import A_BROADCAST, A_SESSION, BROADCAST_DEATHS, SESSION_DEATHS
from tests.crash.stories import A_QUESTION, FIRST_HOUR, WHOLE_LIFE, Story
from tests.databases import KINDS, Shelf

NOTICE, REMINDER = 8, 11
"""When they are sent, among all that is: behind what is more urgent."""

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
    "send.after_claim of a notice": [Death("send.after_claim", NOTICE)],
    "send.after_call of a reminder": [Death("send.after_call", REMINDER)],
    "tick.claimed": [Death("tick.claimed", 1)],
    "tick.before_commit": [Death("tick.before_commit", 2)],
    "tick.after_commit": [Death("tick.after_commit", 1)],
    "start.recovered": [Death("send.after_call", 3), Death("start.recovered")],
    "migrate.begun": [Death("migrate.begun")],
    "migrate.half": [Death("migrate.half", 15)],
    "migrate.before_commit": [Death("migrate.before_commit")],
}
MESSAGES = len(WHOLE_LIFE.messages) + 1
"""One of them is delivered twice."""
FEW, OFTEN = (2, 14) if SOAK else (4, 4)
"""At which step that is new each life ends, and how many lives."""
MOVES = {
    "before a move is recorded": [Death("receive.recorded", FEW)] * OFTEN,
    "before each move is committed": [Death("receive.before_commit", number) for number in range(1, MESSAGES + 1)],
    "after a move is committed": [
        Death(
            "receive.after_commit", number, certain=number <= 10
        )  # an old digit is chatter once its question is closed
        for number in range(1, MESSAGES + 1, 1 if SOAK else 2)
    ],
    "before a line is sent": [Death("send.before_call", FEW)] * OFTEN,
    "after a line is sent": [Death("send.after_call", FEW)] * OFTEN,
    "while it asks again and closes": [
        Death("tick.claimed"),
        Death("tick.before_commit", 2),
        Death("tick.after_commit"),
        Death("tick.before_commit"),
        Death("tick.claimed", 2),
        Death("tick.after_commit"),
        Death("tick.before_commit"),
    ],
}
"""Many lives in a row: each dies one step further on."""
ASKED = {
    "while it is heard": [Death("receive.fed", number) for number in (2, 4, 6)],
    "before it is recorded": [Death("receive.recorded")] * 2,
    "before each step is committed": [Death("receive.before_commit")] * 5,
    "after a step is committed": [Death("receive.after_commit")] * 5,
    "before a line is claimed": [Death("send.before_claim", number) for number in (3, 7)],
    "after a line is claimed": [Death("send.after_claim", 4)] * 3,
    "before a line is sent": [Death("send.before_call", 4)] * 3,
    "after a line is sent": [Death("send.after_call", 4)] * 3,
    "before a line is settled": [Death("send.before_settle", 4)] * 2,
    "after a line is settled": [Death("send.settled", 4)] * 2,
    "while it comes back": [Death("send.after_call", 3), Death("start.recovered")],
    "while the study page is made": [
        Death("tick.claimed"),
        Death("tick.before_commit"),
        Death("tick.after_commit"),
        Death("send.after_claim"),
        Death("send.after_call"),
    ],
}
MOST_TIMES = {"receive": 5, "send": 11, "tick": 2, "start": 1, "migrate": 1}
"""How often each kind of point is surely come by in one life."""
SOAK_ROUNDS = 20
NEW_ROUNDS = 50


async def play(shelf: Shelf, folder: Path, deaths: list[Death], story: Story = FIRST_HOUR) -> None:
    """Die and live on, on both databases at once."""
    empty = any(death.point.startswith("migrate.") for death in deaths)
    urls = {kind: shelf.empty(kind) if empty else shelf.migrated(kind) for kind in KINDS}
    for kind in KINDS:
        (folder / kind).mkdir()
    scenes = [Scene(url, folder / kind, story) for kind, url in urls.items()]
    await asyncio.gather(*(asyncio.to_thread(scene.play, *deaths) for scene in scenes))
    for scene in scenes:
        (await Found.read(scene.url, scene.story)).check(scene, len(deaths))
        shelf.clear(scene.url)


def test_every_named_point_is_tried() -> None:
    assert {death.point for deaths in DEATHS.values() for death in deaths} == failpoint.NAMES


STORIES = {"the first hour": FIRST_HOUR, "a whole life": WHOLE_LIFE, "a question": A_QUESTION}
NEW_STORIES = {"a broadcast": A_BROADCAST, "a session": A_SESSION}


@pytest.mark.parametrize("story", [*STORIES.values(), *NEW_STORIES.values()], ids=[*STORIES, *NEW_STORIES])
async def test_without_a_death_everything_is_done_once(story: Story, shelf: Shelf, tmp_path: Path) -> None:
    await play(shelf, tmp_path, [], story)


@pytest.mark.parametrize("where", DEATHS)
async def test_after_a_death_nothing_is_lost_or_doubled(where: str, shelf: Shelf, tmp_path: Path) -> None:
    await play(shelf, tmp_path, DEATHS[where])


@pytest.mark.parametrize("where", MOVES)
async def test_a_case_lives_through_a_death_at_every_step(where: str, shelf: Shelf, tmp_path: Path) -> None:
    await play(shelf, tmp_path, MOVES[where], WHOLE_LIFE)


@pytest.mark.parametrize("where", ASKED)
async def test_a_question_lives_through_a_death_at_every_step(where: str, shelf: Shelf, tmp_path: Path) -> None:
    """Nobody is told twice or never; the entry is there once, the count is right, the study page and its file go once."""
    await play(shelf, tmp_path, ASKED[where], A_QUESTION)


@pytest.mark.parametrize("where", BROADCAST_DEATHS)
async def test_a_broadcast_lives_through_a_death_at_every_step(where: str, shelf: Shelf, tmp_path: Path) -> None:
    """Each group hears it once, or staff are told that nobody knows; what was held stays held, receipts are counted once."""
    await play(shelf, tmp_path, BROADCAST_DEATHS[where], A_BROADCAST)


@pytest.mark.parametrize("where", SESSION_DEATHS)
async def test_a_session_lives_through_a_death_at_every_step(where: str, shelf: Shelf, tmp_path: Path) -> None:
    """Sign-ups are counted right, the free place is offered once, everybody is reminded once and hears once that it is off."""
    await play(shelf, tmp_path, SESSION_DEATHS[where], A_SESSION)


if SOAK:

    @pytest.mark.parametrize("story", NEW_STORIES.values(), ids=NEW_STORIES)
    @pytest.mark.parametrize("number", range(NEW_ROUNDS))
    @pytest.mark.parametrize("point", sorted(failpoint.NAMES))
    async def test_wherever_a_notice_or_a_session_dies(
        point: str, number: int, story: Story, shelf: Shelf, tmp_path: Path
    ) -> None:
        random = Random(f"{point} {number} {story.counted}")
        deaths = [Death("send.after_call", random.randint(1, 8))] if point == "start.recovered" else []
        deaths.append(Death(point, random.randint(1, 12), certain=False))
        for _ in range(random.randint(0, 2)):
            deaths.append(Death(random.choice(sorted(failpoint.NAMES)), random.randint(1, 6), certain=False))
        await play(shelf, tmp_path, deaths, story)

    @pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
    @pytest.mark.parametrize("number", range(SOAK_ROUNDS))
    @pytest.mark.parametrize("point", sorted(failpoint.NAMES))
    async def test_wherever_and_however_often_it_dies(
        point: str, number: int, story: Story, shelf: Shelf, tmp_path: Path
    ) -> None:
        """At this point early or late, and then perhaps again at others."""
        random = Random(f"{point} {number}")
        deaths = [Death("send.after_call", random.randint(1, 8))] if point == "start.recovered" else []
        deaths.append(Death(point, random.randint(1, MOST_TIMES[point.partition(".")[0]])))
        for _ in range(random.randint(0, 2)):
            deaths.append(Death(random.choice(sorted(failpoint.NAMES)), random.randint(1, 4), certain=False))
        await play(shelf, tmp_path, deaths, story)
