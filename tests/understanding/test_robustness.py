"""Any text at all: no exception, and no text that takes long. SOAK=1 tries a million."""

from __future__ import annotations

import os
import random
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.understanding.judge import Judge
from intents.understanding.masks import masked
from tests.understanding.judged import inbound, judge

COUNT = 1_000_000 if os.environ.get("SOAK") else 10_000
SEEDS = tuple(text for ready in judge().rules for text in ready.rule.examples)
ODD = (
    "\u0000",
    "\ud83d",
    "\u200b",
    "\u202e",
    "１",
    "－",
    "#",
    "@",
    "号楼",
    "单元",
    "-",
    "\n",
    "😀",
    "𨋢",
    "%",
    "(",
    "{{",
    "'",
)
HOSTILE = (
    "1-1-" * 1000,
    "1号楼" * 1300,
    "一二三四" * 1000,
    "灯坏" * 2000,
    "电梯" * 1000 + "坏了" * 1000,
    "@" * 4000,
    "@小助手 " * 500,
    "我叫王" * 1300,
    "13800000000" * 360,
    "东区3号1单元802" * 400,
    "脑子进水" * 1000,
    "我报的" * 1300,
    "SQ261125-07" * 360,
    " " * 4000,
    "".join(map(chr, range(0x4E00, 0x4E00 + 4000))),
    "灯" * 1_000_000,
)


def mutated(chance: random.Random) -> str:
    letters = list(chance.choice(SEEDS))
    for _ in range(chance.randint(0, 6)):
        position = chance.randint(0, len(letters))
        what = chance.random()
        if what < 0.35:
            letters.insert(position, chance.choice(ODD))
        elif what < 0.6:
            letters[position : position + 2] = []
        elif what < 0.8:
            letters.insert(position, chr(chance.choice((chance.randint(0, 0x2FF), chance.randint(0x3000, 0xFFFF)))))
        else:
            letters += chance.choice(SEEDS)
    return "".join(letters) * (chance.randint(1, 30) if chance.random() < 0.02 else 1)


def took(judge: Judge, text: str, *, mentioned: bool) -> float:
    start = time.perf_counter()
    found = judge(inbound(text, mentioned=mentioned, private=len(text) % 5 == 0))
    masked(found.text)
    return time.perf_counter() - start


def test_random_and_mutated_texts() -> None:
    chance = random.Random(20261125)
    seconds = sorted(took(judge(), mutated(chance), mentioned=chance.random() < 0.3) for _ in range(COUNT))
    p99 = seconds[int(len(seconds) * 0.99)]
    said = (
        f"{COUNT} texts: p50 {seconds[COUNT // 2] * 1e6:.0f} µs, p99 {p99 * 1e3:.2f} ms, max {seconds[-1] * 1e3:.1f} ms"
    )
    sys.stdout.write(f"\n{said}\n")
    assert p99 < 0.05


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts(text: str) -> None:
    best = min(took(judge(), text, mentioned=mentioned) for mentioned in (True, False, True))
    assert best < 0.15


@given(st.text())
def test_anything(text: str) -> None:
    judge()(inbound(text))
    judge()(inbound(text, mentioned=True))
