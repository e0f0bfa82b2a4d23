"""A question of rules in the simulated chat: titles to choose from, a short answer, all of it in private, a staff answer."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Browser, expect

from intents.policy import starter_set
from storage import policy
from tests.assistants import MORNING
from tests.browser.test_chat_page import ANSWERS, BOTH, look_at, opened, phrase, say
from tests.policy.entries import TWO
from tests.web.house import House

CARDS = [replace(card, parts={"papers": "身份证和一张照片。"}) for card in TWO]
LINE_PX = 20
"""No line of text is lower."""


async def confirmed(house: House) -> None:
    """Staff have looked at all entries that the program brings along, as in the demo."""
    assistant = house.assistant
    async with assistant.database.transaction() as db:
        await starter_set.confirm_all(db, assistant.directory.community, "李主任", MORNING)
        await policy.put_all(db, assistant.directory.community, CARDS, MORNING, origin="import", in_force=True)


@BOTH
async def test_asked_chosen_and_read_whole(browser: Browser, house: House, size: tuple[int, int]) -> None:
    await confirmed(house)
    async with opened(browser, house, size) as page:
        await say(page, "sim_liu", "老年公交卡在哪办？")
        last = page.locator(ANSWERS).last.locator(".bubble .text")
        await expect(last).to_contain_text("您问的是哪一个")
        lines = (await last.inner_text()).splitlines()
        assert [line[:2] for line in lines[1:]] == [f"{number}." for number in range(1, len(lines))]
        box = await last.bounding_box()
        assert box is not None
        assert box["height"] > LINE_PX * len(lines)  # each title on a line of its own
        await say(page, "sim_liu", "1")
        await expect(last).to_contain_text("来源：")
        await say(page, "sim_liu", "1")
        await look_at(page, "chats")
        await page.locator('.chat[data-chat="private:sim_liu"]').click()
        whole = page.locator(ANSWERS).last.locator(".bubble .text")
        await expect(whole).to_contain_text("【材料】")
        lines = (await whole.inner_text()).splitlines()
        box = await whole.bounding_box()
        assert box is not None
        assert box["height"] > LINE_PX * len(lines) > LINE_PX * 3
        assert box["x"] + box["width"] <= size[0]


@BOTH
async def test_staff_see_what_waits_and_answer_it(browser: Browser, house: House, size: tuple[int, int]) -> None:
    await confirmed(house)
    async with opened(browser, house, size) as page:
        await phrase(page, "没人知道的")
        await expect(page.locator(ANSWERS).last).to_contain_text("（问题1）")
        await phrase(page, "未答")
        await expect(page.locator(ANSWERS).last).to_contain_text("1. 家里养八哥要不要办证（1人问过")
        await phrase(page, "答")
        await expect(page.locator(ANSWERS).last).to_contain_text("我这就告诉问过的1个人（幸福里闲聊群）")
        await look_at(page, "chats")
        await page.locator('.chat[data-chat="group:sim_gossip"]').click()
        await expect(page.locator(ANSWERS).last).to_contain_text("您问过：家里养八哥要不要办证")
