"""At the door: who is called down, who is there, who was on no list, who is missing; and what only staff hear of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from intents.errors import SessionFull
from intents.sessions.checking_in import CheckingIn
from intents.sessions.door_words import ADD, IN, OFF, UNDO, Typed, at_door, nth_in
from storage import audit, sessions, sign_ups
from storage.accounts import Officer, ensure_contact
from storage.database import Database
from storage.sign_ups import SignedUp, State, signed_up
from tests.assistants import MORNING
from tests.resident import GROUP, Resident, World
from tests.sessions.announced import SOUTH, announced, dose_rows
from tests.sessions.offices import SATURDAY, made, of_door, office, plan

FIVE = "5号楼业主群"
LECTURE = "周六上午8:30-11:30活动室健康讲座 名额{}"


class Hall:
    """A lecture on Saturday at 8:30, that 王阿姨 of building 3 and another, 赵姐 of 5, who is no friend, and 老马 of 3 with two
    others go to.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.li, self.sun = world.staff("李主任"), world.staff("孙网格")
        self.wang = world.resident("3-2-501 王阿姨")
        self.zhao = world.resident("5-1-302 赵姐", friend=False)
        self.ma = world.resident("3-1-101 老马")
        self.number = ""

    async def opens(self, capacity: int = 20, text: str = LECTURE, *more: Resident) -> Hall:
        await self.world.connect(GROUP, FIVE, SOUTH)
        self.number = await announced(self.world, text.format(capacity))
        for who, said in ((self.wang, "报名 两个人"), (self.zhao, "报名 一个人"), (self.ma, "报名 3个人")):
            await who.says(f"@小助手 {said}", in_group=GROUP)
        for who in more:
            await who.says("@小助手 报名 一个人", in_group=GROUP)
        await self.until(SATURDAY)
        return self

    async def until(self, at: object) -> None:
        assert isinstance(at, type(MORNING))
        await self.world.passes(seconds=(at - self.world.clock.now()).total_seconds())

    async def told(self, text: str, by: Resident | None = None) -> str:
        officer = by or self.sun
        heard = len(officer.heard)
        await officer.says(text)
        return "\n".join(officer.heard[heard:])

    async def rows(self) -> dict[str, SignedUp]:
        async with self.world.assistant.database.reading() as db:
            row = await sessions.by_number(db, "xingfu", self.number)
            assert row is not None
            return {one.code: signed_up(one) for one in await sign_ups.of_session(db, row.id, tuple(State))}

    async def arrived(self) -> dict[str, int | None]:
        return {code: one.arrived for code, one in (await self.rows()).items()}


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world)


@pytest.mark.parametrize(
    ("text", "deed", "people"),
    [
        ("003 005 8-2-301", IN, (Typed("003"), Typed("005"), Typed(building="8", unit="2", room="301"))),
        ("3、5、7号", IN, (Typed("003"), Typed("005"), Typed("007"))),
        ("003 2人", IN, (Typed("003", people=2),)),
        ("003，2人", IN, (Typed("003", people=2),)),
        ("张三两人 李四", IN, (Typed(name="张三", people=2), Typed(name="李四"))),
        ("8号楼301来了3人", IN, (Typed(building="8", room="301", people=3),)),
        (
            "加 张三 8-2-301 2人",
            ADD,
            (Typed(name="张三", building="8", unit="2", room="301", people=2, door_last=True),),
        ),
        (
            "现场 8-2-301 张三 13800001111，李四 十二人",
            ADD,
            (
                Typed(name="张三", building="8", unit="2", room="301", phone="13800001111"),
                Typed(name="李四", people=12),
            ),
        ),
        ("撤 003 004", UNDO, (Typed("003"), Typed("004"))),
        ("不来 003", OFF, (Typed("003"),)),
        ("", IN, ()),
    ],
)
def test_what_staff_type_at_the_door(text: str, deed: str, people: tuple[Typed, ...]) -> None:
    said = at_door(text)
    assert (said.deed, said.people) == (deed, people)


def test_the_nth_part_or_batch() -> None:
    found = [nth_in(text) for text in ("第2场", "第二批", "6号楼")]
    assert [(one.number, one.is_slot) if one else None for one in found] == [(2, True), (2, False), None]


