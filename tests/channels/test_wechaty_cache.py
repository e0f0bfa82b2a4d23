from __future__ import annotations

import asyncio

from bot.channels.wechaty.cache import SharedCache


class Source:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self, key: str) -> str | None:
        self.asked.append(key)
        await self.gate.wait()
        return None if key == "unknown" else key.upper()


async def test_readers_at_the_same_time_share_one_call() -> None:
    source = Source()
    async with asyncio.TaskGroup() as tasks:
        cache = SharedCache(tasks, source.load, max_size=10, ttl_s=60)
        source.gate.clear()
        readers = [asyncio.create_task(cache.get("a")) for _ in range(20)]
        await asyncio.sleep(0)
        readers[0].cancel()
        source.gate.set()
        assert (await asyncio.gather(*readers[1:])) == ["A"] * 19
        assert await cache.get("a") == "A"
    assert source.asked == ["a"]


async def test_it_is_bounded_and_ages() -> None:
    source = Source()
    async with asyncio.TaskGroup() as tasks:
        cache = SharedCache(tasks, source.load, max_size=2, ttl_s=0.02)
        for key in "abc":
            await cache.get(key)
        assert (cache.held("a"), cache.held("b"), cache.held("c")) == (None, "B", "C")
        await asyncio.sleep(0.03)
        assert cache.held("c") is None


async def test_what_is_not_known_is_asked_again() -> None:
    source = Source()
    async with asyncio.TaskGroup() as tasks:
        cache = SharedCache(tasks, source.load, max_size=2, ttl_s=60)
        assert await cache.get("unknown") is None
        assert await cache.get("unknown") is None
    assert source.asked == ["unknown", "unknown"]


async def test_a_value_forgotten_while_it_loads_is_not_kept() -> None:
    source = Source()
    async with asyncio.TaskGroup() as tasks:
        cache = SharedCache(tasks, source.load, max_size=2, ttl_s=60)
        source.gate.clear()
        reader = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0.01)
        cache.forget("a")
        source.gate.set()
        assert await reader == "A"
        assert cache.held("a") is None
        cache.put("ab", "x")
        cache.forget_where(lambda key: key.startswith("a"))
        assert cache.held("ab") is None
