"""Sessions on the page: made by sentence and by form, once; shown without doors and telephones; called off, checked in."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest

from storage import audit, sessions, sign_ups
from storage.session_plan import Kind
from storage.sessions import CANCELLED, SessionView
from tests.web.client import Answer, Client
from tests.web.house import BUILDING_3, House
from tests.web.ledger import officer, said_to
from web.pages.session_form import Form, form_of, plan_of

NUMBER = "HD261125-01"
SENTENCE = "周六上午8:30-11:30东门核酸，7-12号楼9:30开始"
LECTURE: dict[str, Any] = {
    "kind": "lecture",
    "title": "健康讲座",
    "place": "二楼活动室",
    "date": "2026-11-28",
    "start": "09:00",
    "end": "11:00",
    "sign_up": True,
    "capacity": "30",
    "bring": "身份证",
}
TODAY = {**LECTURE, "date": "2026-11-25", "start": "14:00", "end": "16:00", "capacity": "2"}


def groups(house: House) -> list[int]:
    return list(house.assistant.directory.groups())


async def review(house: House, client: Client, *, by: str = "wx_li", **fields: Any) -> Answer:
    form = {**LECTURE, "groups": groups(house), **fields}
    return await client.post("/sessions/new/review", officer=officer(house, by), form=form)


async def refused(house: House, client: Client, **fields: Any) -> tuple[str, str]:
    answer = await review(house, client, **fields)
    assert answer.status == 409
    return answer.json["fault"], answer.json["field"]


def token(answer: Answer) -> str:
    found = re.search(r'data-token="([^"]+)"', answer.json["html"])
    assert found is not None
    return found[1]


async def made(house: House, client: Client, **fields: Any) -> Answer:
    reviewed = await review(house, client, **fields)
    assert reviewed.status == 200, reviewed.text
    return await client.post("/sessions/new/create", officer=officer(house), token=token(reviewed))


async def kept(house: House, number: str = NUMBER) -> SessionView:
    now = datetime.now(house.assistant.settings.community.zone)
    async with house.assistant.database.reading() as db:
        row = await sessions.by_number(db, "xingfu", number)
        assert row is not None
        return await sessions.view(db, row, now)


async def everything(house: House) -> list[str]:
    """Numbers of all sessions that there are."""
    numbers = [f"HD261125-{nth:02d}" for nth in range(1, 10)]
    async with house.assistant.database.reading() as db:
        return [number for number in numbers if await sessions.by_number(db, "xingfu", number)]


async def signed_up(client: Client, text: str, who: str = "sim_wang") -> None:
    assert (await client.say(BUILDING_3, who, text)).status == 204


async def test_a_sentence_fills_the_form(house: House, client: Client) -> None:
    answer = await client.post("/sessions/new/read", officer=officer(house), text=SENTENCE)
    html = answer.json["html"]
    for shown in (
        'value="核酸检测"',
        'value="东门"',
        'value="2026-11-28"',
        'value="08:30"',
        'value="11:30"',
        "7–12号楼 09:30",
    ):
        assert shown in html
    assert '<option value="testing" data-signs-up="" selected>' in html
    assert await everything(house) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "还差"),
        ("东门核酸", "还差"),
        ("昨天上午9点活动室健康讲座", "已经过了"),
        ("周六上午9点活动室健康讲座 名额0", "名额要写"),
        ("周六上午9:00-11:00 活动室 健康讲座 发到火星群", "火星群"),
        ("周六上午9:00-11:00 活动室 健康讲座 发到1-999号楼群", "楼"),
    ],
)
async def test_what_the_command_refuses_is_refused(house: House, client: Client, text: str, said: str) -> None:
    answer = await client.post("/sessions/new/read", officer=officer(house), text=text)
    assert answer.status == 409
    assert said in answer.json["fault"]
    assert "\n" not in answer.json["fault"]


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "周六上午9:00-11:00 活动室 健康讲座 名额30",
        "11月30日下午2点-4点 服务大厅 书记接待日",
        "周日上午9点到11点 活动室 手机课 每半小时一场 每场10人",
        "12月5日至7日 9:00-17:00 活动室 流感疫苗接种 带身份证",
        "周六 第一场9:00-10:00 第二场14:00-15:30 活动室 健康讲座 每场20人",
        "周六晚上22:00-次日1:00 北门 志愿巡逻 名额5",
    ],
)
async def test_the_form_keeps_all_that_a_sentence_said(house: House, text: str) -> None:
    services = house.assistant.services
    now = datetime(2026, 11, 25, 10, 0, tzinfo=house.assistant.settings.community.zone)
    draft, chosen = services["drafts"].read(text, now)
    plan, assumed = plan_of(form_of(draft, chosen, house.assistant.replies), now, services["session_known"])
    assert plan.whole == draft.plan.whole
    assert plan.batches == draft.plan.batches
    assert assumed == ()
    for name in ("kind", "title", "place", "starts_at", "ends_at", "sign_up", "bring", "for_whom", "phone", "note"):
        assert getattr(plan, name) == getattr(draft.plan, name)


async def test_it_is_said_back_in_full_before_it_goes_out(house: House, client: Client) -> None:
    answer = await review(house, client, batches="7-12号楼 9:30", not_for="发热的邻居", receipt=True)
    html = answer.json["html"]
    for shown in (
        "11月28日（周六）09:00–11:00",
        "二楼活动室",
        "名额30人",
        "7–12号楼 09:30起",
        "发热的邻居",
        "3号楼业主群",
        "一共3个群",
        "发完",
        "请大家回“收到”",
        "【通知】",
    ):
        assert shown in html
    assert await everything(house) == []
    assert said_to(house) == []


async def test_it_goes_out_once(house: House, client: Client) -> None:
    reviewed = token(await review(house, client))
    twice = await asyncio.gather(
        *(client.post("/sessions/new/create", officer=officer(house), token=reviewed) for _ in range(3))
    )
    assert {answer.json["path"] for answer in twice} == {f"/sessions/{NUMBER}"}
    assert await everything(house) == [NUMBER]
    assert NUMBER in twice[0].json["said"]
    view = await kept(house)
    assert (view.plan.kind, view.plan.title, view.capacity) == (Kind.LECTURE, "健康讲座", 30)
    page = await client.shown("/", "11月28日（周六）")
    assert "健康讲座" in page
    async with house.assistant.database.reading() as db:
        story = await audit.story(db, "xingfu", NUMBER)
    assert [step.verb for step in story] == ["sessions.create"]


async def test_a_review_of_another_start_does_not_go_out(house: House, client: Client) -> None:
    answer = await client.post("/sessions/new/create", officer=officer(house), token="5e9c-1")
    assert answer.status == 409
    assert "再看一遍" in answer.json["fault"]


async def test_a_second_one_just_like_it_is_pointed_out(house: House, client: Client) -> None:
    await made(house, client)
    assert NUMBER in (await review(house, client)).json["html"]
    assert NUMBER not in (await review(house, client, title="消防讲座")).json["html"]


async def test_no_groups_no_notice(house: House, client: Client) -> None:
    answer = await made(house, client, groups=[])
    assert "没有发群通知" in answer.json["said"]
    assert (await kept(house)).groups == ()


@pytest.mark.parametrize(
    ("fields", "said", "field"),
    [
        ({"title": "", "start": ""}, "还差：叫什么、几点开始", "title"),
        ({"date": "明天"}, "“哪天”没看懂", "date"),
        ({"date": "9999-12-31"}, "“哪天”没看懂", "date"),
        ({"date": "2026-11-24"}, "已经过了", "date"),
        ({"end": "08:00"}, "钟点对不上", "end"),
        ({"end": "25:00"}, "“几点结束”里的钟点没看懂", "end"),
        ({"capacity": "0"}, "1到10000", "capacity"),
        ({"capacity": "10000000"}, "1到10000", "capacity"),
        ({"capacity": "三十"}, "1到10000", "capacity"),
        ({"title": "讲" * 41}, "最多40个字", "title"),
        ({"note": "讲" * 201}, "最多200个字", "note"),
        ({"split": "every", "each": "1"}, "场次太多", "slots"),
        ({"split": "parts", "each": ""}, "还差：分场的数", "each"),
        ({"split": "own", "slots": "上午一场"}, "这一行没看懂：上午一场", "slots"),
        ({"split": "own", "slots": "9:00-10:00\n9:30-10:30"}, "撞了", "slots"),
        ({"batches": "7-12号楼"}, "这一行没看懂：7-12号楼", "batches"),
        ({"batches": "东边的 9:30"}, "这一行没看懂", "batches"),
        ({"batches": "7-12号楼 13:30"}, "不在活动时间里", "batches"),
        ({"batches": "1-999号楼 9:30"}, "楼号没看准", "batches"),
        ({"dose": "10"}, "1到9", "dose"),
    ],
)
async def test_one_clear_line_for_what_is_wrong(
    house: House, client: Client, fields: dict[str, Any], said: str, field: str
) -> None:
    line, where = await refused(house, client, **fields)
    assert said in line
    assert "\n" not in line
    assert where == field
    assert await everything(house) == []


async def test_slots_by_minutes_by_number_and_line_by_line(house: House, client: Client) -> None:
    for fields, starts in (
        ({"split": "every", "each": "40"}, ["09:00", "09:40", "10:20"]),
        ({"split": "parts", "each": "4"}, ["09:00", "09:30", "10:00", "10:30"]),
        ({"split": "own", "slots": "14:00-15:00 10人\n9:00到10:00"}, ["09:00", "14:00"]),
    ):
        form = Form(**{**LECTURE, **fields})
        now = datetime(2026, 11, 25, 10, 0, tzinfo=house.assistant.settings.community.zone)
        plan, _ = plan_of(form, now, house.assistant.services["session_known"])
        assert [f"{slot.starts_at:%H:%M}" for slot in plan.slots] == starts
    assert [slot.capacity for slot in plan.whole] == [30, 10]


async def test_an_end_that_was_not_written_is_assumed_and_said(house: House, client: Client) -> None:
    html = (await review(house, client, end="")).json["html"]
    assert "没写几点结束" in html
    assert "11月28日（周六）09:00–11:00" in html


async def test_whose_role_does_not_do_it(house: House, client: Client) -> None:
    for answer in (
        await review(house, client, by="wx_sun"),
        await client.post("/sessions/new/read", officer=officer(house, "wx_sun"), text=SENTENCE),
    ):
        assert answer.status == 409
        assert "活动" in answer.json["fault"]
    await made(house, client)
    answer = await client.post(f"/sessions/{NUMBER}/cancel", officer=officer(house, "wx_sun"), text="下雪")
    assert answer.status == 409
    assert "data-opens" not in (await client.get(f"/parts/sessions/{NUMBER}?officer={officer(house, 'wx_sun')}")).text


async def test_the_list_and_one_without_doors_and_telephones(house: House, client: Client) -> None:
    assert "还没有办过活动" in (await client.get("/sessions")).text
    await made(house, client)
    await signed_up(client, "报名 3-2-501 王秀兰 两个人 13800001234")
    page = await client.shown(f"/parts/sessions/{NUMBER}", 'data-code="001"')
    for shown in ("王* · 3号楼2单元 · 2人", "报了2人，名额30", "3号楼业主群", "11月28日（周六）09:00–11:00"):
        assert shown in page
    for hidden in ("501", "王秀兰", "1380"):
        assert hidden not in page
    listed = (await client.get("/parts/sessions")).text
    for shown in ("健康讲座", NUMBER, "报了2人，名额30", "可报名"):
        assert shown in listed


async def test_an_open_page_hears_of_a_sign_up(house: House, client: Client) -> None:
    await made(house, client)
    async with client.events() as stream:
        await signed_up(client, "报名 3-2-501 两个人")
        await stream.next("sessions")


async def test_called_off_with_a_reason_everybody_hears(house: House, client: Client) -> None:
    await made(house, client)
    await signed_up(client, "报名 3-2-501 两个人")
    await client.shown(f"/parts/sessions/{NUMBER}", 'data-code="001"')
    path = f"/sessions/{NUMBER}/cancel"
    empty = await client.post(path, officer=officer(house), text=" ")
    assert empty.status == 422
    answer = await client.post(path, officer=officer(house), text="下大雪")
    assert "取消了" in answer.json["said"]
    view = await kept(house)
    assert (view.state, view.reason) == (CANCELLED, "下大雪")
    again = await client.post(path, officer=officer(house), text="下大雪")
    assert again.status == 409
    assert "取消" in again.json["fault"]
    await client.shown("/", "健康讲座取消了。原因：下大雪")
    assert "取消原因：下大雪" in (await client.get("/parts/sessions")).text
    shown = (await client.get(f"/parts/sessions/{NUMBER}")).text
    assert 'data-act="cancel"' not in shown


async def test_checked_in_and_taken_back(house: House, client: Client) -> None:
    await made(house, client, **TODAY)
    await signed_up(client, "报名 3-2-501 两个人")
    await client.shown(f"/parts/sessions/{NUMBER}", 'data-code="001"')

    async def door(code: str, **given: Any) -> Answer:
        return await client.post(f"/sessions/{NUMBER}/check-in", officer=officer(house, "wx_sun"), code=code, **given)

    assert (await door("001", people=2)).json["said"] == "001号，到了2人，记下了。"
    assert "没有重复记" in (await door("001", people=2)).json["said"]
    assert "只剩0个位子" in (await door("001", people=3)).json["said"]
    assert "到了2人" in (await client.get(f"/parts/sessions/{NUMBER}")).text
    assert "没有动" in (await door("009")).json["said"]
    assert "撤了" in (await door("001", undo=True)).json["said"]
    async with house.assistant.database.reading() as db:
        (row,) = await sign_ups.of_session(db, (await kept(house)).id)
    assert row.arrived is None


async def test_nobody_is_checked_in_before_the_day(house: House, client: Client) -> None:
    await made(house, client)
    answer = await client.post(f"/sessions/{NUMBER}/check-in", officer=officer(house), code="001")
    assert answer.status == 409
    assert "还没到那天" in answer.json["fault"]


async def test_what_is_not_there(house: House, client: Client) -> None:
    assert (await client.get("/parts/sessions/HD261125-99")).status == 404
    page = await client.get("/sessions/HD261125-99")
    assert page.status == 404
    assert "没查到这一场" in page.text
    for path, given in (
        ("/sessions/new/review", {"form": {"kind": "party"}}),
        ("/sessions/new/review", {"form": {**LECTURE, "more": 1}}),
        (f"/sessions/{NUMBER}/check-in", {"code": "x"}),
    ):
        assert (await client.post(path, officer=officer(house), **given)).status == 422
    assert (await client.post("/sessions/new/create", officer=999, token="1")).status == 403


async def test_every_page_of_sessions_opens(house: House, client: Client) -> None:
    await made(house, client)
    for path in ("/sessions", "/sessions/new", f"/sessions/{NUMBER}", f"/sessions/{NUMBER.lower()}"):
        answer = await client.get(path)
        assert answer.status == 200
        assert 'id="sessions"' in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert " style=" not in answer.text
