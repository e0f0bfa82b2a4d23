"""A faulty rule file is refused at the start, with its file, its line and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.understanding.errors import RuleError
from intents.understanding.judge import Judge

CATEGORIES = "公共设施:\n  楼道灯: {urgency: P2}\n"
GOOD = """\
- name: complaints.file.lamp
  intent: complaints.file
  category: [公共设施, 楼道灯]
  pairs: {things: 楼道灯 过道灯, faults: [坏了, 不亮], within: 12}
  none: 修好了
  score: 0.8
  examples: [楼道灯坏了]
"""


def load(folder: Path, text: str, categories: str = CATEGORIES) -> Judge:
    (folder / "categories.yaml").write_text(categories, encoding="utf-8")
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return Judge.load([folder / "rules.yaml"])


def test_a_good_file_loads(tmp_path: Path) -> None:
    assert [ready.rule.name for ready in load(tmp_path, GOOD).rules] == ["complaints.file.lamp"]


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("none: 修好了", "non: 修好了", 5, "unknown_key"),
        ("score: 0.8", "score: high", 6, "wrong_type"),
        ("score: 0.8", "score: true", 6, "wrong_type"),
        ("score: 0.8", "score: 8", 6, "bad_range"),
        ("  score: 0.8\n", "", 1, "missing"),
        ("[公共设施, 楼道灯]", "[公共设施, 路灯]", 3, "unknown_category"),
        ("[公共设施, 楼道灯]", "公共设施", 3, "wrong_type"),
        ("none: 修好了", "none: $mended", 5, "unknown_list"),
        ("none: 修好了", "pattern: '('", 5, "bad_pattern"),
        ("none: 修好了", "unless: '('", 5, "bad_pattern"),
        ("none: 修好了", "none: []", 5, "empty"),
        ("none: 修好了", "none: [1]", 5, "wrong_type"),
        ("none: 修好了", "urgency: P9", 5, "wrong_type"),
        ("within: 12", "within: 900", 4, "bad_range"),
        ("within: 12", "wihtin: 12", 4, "unknown_key"),
        ("faults: [坏了, 不亮], ", "", 4, "missing"),
        ("complaints.file\n  category", "complaints\n  category", 2, "bad_intent"),
        ("  examples: [楼道灯坏了]\n", "", 1, "no_examples"),
        ("  pairs: {things: 楼道灯 过道灯, faults: [坏了, 不亮], within: 12}\n", "", 1, "no_words"),
        ("score: 0.8", "score: [", 8, "unreadable"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, old: str, new: str, line: int, key: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    error = caught.value
    assert (error.file, error.line, error.key) == (tmp_path / "rules.yaml", line, key)
    assert f"rules.yaml 第 {line} 行：" in str(error)


def test_a_name_stands_once(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"第 8 行.*complaints\.file\.lamp"):
        load(tmp_path, GOOD + GOOD)


def test_lists_may_hold_lists_but_not_themselves(tmp_path: Path) -> None:
    lists = "lists:\n  lamps: 路灯 $stairs\n  stairs: 楼道灯\nrules:\n"
    rules = GOOD.replace("楼道灯 过道灯", "$lamps")
    assert load(tmp_path, lists + rules)
    with pytest.raises(RuleError) as caught:
        load(tmp_path, lists.replace("楼道灯", "$lamps") + rules)
    assert caught.value.key == "circular_list"


def test_what_is_no_rule_file(tmp_path: Path) -> None:
    for text in ("只有一句话", "3", "rules: 3"):
        with pytest.raises(RuleError):
            load(tmp_path, text)
    with pytest.raises(RuleError) as caught:
        Judge.load([tmp_path / "absent" / "rules.yaml"])
    assert caught.value.key == "unreadable"


def test_the_conditions_of_a_rule(tmp_path: Path) -> None:
    judge = load(tmp_path, GOOD)
    names = {rule.rule.name for rule in judge.rules}
    assert names == {"complaints.file.lamp"}
