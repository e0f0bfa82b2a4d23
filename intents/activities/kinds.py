"""Kinds of what staff do beside the chat: the shipped ones and the community's own, each with other words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.yaml_source import load_yaml

MOST_NEAR: Final = 4
NEAR: Final = 0.4


@cache
def shipped() -> Mapping[str, tuple[str, ...]]:
    kinds: Any = load_yaml(Path(__file__).with_name("kinds.yaml"))
    return {str(name): tuple(str(words or "").split()) for name, words in kinds.items()}


class Kinds:
    def __init__(self, own: Mapping[str, Sequence[str]], separators: str) -> None:
        self._words = {**shipped(), **{name: tuple(words) for name, words in own.items()}}
        self._separators = separators
        said = [(word, name) for name, words in self._words.items() for word in words]
        # a kind's own name wins over another's word for it
        self._said = dict(said) | {name: name for name in self._words}
        self._longest_first = sorted(self._said, key=len, reverse=True)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._words)

    def named_by(self, text: str) -> tuple[str, int] | None:
        """The kind that a text begins with, and where its word ends; a word that runs on into others is part of what was done,
        and ends at 0."""
        for word in self._longest_first:
            if text.startswith(word):
                whole = len(text) == len(word) or text[len(word)] in self._separators
                return self._said[word], len(word) if whole else 0
        return None

    def near(self, text: str) -> list[str]:
        """Kinds that may be meant, at most a few, the nearest first."""
        first = next(iter(text.split()), "")
        held = [word for word in self._longest_first if word in text]
        alike = {word: SequenceMatcher(None, first, word).ratio() for word in self._said}
        ranked = sorted((word for word, ratio in alike.items() if ratio >= NEAR), key=lambda word: -alike[word])
        return list(dict.fromkeys(self._said[word] for word in (*held, *ranked)))[:MOST_NEAR]
