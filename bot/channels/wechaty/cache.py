"""Values loaded once for everybody who asks at the same time, bounded in number and age."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SharedCache(Generic[K, V]):
    """`load` runs in a task of `tasks`, so that one impatient reader does not take the answer from the others.

    It must not raise: None says "not known now" and is not kept.
    """

    def __init__(
        self, tasks: asyncio.TaskGroup, load: Callable[[K], Awaitable[V | None]], *, max_size: int, ttl_s: float
    ) -> None:
        self._tasks = tasks
        self._load = load
        self._max_size = max_size
        self._ttl_s = ttl_s
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._loading: dict[K, asyncio.Task[V | None]] = {}

    def held(self, key: K) -> V | None:
        expires_at, value = self._values.get(key, (0.0, None))
        return value if expires_at > _now() else None

    async def get(self, key: K) -> V | None:
        held = self.held(key)
        if held is not None:
            return held
        loading = self._loading.get(key)
        if loading is None:
            loading = self._loading[key] = self._tasks.create_task(self._fill(key))
        return await asyncio.shield(loading)

    async def _fill(self, key: K) -> V | None:
        try:
            value = await self._load(key)
        finally:
            current = self._loading.get(key) is asyncio.current_task()
            if current:
                del self._loading[key]
        if value is not None and current:
            self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        self._values[key] = (_now() + self._ttl_s, value)
        self._values.move_to_end(key)
        if len(self._values) > self._max_size:
            self._values.popitem(last=False)

    def forget(self, key: K) -> None:
        """Also what is being loaded: it may be the old value already."""
        self._values.pop(key, None)
        self._loading.pop(key, None)

    def forget_where(self, chosen: Callable[[K], bool]) -> None:
        for key in [key for key in (*self._values, *self._loading) if chosen(key)]:
            self.forget(key)


def _now() -> float:
    return asyncio.get_running_loop().time()