async def test_a_building_is_called_in_its_group_and_in_private(hall: Hall) -> None:
    await hall.opens()
    heard = len(hall.world.channel.sent)
    told = await hall.told("叫号 3号楼")
    assert "正在1个群里叫3号楼，另外私下告诉2位" in told
    assert "2户5人" in told
    groups = [one.outbound for one in hall.world.channel.sent[heard:] if one.outbound.group]
    assert [(one.group, one.kind) for one in groups] == [(f"room:{GROUP}", "reply")]
    assert groups[0].text == "3号楼的邻居可以下楼了：健康讲座，活动室。"
    assert hall.wang.heard[-1].endswith("您报了2人，到了报001号就行。")


async def test_a_building_without_a_group_is_called_in_all_and_never_twice_within_ten_minutes(hall: Hall) -> None:
    await hall.opens()
    await hall.told("叫号 3号楼")
    heard = len(hall.world.channel.sent)
    told = await hall.told("叫号 3-4号楼", hall.li)
    groups = [one.outbound for one in hall.world.channel.sent[heard:] if one.outbound.group]
    assert [one.group for one in groups] == [f"room:{one}" for one in (GROUP, FIVE, SOUTH)]
    assert all(one.text.startswith("4号楼的邻居可以下楼了") for one in groups)
    assert "3号楼08:30刚叫过，10分钟内不重复叫" in told
    await hall.world.passes(minutes=11)
    assert "正在1个群里叫3号楼" in await hall.told("叫号 3号楼")
    async with hall.world.assistant.database.reading() as db:
        called = [
            one.after for one in await audit.story(db, "xingfu", hall.number) if one.verb == "sessions.called_down"
        ]
    assert [one["buildings"] for one in called] == [["3"], ["4"], ["3"]]


async def test_who_is_there_is_not_called(hall: Hall) -> None:
    await hall.opens()
    await hall.told("签到 001 004")
    heard = len(hall.wang.heard)
    await hall.told("叫号 3号楼")
    assert hall.wang.heard[heard:] == []


async def test_a_part_is_called_by_its_place_and_a_batch_by_its_buildings(hall: Hall) -> None:
    await hall.opens(text="周六上午8:30-10:30活动室健康讲座 分2场 每场{}人")
    told = await hall.told("叫号 第1场")
    assert "正在3个群里叫第1场" in told
    assert hall.world.heard_in_group(SOUTH)[-1] == "第1场（08:30）的邻居可以过来了：健康讲座，活动室。"
    assert "刚叫过" in await hall.told("叫号 第1场")
    assert "只有2场" in await hall.told("叫号 第3场")
    assert "还差叫哪栋楼或第几场" in await hall.told("叫号")


async def test_a_batch_of_the_notice_is_its_buildings(hall: Hall) -> None:
    await hall.opens(text="周六上午8:30-11:30东门核酸检测 名额{} 3号楼8:30开始 5-6号楼9:30开始")
    told = await hall.told("叫号 第2批")
    assert "正在3个群里叫5号楼、6号楼" in told
    assert "1户1人" in told
    assert "只有2批" in await hall.told("叫号 第3批")
    assert "这次不分场" in await hall.told("叫号 第2场")
    assert "5号楼" in await hall.told(f"叫号 {hall.number} 5")
    assert "正在1个群里叫3号楼" in await hall.told(f"叫号 {hall.number} 3")


async def test_nobody_is_called_at_night_or_before_the_day(hall: Hall) -> None:
    await hall.world.connect(GROUP)
    hall.number = await announced(hall.world, "周六晚上20:00-23:00活动室健康讲座 名额20")
    assert "是11月28日（周六）20:00的，还没到那天" in await hall.told(f"叫号 {hall.number} 3号楼")
    assert "还没到那天" in await hall.told("签到 001")
    await hall.until(SATURDAY + timedelta(hours=13, minutes=30))
    heard = len(hall.world.heard_in_group())
    assert "休息时间，群里不叫号。11月29日（周日）07:30以后再叫" in await hall.told("叫号 3号楼")
    assert len(hall.world.heard_in_group()) == heard


