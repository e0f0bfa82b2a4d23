"""Somebody sees the card of a file in the chat, and saves the file."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from bot.message import File
from tests.browser.test_chat_page import ANSWERS, BOTH, CONTRAST, CONTRASTS, look_at, opened
from tests.web.house import House
from tests.web.test_files import sends

PAGE = File("一个名字很长很长的学习页" * 5 + "（11月25日）.html", b"<script>alert(1)</script>" + bytes(3000))


@BOTH
async def test_a_card_is_seen_and_saved(browser: Browser, house: House, size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(browser, house, size) as page:
        await look_at(page, "chats")
        await page.locator("button.chat[data-chat='private:wx_li']").click()
        await sends(house, PAGE)
        card = page.locator(ANSWERS).last
        await expect(card.locator(".card .text")).to_have_text(PAGE.name)
        async with page.expect_download() as saving:
            await card.get_by_role("link", name="下载").click()
        saved = await saving.value
        await saved.save_as(tmp_path / "saved")
        assert saved.suggested_filename == PAGE.name
        assert (tmp_path / "saved").read_bytes() == PAGE.content
        await card.locator(".bubble").click()
        await expect(card.get_by_role("button", name="引用")).to_be_visible()
        assert [found for found in await page.evaluate(CONTRASTS) if found[1] < CONTRAST] == []
