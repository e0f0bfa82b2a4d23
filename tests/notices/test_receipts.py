"""Who answers that they have it: counted once, in silence, and shown to staff only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from intents.notices.receipts import asks_for_receipt, is_receipt
from storage.messages import InboxRow
from tests.notices.town import Town, open_town
from tests.resident import Resident

NUMBER = "TZ261125-01"
THREE, FOUR = "3号楼业主群", "4号楼业主群"


def wang(town: Town) -> Resident:
    return town.people["wx_wang"]


def shu(town: Town) -> Resident:
    return town.people["wx_shu"]


async def counted(town: Town, number: str = NUMBER) -> str:
    await town.passes(seconds=10)  # the same asked twice at once is a repetition
    [said] = await town.zhou.commands(f"回执 {number}")
    return said


async def labels(town: Town) -> list[str | None]:
    async with town.assistant.database.reading() as db:
        group = select(InboxRow.intent).where(InboxRow.group_id.is_not(None)).order_by(InboxRow.id)
        return list(await db.scalars(group))


@pytest.fixture
async def asked(town: Town) -> Town:
    await town.begins("通知 3、4栋 明天停水，收到请回复")
    await town.passes(minutes=2)
    return town


class TestCounted:
    async def test_once_a_person_in_silence(self, asked: Town) -> None:
        assert await wang(asked).says("收到", in_group=THREE) == []
        assert await wang(asked).says("1", in_group=FOUR) == []
        assert await shu(asked).says("1", in_group=FOUR) == []
        said = await counted(asked)
        assert said.startswith(f"{NUMBER}，回“收到”的2人，数到12月2日（周三）10:00。")
        assert "3号楼业主群（1/5）：3-2-501 王阿姨" in said
        assert "4号楼业主群（1/5）：4-1-101 李叔" in said
        assert "回“收到”的2人" in (await asked.li.commands(f"通知 {NUMBER}"))[0]

    async def test_it_is_recorded_as_what_it_is(self, asked: Town) -> None:
        await wang(asked).says("好的收到，谢谢", in_group=THREE)
        assert await labels(asked) == ["notices.receipt"]

    async def test_after_a_restart(self, asked: Town) -> None:
        again = await open_town(asked.assistant.database, restarted=asked)
        await wang(again).says("收到", in_group=THREE)
        assert "回“收到”的1人" in await counted(again)

    async def test_for_the_last_notice_first_and_for_one_that_is_quoted(self, asked: Town) -> None:
        first = asked.sent_to_group(THREE)[0]
        await asked.begins("通知 回执 3栋 后天体检")
        await asked.passes(minutes=2)
        await shu(asked).says("收到", in_group=THREE, quoting=first)
        await wang(asked).says("收到", in_group=THREE)
        assert "4-1-101 李叔" in await counted(asked)
        assert "3-2-501 王阿姨" in await counted(asked, "TZ261125-02")
        await wang(asked).says("收到。", in_group=THREE)
        assert "（2/5）：4-1-101 李叔、3-2-501 王阿姨" in await counted(asked)


class TestNotCounted:
    async def test_where_nothing_asked_for_it(self, town: Town) -> None:
        await town.begins("通知 3栋 明天停水")
        await wang(town).says("收到", in_group=THREE)
        assert await counted(town) == f"{NUMBER}没有要回执。"
        assert await labels(town) == []

    async def test_in_another_group(self, asked: Town) -> None:
        await wang(asked).says("收到", in_group="5号楼业主群")
        assert await labels(asked) == []
        assert "回“收到”的0人" in await counted(asked)

    async def test_before_it_was_said_there(self, town: Town) -> None:
        await town.passes(hours=12)
        await town.begins("通知 3栋 明天停水，收到请回复")
        assert await wang(town).says("收到", in_group=THREE) == []
        assert "回“收到”的0人" in await counted(town)

    async def test_after_a_week(self, asked: Town) -> None:
        await asked.passes(days=8)
        await wang(asked).says("收到", in_group=THREE)
        assert await labels(asked) == []

    async def test_other_words(self, asked: Town) -> None:
        await wang(asked).says("没收到", in_group=THREE)
        await wang(asked).says("谁收到快递了", in_group=THREE)
        assert "回“收到”的0人" in await counted(asked)

    async def test_a_digit_that_answers_something_else(self, asked: Town) -> None:
        """A question of ours to this person is open here: `1` is its answer."""
        await wang(asked).says("@小助手 楼道灯坏了", in_group=THREE)  # where is that?
        await wang(asked).says("1", in_group=THREE)
        assert "回“收到”的0人" in await counted(asked)
        await wang(asked).says("3号楼2单元", in_group=THREE)


@pytest.mark.parametrize(
    "text", ["收到", "1", "１", "收到！", "已收到", "3-2-501 收到", "收到，谢谢社区", "好的收到", "我家收到了"]
)
def test_an_answer(text: str) -> None:
    assert is_receipt(text)


@pytest.mark.parametrize(
    "text", ["没收到", "收到吗", "谁收到了", "11", "1个", "快递收到了吗", "收到快递了", "", "0" * 5000]
)
def test_no_answer(text: str) -> None:
    assert not is_receipt(text)


@pytest.mark.parametrize(
    "text", ["明天停水，收到请回复", "请回复收到", "看到的请扣1", "收到请回1", "请大家收到后回复1"]
)
def test_it_is_asked_for(text: str) -> None:
    assert asks_for_receipt(text)


@pytest.mark.parametrize("text", ["明天停水", "快递已收到，请来取", "收到举报后我们会回复您的问题，请放心" + "。" * 40])
def test_it_is_not_asked_for(text: str) -> None:
    assert not asks_for_receipt(text)
