"""Whoever goes on leave hands over: shown first, in one message to the taker, and nothing for the residents."""

from __future__ import annotations

import pytest

from storage import audit, complaints
from storage.complaints import Complaint
from tests.resident import GROUP, StaffMember, World

LAMPS = [f"{n}号楼2单元楼道灯坏了三天没人管" for n in (3, 5, 7)]


async def busy(world: World) -> tuple[StaffMember, StaffMember]:
    """小周 has three cases: one given, one in work, one suspended."""
    li, zhou = world.staff("李主任"), world.staff("小周")
    for number, words in enumerate(LAMPS, 1):
        await world.resident(f"邻居{number}").says(words, in_group=GROUP)
        await li.commands(f"派 SQ261125-0{number} 小周")
        await world.passes(minutes=15)
    await zhou.commands("进展 SQ261125-02 在查线路")
    await zhou.commands("挂起 SQ261125-03 等配件")
    await world.passes(minutes=15)
    return li, zhou


async def cases(world: World) -> list[Complaint]:
    async with world.assistant.database.reading() as db:
        found = [
            await complaints.by_number(db, world.assistant.settings.community.id, f"SQ261125-0{n}") for n in (1, 2, 3)
        ]
        return [one for one in found if one is not None]


async def verbs(world: World, subject: str) -> list[str]:
    async with world.assistant.database.reading() as db:
        return [step.verb for step in await audit.story(db, world.assistant.settings.community.id, subject)]


async def test_an_admin_hands_over_the_cases_of_somebody(world: World) -> None:
    li, zhou = await busy(world)
    sun = world.staff("孙网格")
    group, before = len(world.heard_in_group()), [one.suspended_at for one in await cases(world)]
    [shown] = await li.commands("交接 小周 孙网格")
    assert shown == (
        "小周手上3件交给孙网格：\n"
        "SQ261125-01 [已派单] 3号楼2单元 楼道灯\n"
        "SQ261125-02 [办理中] 5号楼2单元 楼道灯\n"
        "SQ261125-03 [挂起] 7号楼2单元 楼道灯\n"
        "居民那边不变，不另外通知。\n"
        "回“确认”就办，回“不要”就算了。"
    )
    assert {one.handler for one in await cases(world)} == {"小周"}
    assert await li.commands("确认") == ["小周的3件交给孙网格了。"]
    await world.passes(minutes=15)
    assert len(world.heard_in_group()) == group
    moved = await cases(world)
    assert [(one.handler, one.state) for one in moved] == [
        ("孙网格", "assigned"),
        ("孙网格", "assigned"),
        ("孙网格", "suspended"),
    ]
    assert [one.suspended_at for one in moved] == before  # its clock stands still as before
    [given] = [text for text in sun.heard if "交给您了" in text]
    assert given.startswith("小周的3件交给您了：\nSQ261125-01 [已派单] 3号楼2单元 楼道灯，12月2日（周三）18:00到期\n")
    assert zhou.heard[-1] == "您手上3件交给孙网格了。"
    assert (await verbs(world, "complaint:3"))[-1] == "complaints.assign"
    async with world.assistant.database.reading() as db:
        zhou_id = next(one.contact for one in world.assistant.directory.officers.values() if one.name == "小周")
        [step] = await audit.story(db, world.assistant.settings.community.id, f"staff:{zhou_id}")
    assert (step.verb, step.after["cases"]) == (
        "complaints.hand_over",
        ["SQ261125-01", "SQ261125-02", "SQ261125-03"],
    )


async def test_a_handler_hands_over_their_own(world: World) -> None:
    li, zhou = await busy(world)
    assert (await zhou.commands("交接 李主任"))[0].startswith("小周手上3件交给李主任：")
    await zhou.commands("确认")
    assert {one.handler for one in await cases(world)} == {"李主任"}
    assert "小周的3件交给您了" in li.heard[-1]


