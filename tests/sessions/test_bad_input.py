"""What staff read where a session cannot be made of what they typed: one clear line, and nothing is made."""

from __future__ import annotations

import pytest

from bot.message import LONGEST_NOTE, LONGEST_TEXT, Inbound, kept_words, longest_kept
from tests.assistants import MORNING
from tests.resident import World
from tests.sessions.neighbours import street

REFUSED = [
    ("昨天上午9点 讲座", "11月24日（周二）09:00已经过了，请改个日子再发。"),
    ("周六下午4点到2点 讲座", "11月28日（周六）16:00开始，11月29日（周日）02:00结束，钟点对不上。请核对再发。"),
    ("周六上午9点 讲座 名额0", "名额要写1到10000之间的整数，不限就写“不限人数”。"),
    ("周六上午9点 讲座 限0人", "名额要写1到10000之间的整数，不限就写“不限人数”。"),
    ("周六上午9点 讲座 名额10000000", "名额要写1到10000之间的整数，不限就写“不限人数”。"),
    ("周六上午9点 讲座 名额-5", "名额要写1到10000之间的整数，不限就写“不限人数”。"),
    ("周六上午9点 讲座 1-999号楼9:30", "楼号没看准，请写明几号楼到几号楼。"),
    ("周六 讲座", "还差几点。照这样发一句就行：周六下午2点-4点 活动室 健康讲座 限30人"),
    ("月底 讲座", "还差几点。照这样发一句就行：周六下午2点-4点 活动室 健康讲座 限30人"),
    ("讲座", "还差哪天、几点。照这样发一句就行：周六下午2点-4点 活动室 健康讲座 限30人"),
    ("2月30号上午9点 讲座", "还差哪天。照这样发一句就行：周六下午2点-4点 活动室 健康讲座 限30人"),
    ("周六上午9点", "还差办什么活动。照这样发一句就行：周六下午2点-4点 活动室 健康讲座 限30人"),
    ("周六上午9点 讲座 " + "好" * 2000, "整段话写长了，最多1500个字，请缩短再发。"),
]


@pytest.mark.parametrize(("text", "line"), REFUSED, ids=[text[:20] for text, _ in REFUSED])
async def test_one_line_and_nothing_is_made(world: World, text: str, line: str) -> None:
    here = await street(world)
    assert await here.li.commands(f"活动 {text}") == [line]
    await here.li.commands("确认")
    assert "现在没有开着的活动" in (await here.li.commands("活动"))[-1]
    assert world.heard_in_group() == []


@pytest.mark.parametrize(
    ("text", "said_back"),
    [
        ("12/3 上午9点 讲座", "2026年12月3日（周四）09:00"),
        ("端午前一天上午9点 广场 包粽子", "2027年6月8日（周二）09:00"),
        ("月底上午9点 活动室 讲座", "2026年11月30日（周一）09:00"),
    ],
)
async def test_a_day_in_few_words_is_said_back_in_full(world: World, text: str, said_back: str) -> None:
    here = await street(world)
    [shown] = await here.li.commands(f"活动 {text}")
    assert said_back in shown
    assert ("2027年的放假安排还没公布" in shown) == ("2027" in said_back)


def _said(text: str) -> Inbound:
    return Inbound("1", "wx", text, MORNING)


def test_a_group_note_is_kept_whole() -> None:
    note = "#接龙\n周六讲座\n" + "\n".join(f"{n}. 张三{n} 8-1-{n:03} 2人" for n in range(1, 501))
    assert len(note) > LONGEST_TEXT
    assert kept_words(note, longest_kept(_said(note))) == note
    assert longest_kept(_said("\uff03接龙")) == LONGEST_NOTE
    assert longest_kept(_said("水" * 9000)) == LONGEST_TEXT
    assert len(kept_words("#" * 90_000, longest_kept(_said("#" * 90_000)))) == LONGEST_NOTE
