"""Somebody of the staff makes a session on the page, its notice comes up in the groups, people sign up and are checked in."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_chat_page import ANSWERS, BOTH, CONTRAST, CONTRASTS, DESK, PHONE, look_at, opened, say
from tests.web.house import House

NUMBER = "HD261125-01"
TEXT = "11月26日上午9:00-11:00 活动室 健康讲座 名额30"


async def to_sessions(page: Page, size: tuple[int, int]) -> None:
    await page.locator(".tabs a" if size == PHONE else "#ledger a.room").click()
    await expect(page.locator("#sessions-title")).to_be_visible()


async def fill_in(page: Page, text: str = TEXT) -> None:
    """One sentence fills the form."""
    await page.locator("a.new").click()
    await expect(page.locator("#sentence textarea")).to_be_focused()
    await page.locator("#sentence textarea").fill(text)
    await page.locator("#sentence button").click()
    await expect(page.locator("[name=title]")).to_have_value("健康讲座")


async def look_over(page: Page) -> None:
    await page.locator("#fields button[type=submit]").click()
    await expect(page.locator("#review h3")).to_be_focused()


@BOTH
async def test_a_session_from_a_sentence_to_the_door(browser: Browser, house: House, size: tuple[int, int]) -> None:
    async with opened(browser, house, size) as page:
        await to_sessions(page, size)
        await fill_in(page)
        await page.locator("[name=date]").fill("2026-11-25")
        await page.locator("[name=start]").fill("14:00")
        await page.locator("[name=end]").fill("16:00")
        await look_over(page)
        await expect(page.locator("#review")).to_contain_text("11月25日（周三）14:00–16:00")
        await expect(page.locator("#review .said")).to_contain_text("【通知】健康讲座")
        await page.locator("[data-create]").dblclick()
        await expect(page.locator("#session-title")).to_be_focused()
        assert page.url.endswith(f"/sessions/{NUMBER}")
        await expect(page.locator("#told")).to_contain_text(f"办好了：{NUMBER}")
        await look_at(page, "talk")
        await expect(page.locator(ANSWERS)).to_contain_text("【通知】健康讲座")
        await say(page, "sim_wang", "报名 3-2-501 两个人")
        await expect(page.locator(ANSWERS).last).to_contain_text("报上了")
        await look_at(page, "ledger")
        entry = page.locator(".entries li[data-code='001']")
        await expect(entry).to_contain_text("王* · 3号楼2单元 · 2人")
        await entry.locator("button").click()
        await expect(entry).to_contain_text("到了2人")
        await page.locator("[data-opens=cancel]").click()
        await expect(page.locator("#act-cancel input")).to_be_focused()
        await page.locator("#act-cancel input").fill("下大雪")
        await page.keyboard.press("Enter")
        await expect(page.locator("#session .state").first).to_have_text("已取消")
        await page.locator("#session .back").click()
        await expect(page.locator("#held .case")).to_have_count(1)
        await expect(page.locator("#held .case")).to_contain_text("取消原因：下大雪")


@pytest.mark.parametrize("size", [PHONE], ids=["phone"])
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    browser: Browser, house: House, size: tuple[int, int]
) -> None:
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    await page.goto(f"{house.address}sessions/new")
    sentence = page.locator("#sentence textarea")
    await sentence.fill("昨天上午9点活动室健康讲座")
    await page.locator("#sentence button").click()
    await expect(page.locator("#sentence .wrong")).to_contain_text("已经过了")
    await expect(sentence).to_have_value("昨天上午9点活动室健康讲座")
    await sentence.fill(TEXT)
    await page.locator("#sentence button").click()
    await expect(page.locator("[name=title]")).to_have_value("健康讲座")
    await page.locator("[name=bring]").fill("身份证")
    await page.locator("[name=capacity]").fill("0")
    await page.locator("#fields button[type=submit]").click()
    await expect(page.locator("label:has([name=capacity]) + .wrong")).to_contain_text("1到10000")
    await expect(page.locator("[name=capacity]")).to_be_focused()
    await page.locator("[name=capacity]").fill("30")
    await expect(page.locator("#fields .wrong")).to_be_empty()
    await look_over(page)
    await page.locator("[data-back]").click()
    await expect(page.locator("[name=bring]")).to_have_value("身份证")
    await expect(page.locator("[name=title]")).to_have_value("健康讲座")
    await page.close()


@BOTH
async def test_every_control_has_a_name_and_every_text_can_be_read(
    browser: Browser, house: House, size: tuple[int, int]
) -> None:
    async with opened(browser, house, size) as page:
        await to_sessions(page, size)
        await fill_in(page)
        await page.locator("#fields details summary").click()
        await page.locator("[name=split]").select_option("own")
        await expect(page.locator("[name=slots]")).to_be_visible()
        await expect(page.locator("[name=each]")).to_be_hidden()
        nameless = await page.evaluate(
            "[...document.querySelectorAll('#session input, #session select, #session textarea')]"
            ".filter((field) => !field.labels.length && !field.ariaLabel).map((field) => field.name)"
        )
        assert nameless == []
        assert [pair for pair in await page.evaluate(CONTRASTS) if pair[1] < CONTRAST] == []
        await page.locator("[name=split]").select_option("every")
        await page.locator("[name=each]").fill("60")
        await look_over(page)
        assert [pair for pair in await page.evaluate(CONTRASTS) if pair[1] < CONTRAST] == []


@pytest.mark.parametrize("size", [DESK], ids=["desk"])
async def test_back_leads_to_the_list_and_not_to_the_form(
    browser: Browser, house: House, size: tuple[int, int]
) -> None:
    async with opened(browser, house, size) as page:
        await to_sessions(page, size)
        await fill_in(page)
        await look_over(page)
        await page.locator("[data-create]").click()
        await expect(page.locator("#session-title")).to_be_focused()
        await page.go_back()
        await expect(page.locator("#held .case")).to_contain_text("健康讲座")
        assert page.url.endswith("/sessions")
        await page.go_forward()
        await expect(page.locator("#session-title")).to_have_text("健康讲座")
        await page.locator("#session .back").click()
        await expect(page.locator("#held .case")).to_be_visible()
