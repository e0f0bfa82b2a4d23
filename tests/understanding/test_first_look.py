"""The first look may only ever say no where the whole judgement is silent as well."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.message import Inbound
from intents.understanding.judge import Judge, find_rule_files

FEATURES = Path(__file__).parents[2] / "intents"
MUTATED = 2000
SAID = Inbound("1", "wxid_1", "", datetime(2026, 3, 1, tzinfo=UTC), group="g@chatroom")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load(find_rule_files(FEATURES))


@pytest.fixture(scope="module")
def texts(judge: Judge) -> list[str]:
    written = [text for file in Path(__file__).parent.glob("*.jsonl") for text in _strings(_lines(file))]
    ruled = [text for rule in judge.rules for text in (*rule.rule.examples, *rule.rule.counterexamples)]
    known = list(dict.fromkeys((*sorted(written), *ruled)))
    return known + [_mutated(known, random.Random(seed)) for seed in range(MUTATED)]


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _mutated(known: list[str], chance: random.Random) -> str:
    """Two halves of different sentences, with the order of a few characters changed."""
    head, tail = chance.choice(known), chance.choice(known)
    letters = list(head[: chance.randrange(len(head) + 1)] + tail[chance.randrange(len(tail) + 1) :])
    for _ in range(chance.randrange(3)):
        if letters:
            letters.insert(chance.randrange(len(letters)), letters.pop(chance.randrange(len(letters))))
    return "".join(letters)


def test_it_overlooks_nothing_that_would_be_answered_or_kept(judge: Judge, texts: list[str]) -> None:
    unheeded = [said for text in texts if not judge.heeds(said := replace(SAID, text=text))]
    words = [judge(said) for said in unheeded]
    assert unheeded
    assert not [word for word in words if word.speak or word.lead or word.intent is not None]


def test_what_is_said_to_us_is_always_heeded(judge: Judge) -> None:
    assert judge.heeds(replace(SAID, mentioned=True))
    assert judge.heeds(replace(SAID, group=None))
    assert not judge.heeds(SAID)
