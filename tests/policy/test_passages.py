"""An entry in pieces that are short enough to be an answer."""

from __future__ import annotations

from intents.policy.passages import LONGEST, cuts, passages_of
from storage.policy_entry import Draft, Kind


def test_the_parts_of_a_guide_are_passages_of_their_own() -> None:
    guide = Draft(
        "dog",
        "养犬登记",
        "每年六月年检。",
        Kind.GUIDE,
        answer="养犬登记到派出所办。",
        parts={"place": "辖区派出所二楼。", "papers": "身份证、狗的免疫证明。"},
    )
    assert [(one.part, one.text) for one in passages_of(guide)] == [
        (None, "养犬登记到派出所办。"),
        ("papers", "养犬登记\n身份证、狗的免疫证明。"),
        ("place", "养犬登记\n辖区派出所二楼。"),
        (None, "养犬登记\n每年六月年检。"),
    ]


def test_a_title_alone_is_still_found() -> None:
    assert [one.text for one in passages_of(Draft("x", "关于调整供暖时间的通知"))] == ["关于调整供暖时间的通知"]


def test_a_long_body_is_cut_at_the_ends_of_sentences() -> None:
    sentence = "楼道里不得堆放杂物，也不得给电动车充电。"
    found = list(cuts(sentence * 40))
    assert "".join(found) == sentence * 40
    assert all(len(one) <= LONGEST and one.endswith("。") for one in found)


def test_what_has_no_ends_of_sentences_is_cut_all_the_same() -> None:
    assert [len(one) for one in cuts("水" * 600)] == [250, 250, 100]
    listed = "，".join(["热水器和煤气灶要有熄火保护"] * 60)
    found = list(cuts(listed))
    assert "".join(found) == listed
    assert all(len(one) <= LONGEST for one in found)
    assert all(one.endswith("，") for one in found[:-1])
