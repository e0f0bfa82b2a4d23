from __future__ import annotations

import pytest

from intents.understanding.normalise import LENGTH_LIMIT, fold, normalise


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("１０－１－１０１　救命！", "10-1-101 救命!"),
        ("樓道燈壞咗", "楼道灯坏咗"),
        ("8—2–301", "8-2-301"),
        ("灯\u200b不\u202e亮\u0000\ufeff", "灯不亮"),
        ("坏\ud83d的", "坏的"),
        ("好的😀\n谢谢", "好的😀\n谢谢"),
    ],
)
def test_one_spelling(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


def test_folding_reads_dialects_and_keeps_positions() -> None:
    assert fold("電梯壞咗 冇人理 SQ") == "电梯坏了 没人理 sq"
    text = "俺屋头\u200b電梯Ａ"
    assert len(fold(text)) == len(normalise(text))


def test_only_the_first_characters_are_read() -> None:
    assert len(normalise("灯" * 1_000_000)) == LENGTH_LIMIT


def test_normalising_twice_changes_nothing() -> None:
    text = "唔好行埋嚟！Ｂ棟外牆－"
    assert normalise(normalise(text)) == normalise(text)