async def test_checked_in_by_code_door_and_name_and_never_twice(hall: Hall) -> None:
    await hall.opens()
    told = await hall.told("签到 001 5-1-302 老马 2人")
    assert "001 王阿姨 3-2-501：到2人。" in told
    assert "003 老马 3-1-101：到2人（报了3人）。" in told
    assert "健康讲座：报了6人，到了5人。" in told
    assert await hall.arrived() == {"001": 2, "002": 1, "003": 2}
    assert "001 王阿姨 3-2-501：08:30已经签过了，2人，没有重复记" in await hall.told("签到 王阿姨", hall.li)
    assert "改成到3人（刚才记的2人）" in await hall.told("签到 003 3人")
    assert await hall.arrived() == {"001": 2, "002": 1, "003": 3}


async def test_of_several_of_a_name_staff_are_asked_which_and_only_they(hall: Hall) -> None:
    another = hall.world.resident("7-1-101 王阿姨")
    await hall.opens(20, LECTURE, another)
    heard = len(hall.world.heard_in_group())
    told = await hall.told("签到 王阿姨")
    assert "王阿姨对得上2位，请写号：001 王阿姨 3-2-501；004 王阿姨 7-1-101" in told
    assert set((await hall.arrived()).values()) == {None}
    assert "004 王阿姨 7-1-101：到1人" in await hall.told("签到 王阿姨 7-1-101")
    assert len(hall.world.heard_in_group()) == heard


async def test_who_is_on_no_list_is_added_once_staff_say_so(hall: Hall) -> None:
    await hall.opens()
    told = await hall.told("签到 001 张三 9-1-101 2人")
    assert "单子上没有：张三 9-1-101 2人。要当现场来的加上吗？回“确认”就办" in told
    assert len(await hall.rows()) == 3
    told = await hall.told("确认")
    assert "004 张三 9-1-101：到2人，现场加的。" in told
    assert "报了6人，到了2人，现场加2人" in told
    row = (await hall.rows())["004"]
    assert (row.source, row.state, row.people, row.contact) == ("walk_in", State.CONFIRMED, 2, None)


async def test_who_is_added_and_on_the_list_is_checked_in_and_not_doubled(hall: Hall) -> None:
    await hall.opens()
    await hall.told("签到 加 王五 3-2-501，李四 7-1-101")
    assert await hall.arrived() == {"001": 2, "002": None, "003": None, "004": 1}


async def test_places_are_not_crossed_and_who_waits_comes_in_where_one_is_free(hall: Hall) -> None:
    await hall.opens(6)
    told = await hall.told("签到 加 李四 7-1-101 2人")
    assert "004 李四 7-1-101：来了2人，没有位子了，排候补第1位，还不算进" in told
    assert "没有位子了，先没记" in await hall.told("签到 004")
    assert "按报的1人进，发：签到 HD261125-01 002 1人" in await hall.told("签到 002 3人")
    assert "003 老马 3-1-101：不来了，3个位子空出来了" in await hall.told("签到 不来 003")
    assert "004 李四 7-1-101：到2人，候补，有空位，进了。" in await hall.told("签到 004")
    assert "002 赵姐 5-1-302：到2人（报了1人）" not in await hall.told("签到 002 2人")
    rows = await hall.rows()
    assert [(one.state, one.arrived) for one in rows.values()] == [
        (State.CONFIRMED, None),
        (State.CONFIRMED, 2),
        (State.CANCELLED, None),
        (State.CONFIRMED, 2),
    ]
    assert rows["002"].people == 2
    assert "报名取消了。人来了的话，发：签到 HD261125-01 加 老马 3-1-101 3人" in await hall.told("签到 003")


async def test_a_slip_is_taken_back_and_who_was_added_is_off_the_list(hall: Hall) -> None:
    await hall.opens()
    await hall.told("签到 001")
    await hall.told("签到 加 李四 7-1-101")
    told = await hall.told("签到 撤 001 004 002")
    assert "001 王阿姨 3-2-501：签到撤了。" in told
    assert "004 李四 7-1-101：签到撤了，现场加的也从单子上去掉了" in told
    assert "002 赵姐 5-1-302：本来就没签到" in told
    rows = await hall.rows()
    assert rows["001"].arrived is None
    assert rows["004"].state == State.CANCELLED


