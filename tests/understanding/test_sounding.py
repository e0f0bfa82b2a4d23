"""What the learned weights add: they help, they never decide alone, and they say so."""

from __future__ import annotations

import time

import pytest

from intents.understanding.normalise import fold
from intents.understanding.sounding import DEAF, SESSIONS_FILE, WEIGHTS_FILE, Ear, open_ear
from intents.understanding.yaml_source import load_yaml
from tests.understanding.judged import judge, understood

COMPLAINT = "complaints.file"
EMERGENCY = "complaints.emergency"


def margin(text: str, intent: str) -> float:
    return open_ear().hear(fold(text)).margin(intent)


def test_the_files_are_small_and_read_quickly() -> None:
    assert WEIGHTS_FILE.stat().st_size <= 200_000
    assert SESSIONS_FILE.stat().st_size <= 80_000
    start = time.perf_counter()
    Ear(load_yaml(WEIGHTS_FILE), load_yaml(SESSIONS_FILE))
    assert time.perf_counter() - start < 0.25, "50 ms on an idle core"


def test_trouble_sounds_like_trouble_and_chat_does_not() -> None:
    assert margin("楼道里的灯坏了好几天没人修 8号楼", COMPLAINT) > 1
    assert margin("晚上一起吃火锅去吗", COMPLAINT) < -1
    assert margin("门缝里往外冒烟 里头有人喊救命 6号楼", EMERGENCY) > 0.5
    assert margin("楼道里的灯坏了好几天没人修 8号楼", EMERGENCY) < -1


def test_who_has_learned_nothing_hears_nothing() -> None:
    sound = DEAF.hear(fold("着火了"))
    assert sound.margin(EMERGENCY) < -5
    assert not sound.kinds()
    assert not sound.dangers()


def test_every_kind_it_knows_is_a_category() -> None:
    kinds = judge().categories.kinds
    sound = open_ear().hear(fold("着火了"))
    assert set(sound.kinds()) == {level1 for level1, _ in kinds}
    assert set(sound.dangers()) <= set(kinds)


def test_it_says_what_it_sounds_like() -> None:
    assert any(why.endswith(" sounds_like") for why in understood("3号楼2单元楼道灯坏了三天没人管").why)


@pytest.mark.parametrize("text", ["3号楼2单元501", "我住8号楼1单元", "俺家5号楼1单元"])
def test_an_address_alone_is_no_complaint(text: str) -> None:
    assert not understood(text).speak
