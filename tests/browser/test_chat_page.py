"""Somebody opens the page, speaks in the simulated group, and sees the case appear: on a desk and on a phone."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.web.house import House

DESK, PHONE = (1280, 800), (390, 844)
BOTH = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
ANSWERS = ".pane:not([hidden]) .message.ours"
CONTRAST = 4.5

# every text on the screen against the nearest background behind it
CONTRASTS = """() => {
  const rgba = (text) => (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && [...e.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())).map((e) => {
      const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))];
      return [e.textContent.trim().slice(0, 20), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


@asynccontextmanager
async def opened(browser: Browser, house: House, size: tuple[int, int]) -> AsyncIterator[Page]:
    """The page; at the end: not a word on the console, nothing asked of another machine, no sideways scrolling."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("request", lambda asked: None if asked.url.startswith(house.address) else faults.append(asked.url))
    await page.goto(house.address)
    await expect(page.locator("#text")).to_be_visible()
    yield page
    width = await page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    assert width == size[0]
    assert faults == []
    await page.close()


async def phrase(page: Page, title: str) -> None:
    if not await page.locator(".phrases ul").is_visible():
        await page.locator(".phrases summary").click()
    await page.get_by_role("button", name=title, exact=True).click()
    await page.locator("#text").press("Enter")


async def say(page: Page, speaker: str, text: str) -> None:
    await page.locator(".speaker:visible").select_option(speaker)
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def look_at(page: Page, view: str) -> None:
    """On a phone there is one view at a time."""
    tab = page.locator(f".tabs [data-view={view}]")
    if await tab.is_visible():
        await tab.click()


@BOTH
async def test_somebody_speaks_and_sees_the_case(browser: Browser, house: House, size: tuple[int, int]) -> None:
    async with opened(browser, house, size) as page:
        await say(page, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        answer = page.locator(ANSWERS)
        await expect(answer.locator(".text")).to_contain_text("SQ261125-01")
        await expect(answer.locator(".reason")).to_contain_text("听出是“报诉求”")
        await expect(page.locator("#text")).to_have_value("")
        await look_at(page, "ledger")
        case = page.locator(".case")
        await expect(case).to_have_count(1)
        for words in ("SQ261125-01", "3号楼2单元", "待受理", "11月25日（周三）"):
            await expect(case).to_contain_text(words)
        await expect(page.locator(".counts button[aria-pressed=true]")).to_have_text("在办1")


@BOTH
async def test_an_emergency_waits_unread_for_staff(browser: Browser, house: House, size: tuple[int, int]) -> None:
    async with opened(browser, house, size) as page:
        await phrase(page, "急事")
        await expect(page.locator(ANSWERS).first).to_contain_text("【紧急】")
        await look_at(page, "chats")
        chief = page.locator("button.chat[data-chat='private:wx_li']")
        await expect(chief.locator(".badge")).to_have_text("1")
        await chief.click()
        await expect(page.locator(ANSWERS)).to_contain_text("有人报了急事")
        await expect(chief.locator(".badge")).to_be_hidden()
        await phrase(page, "受理")
        await look_at(page, "ledger")
        await expect(page.locator(".case .state")).to_have_text("已受理")


@BOTH
async def test_chatter_tells_on_a_tap_why_nobody_answered(
    browser: Browser, house: House, size: tuple[int, int]
) -> None:
    async with opened(browser, house, size) as page:
        await phrase(page, "闲聊")
        bubble = page.locator(".pane:not([hidden]) .bubble")
        await bubble.press("Enter")
        await expect(page.locator(".silence")).to_contain_text("没有接话")
        await expect(bubble).to_have_attribute("aria-expanded", "true")
        await bubble.click()
        await expect(page.locator(".silence")).to_be_hidden()


async def test_staff_quote_a_message(browser: Browser, house: House) -> None:
    async with opened(browser, house, DESK) as page:
        await phrase(page, "报一件事")
        await expect(page.locator(ANSWERS)).to_contain_text("SQ261125-01")
        await page.locator(".pane:not([hidden]) .message:not(.ours) .bubble").click()
        await page.get_by_role("button", name="引用", exact=True).click()
        await expect(page.locator("#quoting")).to_contain_text("王阿姨：3号楼2单元")
        await say(page, "wx_li", "受理")
        await expect(page.locator(".quoted")).to_contain_text("王阿姨")
        await expect(page.locator("#quoting")).to_be_hidden()
        await expect(page.locator(".case .state")).to_have_text("已受理")


async def test_who_speaks_stands_on_the_right(browser: Browser, house: House) -> None:
    async with opened(browser, house, DESK) as page:
        await say(page, "sim_chen", "大家早")
        await expect(page.locator(".message.own")).to_contain_text("大家早")
        await page.locator(".speaker:visible").select_option("sim_li")
        await expect(page.locator(".message.own")).to_have_count(0)


async def test_a_photo_and_one_that_is_too_large(browser: Browser, house: House) -> None:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "#7a9").save(content, "JPEG")
    async with opened(browser, house, PHONE) as page:
        photo = page.locator("#photo")
        await photo.set_input_files({"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()})
        shown = page.locator(".bubble img")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 400
        await photo.set_input_files({"name": "huge.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 2_000_000})
        await expect(page.locator("#fault")).to_contain_text("小于1MB")


@BOTH
async def test_everything_can_be_read(browser: Browser, house: House, size: tuple[int, int]) -> None:
    """Contrast of at least 4.5, on every view."""
    async with opened(browser, house, size) as page:
        for title in ("报一件事", "没说在哪儿", "急事"):
            await phrase(page, title)
            await expect(page.locator(ANSWERS).last).to_be_visible()
        for view in ("chats", "talk", "ledger"):
            await look_at(page, view)
            await asyncio.sleep(0.1)
            measured = await page.evaluate(CONTRASTS)
            assert len(measured) > 5
            assert [one for one in measured if one[1] < CONTRAST] == []


async def test_a_long_word_does_not_widen_the_page(browser: Browser, house: House) -> None:
    async with opened(browser, house, PHONE) as page:
        await say(page, "sim_chen", "a" * 500 + "https://example.invalid/" + "哈" * 300)
        await expect(page.locator(".message")).to_be_visible()
        await say(page, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了" + "，没人管" * 200)
        await look_at(page, "ledger")
        await expect(page.locator(".case")).to_be_visible()


async def test_a_page_left_open_says_that_the_line_is_down(browser: Browser, house: House) -> None:
    page = await browser.new_page()
    await page.goto(house.address)
    await expect(page.locator("#text")).to_be_visible()
    await expect(page.locator("#link")).to_be_hidden()
    async with asyncio.timeout(5):
        await house.stop()
    await expect(page.locator("#link")).to_be_visible()
    await page.close()
