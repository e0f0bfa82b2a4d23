"""What the page refuses, each in one Chinese line, and with what headers it answers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.web.client import Client
from tests.web.house import BUILDING_3, House

STATIC = Path(__file__).parents[2] / "web" / "static"
JSON = {"content-type": "application/json"}
SPOKEN = {"chat": BUILDING_3, "speaker": "sim_wang", "text": "大家早"}


def line(fault: str) -> bool:
    """One line of plain Chinese."""
    return "\n" not in fault and re.search("[一-鿿]", fault) is not None


async def test_another_host_name_is_refused(client: Client) -> None:
    for host in ("evil.example", f"evil.example:{client.port}", "127.0.0.1.evil.example", "0.0.0.0"):
        answer = await client.get("/", host=host)
        assert answer.status == 421
        assert line(answer.json["fault"])
    assert (await client.get("/", host=f"localhost:{client.port}")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:1"},
    ],
)
async def test_another_page_cannot_speak(house: House, client: Client, headers: Mapping[str, str]) -> None:
    answer = await client.request("POST", "/say", json.dumps(SPOKEN).encode(), {**JSON, **headers})
    assert answer.status == 403
    assert line(answer.json["fault"])
    assert "大家早" not in (await client.get("/")).text
    assert (await client.get("/events", **headers)).status == 403


async def test_a_link_may_lead_here(client: Client) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert (await client.get("/", **headers)).status == 200
    assert (await client.request("POST", "/say", json.dumps(SPOKEN).encode(), {**JSON, **headers})).status == 403


async def test_our_own_page_can(client: Client) -> None:
    headers = {**JSON, "origin": f"http://127.0.0.1:{client.port}", "sec-fetch-site": "same-origin"}
    assert (await client.request("POST", "/say", json.dumps(SPOKEN).encode(), headers)).status == 204


@pytest.mark.parametrize(
    ("spoken", "status", "words"),
    [
        ({**SPOKEN, "text": "很" * 4001}, 413, "4000个字"),
        ({**SPOKEN, "text": " \n"}, 422, "还没写"),
        ({**SPOKEN, "speaker": "sim_ma"}, 404, "不在名单"),
        ({**SPOKEN, "chat": "private:sim_ma"}, 404, "不在名单"),
        ({**SPOKEN, "chat": "group:nowhere"}, 404, "不在名单"),
        ({**SPOKEN, "quote": "web-0-0"}, 404, "不在名单"),
        ({**SPOKEN, "more": 1}, 422, "没看懂"),
        ({**SPOKEN, "text": 5}, 422, "没看懂"),
    ],
)
async def test_what_cannot_be_said(client: Client, spoken: Mapping[str, object], status: int, words: str) -> None:
    answer = await client.request("POST", "/say", json.dumps(spoken).encode(), JSON)
    assert answer.status == status
    assert words in answer.json["fault"]
    assert line(answer.json["fault"])


async def test_a_body_is_bounded_with_and_without_a_length(client: Client) -> None:
    path = f"/photos?chat={BUILDING_3}&speaker=sim_wang"
    assert (await client.request("POST", path, b"", {"content-length": "9" * 11})).status == 413
    chunks = b"".join(b"10000\r\n" + b"x" * 65536 + b"\r\n" for _ in range(20)) + b"0\r\n\r\n"
    answer = await client.request("POST", path, chunks, {"content-length": "", "transfer-encoding": "chunked"})
    assert answer.status == 413
    assert "小于1MB" in answer.json["fault"]


async def test_broken_requests_get_a_line_and_the_page_goes_on(client: Client) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 5000, b"null"):
        answer = await client.request("POST", "/say", body, JSON)
        assert answer.status in {400, 422}
        assert line(answer.json["fault"])
    for path in ("/nowhere", "/static/../app.py", "/static/..%2fapp.py", "/docs", "/openapi.json"):
        assert (await client.get(path)).status == 404
    assert (await client.request("POST", "/")).status == 405
    assert (await client.say(BUILDING_3, "sim_wang", "\x00早\ud800上好\u202e")).status == 204
    page = await client.get("/")
    assert page.status == 200
    assert "早?上好" in page.text


async def test_everything_is_our_own_and_nothing_is_inline(client: Client) -> None:
    page = await client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/")
        assert (await client.get(address)).status == 200
    for file in STATIC.iterdir():
        assert "//" not in re.sub(r"^\s*//.*|; //.*|http://www.w3.org/2000/svg", "", file.read_text(), flags=re.M)


async def test_only_this_machine_is_listened_to(house: House) -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", house.port)
