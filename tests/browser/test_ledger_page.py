"""A report in the group becomes a case that staff carry to its end with buttons, and the page follows: on desk and phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_chat_page import ANSWERS, BOTH, CONTRAST, CONTRASTS, DESK, PHONE, look_at, opened, phrase, say
from tests.databases import Shelf
from tests.storage.rows import a_case
from tests.web.house import House, open_house
from tests.web.ledger import case_and_story
from web.pages.complaints import PAGE

FIRST = "SQ261125-01"


@pytest.fixture
async def real_house(shelf: Shelf) -> AsyncIterator[House]:
    """As with a real channel: no chats on the page."""
    async with open_house(shelf, simulated=False) as opened_house:
        yield opened_house


@asynccontextmanager
async def ledger_alone(browser: Browser, house: House, size: tuple[int, int]) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    faults: list[str] = []
    page.on(
        "console",
        lambda message: (
            faults.append(f"{message.text} {message.location}") if message.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    await page.goto(house.address)
    yield page
    assert await page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert faults == []
    await page.close()


async def press(page: Page, name: str) -> None:
    await page.locator(".acts .buttons").get_by_role("button", name=name, exact=True).click()


async def write(page: Page, act: str, text: str) -> None:
    form = page.locator(f"#act-{act}")
    await form.locator("[name=text]").fill(text)
    await form.get_by_role("button").click()


@BOTH
async def test_a_case_from_the_first_word_to_the_last(browser: Browser, house: House, size: tuple[int, int]) -> None:
    async with opened(browser, house, size) as page:
        await phrase(page, "报一件事")
        await expect(page.locator(ANSWERS).locator(".text")).to_contain_text(FIRST)
        await look_at(page, "ledger")
        await page.locator(".case a").click()
        await expect(page.locator("#case-title")).to_be_focused()
        assert page.url.endswith(f"/cases/{FIRST}")
        now = page.locator(".whole .state")
        await press(page, "受理")
        await expect(now).to_have_text("已受理")
        await expect(page.locator("#told")).to_contain_text("已受理SQ261125-01")
        await press(page, "派")
        await expect(page.locator("#act-assign input")).to_be_focused()
        await write(page, "assign", "孙网格")
        await expect(now).to_have_text("已派单")
        await expect(page.locator(".facts")).to_contain_text("孙网格")
        await press(page, "办结")
        await write(page, "resolve", "换了新灯，亮了")
        await expect(now).to_have_text("待回访")
        await look_at(page, "chats")
        await page.locator("button.chat[data-chat='private:sim_wang']").click()
        await say(page, "sim_wang", "1")
        await look_at(page, "ledger")
        await expect(now).to_have_text("办结")
        story = page.locator(".story li p")
        told = [
            "居民 提出",
            "李主任 受理",
            "李主任 派单",
            "李主任 报结果",
            "助手 问满不满意",
            "居民 居民回话",
            "助手 办结",
        ]
        await expect(story).to_have_count(len(told))
        for line, words in enumerate(told):
            await expect(story.nth(line)).to_contain_text(words)
        await page.go_back()
        await expect(page.locator("#case")).to_be_hidden()
        await expect(page.locator(".case")).to_have_count(0)
        await page.locator(".counts button", has_text="全部").click()
        await expect(page.locator(".case .state")).to_have_text("办结")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_without_the_chats_the_ledger_is_the_page(
    browser: Browser, real_house: House, size: tuple[int, int]
) -> None:
    async with real_house.assistant.database.transaction() as db:
        for number in range(PAGE + 3):
            await a_case(db, real_house.assistant.directory, number=f"SQ261125-{number + 1:02d}")
    async with ledger_alone(browser, real_house, size) as page:
        await expect(page.locator(".case")).to_have_count(PAGE)
        await page.get_by_role("button", name="再看早一些的").click()
        await expect(page.locator(".case")).to_have_count(PAGE + 3)
        await page.locator("#search input").fill("SQ261125-02")
        await expect(page.locator(".case")).to_have_count(1)
        assert page.url.endswith("?q=SQ261125-02")
        await page.locator(".case a").press("Enter")
        await press(page, "受理")
        await expect(page.locator(".whole .state")).to_have_text("已受理")
        await page.reload()
        await expect(page.locator(".whole .state")).to_have_text("已受理")
        await page.go_back()
        await expect(page.locator("#search input")).to_have_value("SQ261125-02")
        await expect(page.locator(".case .state")).to_have_text("已受理")
        measured = await page.evaluate(CONTRASTS)
        assert [one for one in measured if one[1] < CONTRAST] == []
    case, story = await case_and_story(real_house, 2)
    assert (case.state, [step.verb for step in story]) == ("accepted", ["complaints.accept"])


async def test_what_one_types_stays_while_the_case_changes(browser: Browser, house: House) -> None:
    async with opened(browser, house, DESK) as page:
        await phrase(page, "报一件事")
        await page.locator(".case a").click()
        await page.locator("#officer").select_option(label="小周（社工）")
        await expect(page.locator("#officer option:checked")).to_have_text("小周（社工）")
        await press(page, "转办")
        await page.locator("#act-transfer input").type("市自来水")
        await say(page, "sim_zhao", "3号楼2单元三楼楼道灯坏了，孩子都不敢走")
        await expect(page.locator(".facts")).to_contain_text("2人次")
        field = page.locator("#act-transfer input")
        await expect(field).to_be_visible()
        await expect(field).to_have_value("市自来水")
        await field.press("Enter")
        await expect(page.locator(".whole .state")).to_have_text("转办")
        await expect(page.locator(".story")).to_contain_text("小周 转办")


async def test_what_is_masked_is_shown_for_a_reason(browser: Browser, house: House) -> None:
    async with opened(browser, house, PHONE) as page:
        await say(page, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管，我电话13800001234")
        await look_at(page, "ledger")
        await page.locator(".case a").click()
        await expect(page.locator(".whole")).not_to_contain_text("13800001234")
        await page.get_by_role("button", name="显示原话和电话").click()
        await write(page, "reveal", "要上门，先打电话")
        await expect(page.locator(".revealed")).to_contain_text("13800001234")
        await expect(page.locator(".story")).to_contain_text("李主任 看了原话和电话")
        await expect(page.locator(".revealed")).to_contain_text("3-2-501 王阿姨")
        await asyncio.sleep(0.3)
        measured = await page.evaluate(CONTRASTS)
        assert [one for one in measured if one[1] < CONTRAST] == []
        await page.locator(".back").click()
        await page.locator(".case a").click()
        await expect(page.locator("#case-title")).to_be_visible()
        await expect(page.locator(".revealed")).to_have_count(0)


async def test_a_refusal_is_said_and_nothing_moves(browser: Browser, house: House) -> None:
    page = await browser.new_page()  # its console tells of the refusal too
    await page.goto(house.address)
    await expect(page.locator("#text")).to_be_visible()
    await phrase(page, "报一件事")
    await page.locator(".case a").click()
    await press(page, "并案")
    await write(page, "merge", "SQ261125-77")
    await expect(page.locator("#told.bad")).to_contain_text("没查到SQ261125-77这个编号")
    await expect(page.locator("#act-merge input")).to_have_value("SQ261125-77")
    await expect(page.locator(".whole .state")).to_have_text("待受理")
    await page.goto(f"{house.address}cases/SQ261125-77")
    await expect(page.locator("#case")).to_contain_text("没查到这一件")
    await page.locator(".back").click()
    await expect(page.locator(".case")).to_be_visible()
    await page.close()
