"""Whoever speaks first need not wait until the grammars are made ready."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from intents.sessions.drafting import Known, changed, read
from intents.understanding import when_words
from scheduler.calendar import Calendar
from tests.assistants import MORNING
from tests.resident import World


async def test_a_start_makes_the_grammar_of_times_ready_beside_all_else(world: World) -> None:
    when_words._compiled.cache_clear()
    running = asyncio.create_task(world.assistant.run())
    try:
        async with asyncio.timeout(20):
            while not when_words._compiled.cache_info().currsize:
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    calendar = world.assistant.services["calendar"]
    made = when_words._compiled.cache_info().misses
    plan = read("周六上午9点社区大厅讲座，20人", MORNING, calendar, Known()).plan
    changed(plan, "改到周日下午2点", MORNING, Calendar(), Known())
    assert when_words._compiled.cache_info().misses == made
