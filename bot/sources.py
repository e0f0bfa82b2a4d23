"""Where chance comes from: jitter and codes. A transcript is replayed with a seeded source, `run` never is."""

from __future__ import annotations

import random
import secrets
from typing import Protocol


class Chance(Protocol):
    def jitter(self) -> float:
        """A number from 0 up to 1."""
        ...

    def code(self) -> str:
        """A one-time code of eight characters that nobody misreads."""
        ...


CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L."""
CODE_LENGTH = 8


class SystemChance:
    def jitter(self) -> float:
        return secrets.randbelow(1_000_000) / 1_000_000

    def code(self) -> str:
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class SeededChance:
    """The same numbers for the same seed: for replays and tests only."""

    def __init__(self, seed: bytes) -> None:
        self._random = random.Random(seed)  # noqa: S311 - must repeat, guards nothing

    def jitter(self) -> float:
        return self._random.random()

    def code(self) -> str:
        return "".join(self._random.choices(CODE_ALPHABET, k=CODE_LENGTH))
