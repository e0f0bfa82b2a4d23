"""One case on the page: what it shows and hides, and what staff do with it. Every deed is looked up in the database."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image

from storage import accounts
from tests.web.client import Client
from tests.web.house import BUILDING_3, GOSSIP, House
from tests.web.ledger import FIRST, case_and_story, file, officer, press, said_to, state

SECOND = "SQ261125-02"
SECRETS = ("13800001234", "王秀兰", "王阿姨", "赵姐")

ADDRESSES = [f"/cases/{FIRST}", "/cases/sq26112501", "/cases/id/1", f"/cases/{FIRST}?state=all"]

NOWHERE = ["/cases/SQ261125-99", "/cases/id/99", "/cases/%3Cscript%3E"]

NOT_SENT: list[tuple[dict[str, Any], int, str]] = [
    ({"act": "resolve"}, 422, "还空着"),
    ({"act": "extend", "text": "等配件"}, 422, "还空着"),
    ({"act": "extend", "text": "等配件", "until": "明天"}, 422, "没看懂"),
    ({"act": "extend", "text": "等配件", "until": "2026-02-31"}, 422, "没看懂"),
    ({"act": "follow_up"}, 422, "还空着"),
    ({"act": "follow_up", "outcome": "great"}, 422, "没看懂"),
    ({"act": "withdraw"}, 422, "没看懂"),
    ({"act": "nothing"}, 422, "没看懂"),
    ({"act": "accept", "officer": 999}, 403, "没有这位工作人员"),
    ({"act": "accept", "officer": "李主任"}, 422, "没看懂"),
    ({"act": "accept", "more": 1}, 422, "没看懂"),
    ({"act": "resolve", "text": "x" * 4001}, 422, "没看懂"),
    ({"act": "part", "reporter": 2**40}, 422, "没看懂"),
]


def buttons(page: str) -> list[str]:
    return re.findall(r'<button type="button" data-act="(\w+)"', page)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_case_whole_without_names_and_phones(client: Client) -> None:
    await file(client)
    assert (await client.say(BUILDING_3, "sim_zhao", "3号楼2单元三楼楼道灯坏了，孩子都不敢走")).status == 204
    page = await client.shown(f"/parts/cases/{FIRST}", "2人次")
    for words in ("3号楼2单元", "公共设施 · 楼道灯", "待受理", "138****1234", "12月2日（周三）18:00", "还有7天"):
        assert words in page
    for words in ("微信群 · 3号楼业主群", "1件，2人次", "孩子都不敢走", "提出", "邻居也反映"):
        assert words in page
    assert [secret for secret in SECRETS if secret in page] == []
    assert "complaints.file" not in page


async def test_a_case_has_an_address(client: Client) -> None:
    await file(client)
    for path in ADDRESSES:
        answer = await client.get(path)
        assert answer.status == 200
        assert 'class="ledger case-open"' in answer.text
        assert 'data-path="/cases/SQ261125-01"' in answer.text


async def test_a_case_that_is_not_there(client: Client) -> None:
    for path in NOWHERE:
        answer = await client.get(path)
        assert answer.status == 404
        assert "没查到这一件" in answer.text
        assert "<script>" not in answer.text
        part = await client.get(f"/parts{path}")
        assert (part.status, part.json["fault"]) == (404, "没查到这一件，可能编号写错了")


async def test_from_accepting_to_the_last_word(house: House, client: Client) -> None:
    await file(client)
    assert buttons(await client.shown(f"/parts/cases/{FIRST}", FIRST)) == [
        "accept",
        "assign",
        "extend",
        "transfer",
        "merge",
    ]
    accepted = await press(house, client, "accept")
    assert accepted.json["said"].startswith("已受理SQ261125-01")
    assert await state(house) == "accepted"
    await until(lambda: any("社区已经受理" in text for text in said_to(house)))
    assert (await press(house, client, "assign", "孙网格")).json["said"].startswith("SQ261125-01已派给孙网格")
    assert (await press(house, client, "resolve", "换了新灯，亮了", by="wx_sun")).status == 200
    assert await state(house) == "awaiting_word"
    case, story = await case_and_story(house)
    assert (case.handler, case.result) == ("孙网格", "换了新灯，亮了")
    staff = {officer(house): "李主任", officer(house, "wx_sun"): "孙网格"}
    done = [(step.verb.split(".")[1], staff.get(step.contact or 0)) for step in story]
    assert done == [("file", None), ("accept", "李主任"), ("assign", "李主任"), ("resolve", "孙网格"), ("ask", None)]
    assert (await client.say("private:sim_wang", "sim_wang", "1")).status == 204
    page = await client.shown(f"/parts/cases/{FIRST}", ">办结</span>")
    for line in ("<b>居民</b> 居民回话", "<b>孙网格</b> 报结果", "<b>助手</b> 办结", "给孙网格", "换了新灯，亮了"):
        assert line in page


async def test_a_refusal_is_one_line_and_changes_nothing(house: House, client: Client) -> None:
    await file(client)
    before = await case_and_story(house)
    refused = await press(house, client, "resolve", "换好了")
    assert refused.status == 409
    assert "现在是“待受理”，不能这样办" in refused.json["fault"]
    role = await press(house, client, "assign", "小周", by="wx_sun")
    assert (role.status, role.json["fault"]) == (409, "您的角色还不能用“派”，请找社区管理员。")
    late = await press(house, client, "extend", "等配件", until="2020-01-01")
    assert (late.status, late.json["fault"]) == (422, "日子要选今天以后的")
    far = await press(house, client, "extend", "等配件", until="2030-01-01")
    assert (far.status, "还差到哪天" in far.json["fault"]) == (409, True)
    long = await press(house, client, "transfer", "某" * 31)
    assert (long.status, "30字以内" in long.json["fault"]) == (409, True)
    after = await case_and_story(house)
    assert (after[0].state, len(after[1])) == (before[0].state, len(before[1]))
    assert len(said_to(house)) == 1


async def test_what_no_button_sends(house: House, client: Client) -> None:
    await file(client)
    for given, status, words in NOT_SENT:
        answer = await client.post("/cases/id/1/acts", **{"officer": officer(house), **given})
        assert answer.status == status
        assert words in answer.json["fault"]
    assert await state(house) == "filed"
    missing = await client.post("/cases/id/99/acts", officer=officer(house), act="accept")
    assert (missing.status, missing.json["fault"]) == (404, "没查到这一件，可能编号写错了")


async def test_another_page_cannot_press(house: House, client: Client) -> None:
    await file(client)
    body = f'{{"officer": {officer(house)}, "act": "accept"}}'.encode()
    headers = {"content-type": "application/json", "origin": "http://evil.example"}
    for path in ("acts", "reveal"):
        assert (await client.request("POST", f"/cases/id/1/{path}", body, headers)).status == 403
    assert await state(house) == "filed"


async def test_looking_at_what_is_masked_is_written_down(house: House, client: Client) -> None:
    await file(client)
    for reason in ("", " ", "看", "很" * 201):
        refused = await client.post("/cases/id/1/reveal", officer=officer(house), reason=reason)
        assert refused.status == 422
        assert "为什么要看" in refused.json["fault"]
    assert [step.verb for step in (await case_and_story(house))[1]] == ["complaints.file"]
    shown = await client.post("/cases/id/1/reveal", officer=officer(house), reason="要上门，先打电话")
    for words in ("没人管，我电话13800001234", "留的电话：<b>13800001234</b>", "3-2-501 王阿姨"):
        assert words in shown.json["html"]
    step = (await case_and_story(house))[1][-1]
    assert (step.verb, step.contact, step.actor, step.why) == (
        "complaints.reveal",
        officer(house),
        "admin",
        "要上门，先打电话",
    )
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert "看了原话和电话" in page
    assert [secret for secret in SECRETS if secret in page] == []


async def test_who_wants_no_name_stays_without_one(house: House, client: Client) -> None:
    await file(client, "3号楼2单元楼道灯坏了三天了没人管，别说是我说的，电话13800001234")
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert "不愿透露姓名" in page
    await press(house, client, "assign", "孙网格")
    others = await client.post("/cases/id/1/reveal", officer=officer(house), reason="想知道是谁")
    assert [secret for secret in SECRETS if secret in others.json["html"]] == []
    handler = await client.post("/cases/id/1/reveal", officer=officer(house, "wx_sun"), reason="要上门")
    assert "王阿姨" in handler.json["html"]


async def test_a_photo_lies_sealed_and_is_shown(house: House, client: Client) -> None:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "#7a9").save(content, "JPEG")
    await file(client)
    assert (await client.show(BUILDING_3, "sim_wang", content.getvalue())).status == 204
    page = await client.shown(f"/parts/cases/{FIRST}", "/photos/")
    path = re.search(r'src="(/cases/id/1/photos/\d+)"', page)
    assert path
    photo = await client.get(path[1])
    assert (photo.status, photo.headers["content-type"], photo.headers["cache-control"]) == (
        200,
        "image/jpeg",
        "no-store",
    )
    assert Image.open(io.BytesIO(photo.body)).size == (40, 30)
    await file(client, "5号楼1单元电梯坏了三天了，没人管", SECOND, who="sim_ma", chat=GOSSIP)
    assert (await client.get(path[1].replace("/id/1/", "/id/2/"))).status == 404


async def test_undoing_is_offered_to_whoever_did_it_last(house: House, client: Client) -> None:
    await file(client)
    await press(house, client, "accept")
    await client.post("/cases/id/1/reveal", officer=officer(house), reason="看一眼原话")
    own = await client.get(f"/parts/cases/{FIRST}?officer={officer(house)}")
    assert "undo" in buttons(own.text)
    other = await client.get(f"/parts/cases/{FIRST}?officer={officer(house, 'wx_zhou')}")
    assert "undo" not in buttons(other.text)
    assert (await press(house, client, "undo", by="wx_zhou")).status == 409
    undone = await press(house, client, "undo")
    assert undone.json["said"] == "收回了“受理”，SQ261125-01现在是“待受理”。"
    assert await state(house) == "filed"


async def test_undoing_leaves_other_cases_alone(house: House, client: Client) -> None:
    await file(client)
    await file(client, "5号楼1单元电梯坏了三天了，没人管", SECOND, who="sim_ma", chat=GOSSIP)
    await press(house, client, "accept", case=1)
    await press(house, client, "accept", case=2)
    assert (await press(house, client, "undo", case=1)).status == 409
    assert (await state(house, 1), await state(house, 2)) == ("accepted", "accepted")


async def test_a_later_date(house: House, client: Client) -> None:
    await file(client)
    assert (
        "改到12月20日（周日）18:00" in (await press(house, client, "extend", "等配件", until="2026-12-20")).json["said"]
    )
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert "改到12月20日（周日）18:00，等配件" in page


async def test_two_that_are_one(house: House, client: Client) -> None:
    await file(client)
    await file(client, "5号楼1单元电梯坏了三天了，没人管", SECOND, who="sim_ma", chat=GOSSIP)
    assert (await press(house, client, "merge", "SQ261125-77")).status == 409
    merged = await press(house, client, "merge", "sq26112502", case=1)
    assert merged.json["said"].startswith("SQ261125-02并到SQ261125-01了")
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert "2件，2人次" in page
    assert f'href="/cases/{SECOND}"' in page
    part = (await client.get(f"/parts/cases/{SECOND}")).text
    assert buttons(part) == ["part", "undo"]
    assert "并到SQ261125-01" in part
    assert (await press(house, client, "part", case=2)).status == 200
    assert await state(house, 2) == "filed"


async def test_one_report_of_many_becomes_its_own(house: House, client: Client) -> None:
    await file(client)
    await client.say(BUILDING_3, "sim_zhao", "3号楼2单元三楼楼道灯坏了，孩子都不敢走")
    page = await client.shown(f"/parts/cases/{FIRST}", "2人次")
    reporter = re.search(r'data-act="part" data-reporter="(\d+)"', page)
    assert reporter
    first = await press(house, client, "part", reporter=1)
    assert (first.status, first.json["fault"]) == (404, "没查到这一件，可能编号写错了")
    parted = await press(house, client, "part", reporter=int(reporter[1]))
    assert SECOND in parted.json["said"]
    assert "孩子都不敢走" in await client.shown(f"/parts/cases/{SECOND}", "1人次")


async def test_what_was_heard_by_telephone(house: House, client: Client) -> None:
    await file(client)
    await press(house, client, "assign", "孙网格")
    await press(house, client, "resolve", "换了新灯", by="wx_sun")
    own = (await client.get(f"/parts/cases/{FIRST}?officer={officer(house, 'wx_sun')}")).text
    assert "follow_up" not in buttons(own)
    assert "另一位同事" in own
    refused = await press(house, client, "follow_up", outcome="satisfied", by="wx_sun")
    assert (refused.status, "另一位同事" in refused.json["fault"]) == (409, True)
    assert buttons((await client.get(f"/parts/cases/{FIRST}")).text)[0] == "follow_up"
    missed = await press(house, client, "follow_up", outcome="no_answer")
    assert "没打通（第1次）" in missed.json["said"]
    bad = await press(house, client, "follow_up", "灯又灭了，电话13900001111", outcome="dissatisfied")
    assert (bad.json["said"], await state(house)) == ("SQ261125-01重新办。", "working")
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert "不满意 灯又灭了，电话139****1111" in page
    await press(house, client, "resolve", "又换了一个", by="wx_sun")
    good = await press(house, client, "follow_up", outcome="satisfied")
    assert "现在是“办结”" in good.json["said"]


async def test_a_lead_is_taken_up_or_dropped(house: House, client: Client) -> None:
    async with house.assistant.database.transaction() as db:
        for raw in ("sim_chen", "sim_ma"):
            await accounts.set_muted(db, house.assistant.directory, officer(house, raw), True)
    await client.say(GOSSIP, "sim_chen", "5号楼1单元电梯坏了三天了，没人管")
    await client.say(GOSSIP, "sim_ma", "7号楼3单元楼道灯坏了三天了，没人管")
    await client.shown("/parts/list", "线索<b>2</b>")
    page = (await client.get("/parts/cases/id/1")).text
    assert buttons(page) == ["accept", "drop"]
    assert "还没有编号" in page
    dropped = await press(house, client, "drop", case=2)
    assert dropped.json["said"] == "记下了，这条不算诉求。"
    assert (await press(house, client, "accept", case=1)).status == 200
    assert (await state(house, 1), await state(house, 2)) == ("accepted", "dropped")
    assert 'data-path="/cases/SQ261125-01"' in (await client.get("/cases/id/1")).text
    assert buttons((await client.get("/parts/cases/id/2")).text) == []


async def test_a_role_sees_only_its_own_buttons(house: House, client: Client) -> None:
    await file(client)
    grid = officer(house, "wx_sun")
    assert buttons((await client.get(f"/parts/cases/{FIRST}?officer={grid}")).text) == ["accept"]
    await file(client, "12号楼1单元电梯坏了三天了，没人管", SECOND, who="sim_huang", chat=GOSSIP)
    other = (await client.get(f"/parts/cases/{SECOND}?officer={grid}")).text
    assert (buttons(other), "这件不归孙网格管" in other, "显示原话" in other) == ([], True, False)
    assert (await press(house, client, "accept", case=2, by="wx_sun")).status == 404
    assert (await client.post("/cases/id/2/reveal", officer=grid, reason="想看")).status == 404
    assert await state(house, 2) == "filed"


async def test_a_viewer_only_looks(house: House, client: Client) -> None:
    await file(client)
    async with house.assistant.database.transaction() as db:
        directory, contact = house.assistant.directory, officer(house, "sim_liu")
        await accounts.bind_staff(db, directory, contact, name="督查", role="viewer", buildings=(), bound_by="config")
    page = (await client.get(f"/parts/cases/{FIRST}?officer={officer(house, 'sim_liu')}")).text
    assert (buttons(page), "没有督查能办的事" in page, "显示原话" in page) == ([], True, False)
    refused = await client.post("/cases/id/1/reveal", officer=officer(house, "sim_liu"), reason="想看")
    assert (refused.status, "您的角色" in refused.json["fault"]) == (403, True)


async def test_without_staff_one_line_says_why_there_are_no_buttons(house: House, client: Client) -> None:
    await file(client)
    house.assistant.directory.officers.clear()
    page = (await client.get(f"/parts/cases/{FIRST}")).text
    assert buttons(page) == []
    assert "还没有认下的工作人员" in page
    assert "<select" not in page


async def test_what_residents_write_is_never_markup(client: Client) -> None:
    page = await file(client, "3号楼2单元楼道灯坏了<img src=x onerror=alert(1)>，没人管三天了")
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