@pytest.mark.parametrize(
    "command", ["交接 小周 孙网格 到12月1日", "交接 小周给孙网格，12月1日前", "交接 小周、孙网格 12月1日"]
)
async def test_with_a_date_new_cases_go_to_the_cover_until_then(world: World, command: str) -> None:
    li, zhou = await busy(world)
    [shown] = await li.commands(command)
    assert "到12月1日（周二），新派给小周的也由孙网格代。" in shown
    await li.commands("确认")
    assert "提前回来，发：销假" in zhou.heard[-1]
    await world.resident("邻居4").says("9号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    [answer] = await li.commands("派 SQ261125-04 小周")
    assert "已派给孙网格（小周请假，由孙网格代）" in answer
    await world.passes(days=6)
    await world.passes(hours=9)
    await world.resident("邻居5").says("11号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    number = "SQ261201-01"
    assert f"{number}已派给小周" in (await li.commands(f"派 {number} 小周"))[0]


@pytest.mark.parametrize(
    ("who", "command"),
    [("李主任", "交接 小周 回来"), ("李主任", "销假 小周"), ("小周", "销假"), ("小周", "交接 回来了")],
)
async def test_coming_back_early_ends_it_and_cases_stay_where_they_are(world: World, who: str, command: str) -> None:
    li, zhou = await busy(world)
    await li.commands("交接 小周 孙网格 到12月1日")
    await li.commands("确认")
    [answer] = await world.staff(who).commands(command)
    assert answer.startswith("小周回来了，新派的件还是给小周。")
    assert {one.handler for one in await cases(world)} == {"孙网格"}
    await world.resident("邻居4").says("9号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    assert "已派给小周，" in (await li.commands("派 SQ261125-04 小周"))[0]
    assert (await world.staff(who).commands(command)) == ["小周没有在请假。"]
    if who == "李主任":
        assert any("您销假了" in text for text in zhou.heard)


async def test_a_leave_survives_another_login_of_the_account(world: World) -> None:
    li, _ = await busy(world)
    await li.commands("交接 小周 孙网格 到12月1日")
    await li.commands("确认")
    await world.connect(GROUP)
    await world.resident("邻居4").says("9号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    assert "由孙网格代" in (await li.commands("派 SQ261125-04 小周"))[0]


async def test_a_leave_without_cases_is_a_leave(world: World) -> None:
    li = world.staff("李主任")
    [shown] = await li.commands("交接 小周 孙网格 到12月1日")
    assert shown.startswith("小周手上没有在办的件。\n到12月1日（周二），新派给小周的也由孙网格代。")
    assert await li.commands("确认") == ["到12月1日（周二），新派给小周的由孙网格代；提前回来，发：销假 小周"]
    assert world.staff("孙网格").heard[-1] == "到12月1日（周二），新派给小周的也先给您。"


@pytest.mark.parametrize(
    ("who", "command", "said"),
    [
        ("李主任", "交接", "还差交给谁。写法：交接 姓名，或 交接 姓名 姓名 到哪天"),
        ("李主任", "交接 小周 王五", "没有叫“王五”的同事"),
        ("李主任", "交接 王五 小周", "没有叫“王五”的同事"),
        ("李主任", "交接 小周 小周", "交给的就是小周本人"),
        ("李主任", "交接 李主任", "交给的就是李主任本人"),
        ("李主任", "交接 小周 孙网格", "小周手上没有在办的件，不用交接。"),
        ("李主任", "交接 小周 孙网格 去年", "还差到哪天"),
        ("李主任", "交接 小周 孙网格 到13月45日", "还差到哪天"),
        ("李主任", "交接 到12月1日", "还差交给谁"),
        ("李主任", "交接 " + "长" * 400, "没有叫“长长长长长长长长长长长长长长长长长长长长”的同事"),
        ("小周", "交接 李主任 孙网格", "替别人交接、销假要管理员来办"),
        ("小周", "销假 李主任", "替别人交接、销假要管理员来办"),
        ("李主任", "销假", "李主任没有在请假"),
        ("李主任", "销假 王五", "没有叫“王五”的同事"),
    ],
)
async def test_bad_input_gets_one_clear_line(world: World, who: str, command: str, said: str) -> None:
    [answer] = await world.staff(who).commands(command)
    assert said in answer


async def test_nobody_hands_over_to_somebody_on_leave(world: World) -> None:
    li, _ = await busy(world)
    await li.commands("交接 李主任 孙网格 到12月1日")
    await li.commands("确认")
    assert await li.commands("交接 小周 李主任") == ["李主任也请着假，请换一位。"]


async def test_what_was_done_meanwhile_is_left_out(world: World) -> None:
    li, zhou = await busy(world)
    await li.commands("交接 小周 孙网格")
    await zhou.commands("办结 SQ261125-02 修好了")
    await world.passes(minutes=1)
    assert await li.commands("确认") == ["小周的2件交给孙网格了。1件刚才有变化，没动。"]
    assert [one.handler for one in await cases(world)] == ["孙网格", "小周", "孙网格"]


async def test_what_waits_for_a_last_word_stays_and_is_said(world: World) -> None:
    li, zhou = await busy(world)
    await zhou.commands("办结 SQ261125-02 修好了")
    [shown] = await li.commands("交接 小周 孙网格")
    assert "小周手上2件交给孙网格" in shown
    assert "另有1件在等居民回话，还留在小周名下。" in shown


async def test_a_common_problem_goes_along_with_its_owners_cases(world: World) -> None:
    li = world.staff("李主任")
    for building in (2, 3, 5, 7, 12):
        await world.resident(f"邻居{building}").says(f"{building}号楼1单元暖气不热，屋里才14度", in_group=GROUP)
    await li.commands("派 GX261125-01 小周")
    await li.commands("确认")
    [shown] = await li.commands("交接 小周 孙网格")
    assert "牵头的共性诉求也交过去：GX261125-01\n" in shown
    await li.commands("确认")
    assert "牵头：孙网格" in (await li.commands("共性"))[0]


@pytest.mark.parametrize("text", ["交接", "交接 小周 李主任", "销假", "销假 小周"])
async def test_residents_get_no_hint(world: World, text: str) -> None:
    wang = world.resident("王阿姨")
    heard = await wang.says(text)
    assert heard == [] or "没听懂" in heard[0]
    assert all("交给" not in one for one in heard)
