"""A notice with a picture: sent to the assistant in private just before, or quoted."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from storage.broadcasts import Fate
from tests.notices.town import Town


def png(color: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
async def shown(town: Town) -> Town:
    await town.li.says("", picture=png())
    return town


def files(town: Town, group: str) -> list[str]:
    return [one.outbound.file.name for one in town.sent_to_group(group) if one.outbound.file is not None]


async def test_it_goes_behind_the_words_in_every_group(shown: Town) -> None:
    [said] = await shown.li.commands("通知 3、4栋 明天体检，详见海报")
    assert "文字后面跟着您刚发的那张图。" in said
    assert "30秒左右发完" in said
    await shown.li.says("确认")
    await shown.passes(minutes=2)
    for group in ("3号楼业主群", "4号楼业主群"):
        assert shown.heard_in_group(group) == ["明天体检，详见海报", "海报.jpg"]
    assert "发了2/2个群，带一个图或文件" in (await shown.li.commands("通知 TZ261125-01"))[0]


async def test_it_goes_with_one_notice_only(shown: Town) -> None:
    await shown.begins("通知 3栋 明天体检")
    assert "您刚发的那张图" not in (await shown.li.commands("通知 3栋 后天停水"))[0]


async def test_one_that_was_sent_long_ago_does_not_go_by_itself(shown: Town) -> None:
    picture = shown.li.last
    await shown.passes(minutes=11)
    assert "您刚发的那张图" not in (await shown.li.commands("通知 3栋 明天体检"))[0]
    heard = len(shown.li.heard)
    await shown.li.says("通知 3栋 明天体检吧", quoting=picture)
    assert "您刚发的那张图" in shown.li.heard[heard]


async def test_another_persons_picture_does_not_go(shown: Town) -> None:
    assert "您刚发的那张图" not in (await shown.zhou.commands("通知 3栋 明天体检"))[0]


async def test_used_for_something_else_meanwhile_it_is_said_so(shown: Town) -> None:
    await shown.li.says("通知 3栋 明天体检")
    await shown.li.says("记一笔 走访 百岁老人2人")
    assert "那张图我这儿没有了，没有发。" in (await shown.li.commands("确认"))[0]
    assert shown.notices() == []


async def test_where_only_the_file_failed_only_the_file_is_said_again(shown: Town) -> None:
    shown.chat.refuses, shown.chat.files = {"4号楼业主群"}, True
    await shown.begins("通知 3、4栋 明天体检")
    await shown.passes(minutes=2)
    assert await shown.fates() == {"3号楼业主群": Fate.SENT, "4号楼业主群": Fate.FAILED}
    shown.chat.refuses = set()
    await shown.begins("补发 TZ261125-01")
    await shown.passes(minutes=2)
    assert shown.heard_in_group("4号楼业主群") == ["明天体检", "海报.jpg"]
    assert set((await shown.fates()).values()) == {Fate.SENT}


async def test_where_the_words_failed_both_are_said_again(shown: Town) -> None:
    shown.chat.refuses = {"4号楼业主群"}
    await shown.begins("通知 3、4栋 明天体检")
    await shown.passes(minutes=2)
    shown.chat.refuses = set()
    await shown.begins("补发 TZ261125-01")
    await shown.passes(minutes=2)
    assert shown.heard_in_group("4号楼业主群") == ["明天体检", "海报.jpg"]
    assert files(shown, "3号楼业主群") == ["海报.jpg"]


async def test_held_and_called_off_with_its_words(shown: Town) -> None:
    await shown.passes(hours=12)
    await shown.li.says("", picture=png("blue"))
    await shown.begins("通知 3、4栋 明天体检")
    await shown.li.says("暂停 TZ261125-01")
    await shown.li.says("停发 TZ261125-01")
    await shown.passes(days=1)
    assert shown.notices() == []
    assert {row.state for row in await shown.rows()} == {"expired"}


async def test_staff_are_told_once_of_all_groups_where_it_failed(shown: Town) -> None:
    shown.chat.files, shown.chat.refuses = True, {"4号楼业主群", "5号楼业主群"}
    await shown.begins("通知 3-5栋 明天体检，详见海报")
    await shown.passes(minutes=10)
    [told] = [line for line in shown.li.heard if "没发出去" in line]
    assert "有2个群没发出去：4号楼业主群、5号楼业主群。" in told
