"""The ledger: which cases there are, by state, words, number or address, newest first; open pages are told when it changes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import structlog

from intents.complaints.lifecycle import ENDED, TICKING, State
from intents.understanding.address import split_nickname
from intents.understanding.case_number import case_number
from intents.understanding.normalise import normalise
from intents.understanding.segmenting import search_words
from scheduler.clock import Clock
from storage import audit, case_lists
from storage.base import Db
from web.assistant import Assistant
from web.live import Event, Streams
from web.rendering import Rendering

log = structlog.get_logger()

PAGE = 40
MOST_SHOWN = 600
LONGEST_SEARCH = 100
GATHER_S = 0.15
"""Several commits in a row make one look at the database."""
EVERY, UNDER_WAY = "all", "open"
UNDER_WAY_STATES = tuple(state for state in State if state not in ENDED and state != State.DROPPED)
_NUMBER_BEGUN = re.compile(r"(?i)sq ?([0-9]{0,6})(-[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page shows of the ledger. No `state`: what is under way, or, of a search, everything."""

    state: str = ""
    search: str = ""

    @property
    def shown(self) -> str:
        if self.state in {EVERY, UNDER_WAY, *State}:
            return self.state
        return EVERY if self.search.strip() else UNDER_WAY

    @property
    def states(self) -> list[str] | None:
        if self.shown == EVERY:
            return None
        return [str(state) for state in UNDER_WAY_STATES] if self.shown == UNDER_WAY else [self.shown]


class ComplaintList:
    def __init__(self, assistant: Assistant, rendering: Rendering, streams: Streams, clock: Clock) -> None:
        self._assistant = assistant
        self._community = assistant.settings.community.id
        self._rendering = rendering
        self._streams = streams
        self._clock = clock
        self._changed = asyncio.Event()
        self._commits = 0
        self._counted: tuple[int, dict[str, int]] = (-1, {})
        self._seen: object = None
        assistant.database.listeners.append(self._committed)

    def _committed(self) -> None:
        self._commits += 1
        self._changed.set()

    async def html(self, wanted: Wanted, *, many: int = PAGE, before: int | None = None) -> str:
        """The counts and the newest; `before` an id, only the rows that come after it, for the end of the list."""
        asked = await _asked(wanted.search)
        async with self._assistant.database.reading() as db:
            counts = await self._counts(db)
            cases = await case_lists.latest(db, self._community, many + 1, states=wanted.states, before=before, **asked)
        return self._rendering(
            "cases.html" if before is None else "case_rows.html",
            cases=cases[:many],
            more=cases[many - 1].id if len(cases) > many else None,
            wanted=wanted,
            filters=_filters(counts, wanted),
            any=bool(counts),
            now=self._clock.now(),
            ticking=TICKING,
        )

    def news(self) -> Event:
        """Only that something changed: each page asks anew for what it shows, by its own filter."""
        return Event("cases", {})

    async def run(self) -> None:
        """Follow the database for as long as the server runs."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._publish()
            except Exception as fault:
                # the database may be away for a moment; the next commit tells of itself again
                log.error("list.failed", fault=type(fault).__name__)
            await asyncio.sleep(GATHER_S)

    async def _publish(self) -> None:
        if len(self._streams) == 0:
            return
        async with self._assistant.database.reading() as db:
            seen = await self._look(db)
        if seen != self._seen:
            self._seen = seen
            self._streams.publish(self.news())

    async def _look(self, db: Db) -> object:
        """Differs when anything on the pages may: most commits are only about sending."""
        return await audit.newest(db), await self._counts(db)

    async def _counts(self, db: Db) -> dict[str, int]:
        """Counted once between two commits: nobody but this process writes."""
        commits = self._commits
        if self._counted[0] != commits:
            self._counted = (commits, await case_lists.count_by_state(db, self._community))
        return self._counted[1]


def _filters(counts: dict[str, int], wanted: Wanted) -> list[tuple[str, int]]:
    """The groups, then the states that there are, and the one that is looked at."""
    under_way = sum(counts.get(state, 0) for state in UNDER_WAY_STATES)
    states = [(str(state), counts.get(state, 0)) for state in State if counts.get(state) or state == wanted.shown]
    return [(UNDER_WAY, under_way), (EVERY, sum(counts.values())), *states]


async def _asked(search: str) -> dict[str, Any]:
    """What was typed: a number or its beginning; else an address and words."""
    text = normalise(search[:LONGEST_SEARCH]).strip()
    if not text:
        return {}
    begun = _NUMBER_BEGUN.fullmatch(text)
    number = case_number(text) or (f"SQ{begun[1]}{begun[2] or ''}" if begun else None)
    if number is not None:
        return {"numbered": number}
    where, rest = split_nickname(text)
    words = await search_words(rest) if rest else []
    return {"words": words, "building": where.building if where else None, "unit": where.unit if where else None}