async def test_who_is_missing_only_staff_read_and_never_a_group(hall: Hall) -> None:
    await hall.opens()
    assert "还没有签到记录" in await hall.told("未到")
    await hall.told("签到 001")
    heard = len(hall.world.heard_in_group())
    before = len(hall.li.heard)
    await hall.li.says("@小助手 未到", in_group=GROUP)
    assert len(hall.world.heard_in_group()) == heard
    told = "\n".join(hall.li.heard[before:])
    assert "报了6人，到了2人。没到的2户4人：" in told
    assert told.index("3号楼：\n003 老马 3-1-101 3人") < told.index("5号楼：\n002 赵姐 5-1-302 1人")
    assert "王阿姨" not in told


async def test_of_several_sessions_the_one_that_runs_is_meant_and_else_staff_are_asked(hall: Hall) -> None:
    await hall.opens()
    other = await announced(hall.world, "今天下午14:00-16:00活动室插花讲座 名额20")
    assert "王阿姨 3-2-501：到2人" in await hall.told("签到 001")
    await hall.until(SATURDAY + timedelta(hours=4))
    told = await hall.told("签到 002")
    assert "请写上编号" in told
    assert other in told
    assert "赵姐 5-1-302：到1人" in await hall.told(f"签到 {hall.number} 002")


async def test_a_called_off_session_takes_nobody(hall: Hall) -> None:
    await hall.opens()
    await hall.li.commands(f"取消活动 {hall.number} 下大雪")
    await hall.li.commands("确认")
    assert "取消了：下大雪" in await hall.told(f"签到 {hall.number} 001")
    assert "取消了：下大雪" in await hall.told(f"叫号 {hall.number} 3号楼")


async def test_more_than_a_message_holds_is_not_half_done(hall: Hall) -> None:
    await hall.opens()
    assert "一条里最多记60位" in await hall.told("签到 " + " ".join(f"{n:03d}" for n in range(1, 62)))
    assert set((await hall.arrived()).values()) == {None}


async def test_a_resident_who_says_the_words_checks_nobody_in(hall: Hall) -> None:
    await hall.opens()
    for text in ("签到 001", "未到", "叫号 3号楼"):
        assert not any("王阿姨 3-2-501" in said for said in await hall.ma.says(text))
    assert set((await hall.arrived()).values()) == {None}


async def test_a_vaccination_enters_the_dose_and_taking_it_back_takes_it_out(hall: Hall) -> None:
    await hall.opens(text="周六上午8:30-11:30活动室打流感疫苗第1针 间隔28天 名额{}")
    told = await hall.told("签到 001")
    assert "第1针" in told
    assert "下一针2026年12月26日（周六）起" in told
    assert len(await dose_rows(hall.world)) == 1
    await hall.told("签到 撤 001")
    assert await dose_rows(hall.world) == []


async def test_at_many_doors_at_once_places_hold_and_nobody_is_counted_twice(database: Database) -> None:
    signing_up, directory = await office(database)
    async with database.transaction() as db:
        zhou = await ensure_contact(db, directory, "wx_zhou", name="小周")
        session = await made(db, plan(capacity=5))
        for number in range(3):
            await signing_up.join(db, session.id, of_door(number), MORNING)
    checking_in, by = CheckingIn("xingfu", signing_up, None), Officer(zhou, "小周", "worker")

    async def come(number: int) -> None:
        async with database.transaction() as db:
            person = Typed(name=f"住户{number}", building="8", unit="1", room=str(100 + number))
            await checking_in.add(db, session.id, [person], by, SATURDAY)

    await asyncio.gather(*(come(number % 9) for number in range(18)))
    async with database.reading() as db:
        rows = await sign_ups.of_session(db, session.id)
        row = await sessions.by_id(db, session.id)
        assert row is not None
        view = await sessions.view(db, row, MORNING)
    assert len(rows) == 9
    assert view.taken == 5
    assert sorted(one.arrived or 0 for one in rows) == [0] * 4 + [1] * 5
    async with database.transaction() as db:
        with pytest.raises(SessionFull):
            await signing_up.admit(db, rows[-1].id, 1, SATURDAY)
