"""What a question asks that no entry may answer: a doctor's or a lawyer's judgement, whether a rumour is true, or who needs
a number to call at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import re2

from intents.understanding.normalise import fold
from intents.understanding.yaml_source import load_yaml

REFERRED: Final = ("medical", "legal")


@cache
def _lists() -> Mapping[str, Any]:
    return dict(load_yaml(Path(__file__).with_name("judgement.yaml")))


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(_lists()[name].split())


@cache
def _states() -> Any:
    return re2.compile(_lists()["medical_pattern"])


@cache
def _pressing() -> Mapping[str, Any]:
    return {what: re2.compile(pattern) for what, pattern in _lists()["at_once"].items()}


def referred_to(text: str) -> str | None:
    """Which office judges it: `medical` or `legal`. What a civic paper needs is neither's to say."""
    folded = fold(text)
    if _holds(folded, "civic"):
        return None
    if _states().search(folded):
        return "medical"
    return next((office for office in REFERRED if _holds(folded, office)), None)


def is_about_rumour(text: str) -> bool:
    return _holds(fold(text), "rumour")


def at_once(text: str) -> str | None:
    """What cannot wait for an entry. `violence`: somebody at home beats the one who writes, which is answered in private only;
    `cheated`: money is gone to a swindler; `fraud`: somebody asks about what swindlers do, and has perhaps not paid yet."""
    folded = fold(text)
    if _holds(folded, "no_harm_done"):
        return None
    return next((what for what, pattern in _pressing().items() if pattern.search(folded)), None)


def _holds(folded: str, name: str) -> bool:
    return any(word in folded for word in _words(name))
