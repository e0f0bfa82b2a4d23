"""Thanks and the like want no answer, not even in private."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from intents.understanding.yaml_source import load_yaml


@cache
def _courtesies() -> frozenset[str]:
    return frozenset(load_yaml(Path(__file__).with_name("courtesies.yaml")))


def is_courtesy(text: str) -> bool:
    """Also what holds no letter at all, such as a thumb up."""
    bare = "".join(character for character in text if character.isalnum())
    return not bare or bare in _courtesies()
