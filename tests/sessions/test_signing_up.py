"""Conversations under the notice of a session: who comes, with how many, who changes their mind, and what is only talk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import messages
from tests.resident import GROUP, World
from tests.sessions.announced import announced
from tests.sessions.neighbours import DUMPLINGS, LECTURE, street

IN, WAITS, OFFERED = "confirmed", "waiting", "offered"
SLOTS = "周五上午9点-11点 社区卫生站 打流感疫苗 每30分钟一批 每批2人"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("报名", 1),
        ("+1", 1),
        ("算我一个", 1),
        ("两大一小", 3),
        ("我报三个", 3),
        ("抱名！ 3号楼2单元501 就我自己", 1),
        ("俺也去 俩人", 2),
        ("报名 8-2-301 两个人", 2),
        ("我和我老伴都去", 2),
        ("讲座留两个位子", 2),
    ],
)
async def test_in_their_own_words_under_the_notice(world: World, text: str, people: int) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    assert f"{people}人" in await here.hears(here.wang, text)
    assert await here.list_of(number) == [("王阿姨", people, IN)]


async def test_quoting_the_notice_in_private_and_as_staff(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    notice = world.sent_to_group()[-1]
    await world.passes(hours=3)
    assert "报上了" in (await here.wang.says("来", in_group=GROUP, quoting=notice))[-1]
    assert "报上了" in await here.hears(here.chen, "讲座我报两个", None)
    assert "报上了" in await here.hears(here.zhou, "报名 2个人", None)
    assert await here.list_of(number) == [("王阿姨", 1, IN), ("小陈", 2, IN), ("小周", 2, IN)]


async def test_a_household_is_not_counted_twice(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.wang, "报名 两个人")
    assert "您家已经有人报过健康讲座了，2人" in await here.hears(here.husband, "我也报名")
    assert "您家已经有人报过健康讲座了，2人" in await here.hears(here.husband, "取消报名 3-2-501", None)
    assert "已经报上了" in await here.hears(here.wang, "报名")
    assert await here.list_of(number) == [("王阿姨", 2, IN)]


async def test_more_and_fewer_another_door_and_away(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.zhao, "报名")
    assert "2人" in await here.hears(here.zhao, "再加一个人")
    assert "3人" in await here.hears(here.zhao, "改成三个人")
    assert "2人" in await here.hears(here.zhao, "去掉一个")
    said = await here.hears(here.zhao, "楼号写错了 是5-1-402")
    assert "门牌也改过来了" in said
    assert "402" not in said
    assert "取消了：健康讲座" in await here.hears(here.zhao, "我不去了")
    assert await here.list_of(number) == []


async def test_for_my_mother_besides_me(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.liu, "我报一个 9-1-101")
    said = await here.hears(here.liu, "给我妈报一个 刘桂芳 13800001111 9-2-202")
    assert "13800001111" not in said
    assert "202" not in said
    assert await here.list_of(number) == [("大刘", 1, IN), ("刘桂芳", 1, IN)]
    assert "2人" in await here.hears(here.liu, "再加一个人"), "what is said of nobody else is said of oneself"
    assert await here.list_of(number) == [("大刘", 2, IN), ("刘桂芳", 1, IN)]
    assert "您另外报的2人还在" in await here.hears(here.liu, "我妈不去了")
    assert await here.list_of(number) == [("大刘", 2, IN)]
    assert "1人" in await here.hears(here.liu, "我妈不去了"), "one fewer of those who come together"
    assert await here.hears(here.liu, "我妈还是不去了") == ""
    assert await here.list_of(number) == [("大刘", 1, IN)]


async def test_which_of_two_by_digit_by_name_and_by_day(world: World) -> None:
    here = await street(world)
    lecture, dumplings = await announced(world, LECTURE.format(10)), await announced(world, DUMPLINGS.format(10))
    asked = await here.hears(here.wang, "报名 两个人")
    assert "1. 健康讲座" in asked
    assert "2. 包粽子" in asked
    assert await here.hears(here.wang, "收到") == "", "no answer to the question, and no receipt for a number"
    assert "请回1到2里的一个数字" in await here.hears(here.wang, "5")
    assert "包粽子" in await here.hears(here.wang, "2")
    assert await here.hears(here.wang, "1") == "", "the question is answered"
    await here.hears(here.chen, "我要报名")
    assert "报上了：健康讲座" in await here.hears(here.chen, "讲座")
    assert "报上了：包粽子" in await here.hears(here.ma, "周日那个我报一个")
    await here.hears(here.ma, "讲座也报")
    await here.hears(here.ma, "我不去了")
    assert "取消了：包粽子" in await here.hears(here.ma, "2")
    assert [one[0] for one in await here.list_of(lecture)] == ["小陈", "老马"]
    assert await here.list_of(dumplings) == [("王阿姨", 2, IN)]


async def test_slots_by_hour_by_digit_and_moving(world: World) -> None:
    here = await street(world)
    await announced(world, SLOTS)
    assert "4. 11月27日（周五）10:30，还有2个位子" in await here.hears(here.liu, "疫苗报一个")
    assert "11月27日（周五）10:00" in await here.hears(here.liu, "10点的")
    await here.hears(here.wang, "疫苗我报两个")
    assert "09:30" in await here.hears(here.wang, "2")
    assert "11月27日（周五）10:30" in await here.hears(here.wang, "疫苗换到10点半")
    assert "本来就是" in await here.hears(here.wang, "疫苗改到10点半")
    await here.hears(here.fang, "疫苗报一个")
    assert "10:00" in await here.hears(here.fang, "10点")
    assert "那一场满了" in await here.hears(here.wang, "疫苗换到10点")
    assert "每场只有2个名额" in await here.hears(here.chen, "疫苗我报5个人")


async def test_full_waiting_offered_and_let_go(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(3))
    await here.hears(here.wang, "报名 两个人")
    await here.hears(here.chen, "报名")
    assert "候补第1位，还不算报上" in await here.hears(here.zhao, "报名")
    assert "候补第2位" in await here.hears(here.fang, "报名")
    assert "只剩0" not in await here.hears(here.chen, "再加一个人")
    await here.hears(here.chen, "我去不了了")
    assert "@赵姐 健康讲座有空位了" in world.heard_in_group()[-1], "no friend: asked where they signed up"
    assert "让给后面的邻居" in await here.hears(here.zhao, "不来")
    assert "有空位了" in here.fang.heard[-1], "a friend is asked in private"
    assert "报上了" in await here.hears(here.fang, "来", None)
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("阿芳", 1, IN)]


async def test_an_offer_that_nobody_takes(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(1))
    for who in (here.wang, here.chen, here.fang):
        await here.hears(who, "报名")
    await here.hears(here.wang, "我不去了")
    assert (await here.list_of(number))[0] == ("小陈", 1, OFFERED)
    await world.passes(hours=2, minutes=5)
    assert "没等到您的回话，不再留了" in here.chen.heard[-1]
    assert "有空位了" in here.fang.heard[-1]
    assert "报上了" in await here.hears(here.fang, "要的", None)
    await here.hears(here.chen, "来", None)
    assert ("阿芳", 1, IN) in await here.list_of(number)


async def test_begun_called_off_and_nothing_to_sign_up_for(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(3))
    await announced(world, "周六上午8:30-11:30东门核酸")
    assert "不用报名，直接来" in await here.hears(here.chen, "核酸我报一个")
    await here.li.commands(f"取消活动 {number} 老师生病")
    await here.li.commands("确认")
    assert "健康讲座取消了：老师生病" in await here.hears(here.chen, "讲座我报一个")
    assert "健康讲座取消了" in await here.hears(here.chen, "报名讲座", None)
    await announced(world, "今天上午11点-12点 广场 包粽子 限9人")
    await world.passes(hours=1, minutes=15)
    assert "已经开始" in await here.hears(here.chen, "包粽子我报一个")
    assert "现在没有能报名的活动" in await here.hears(here.chen, "我要报名", None)


async def test_a_burst_is_answered_once(world: World) -> None:
    here = await street(world)
    people = [world.resident(f"{floor}-1-{floor}01 邻居{floor}") for floor in range(1, 15)]
    await here.gather()
    number = await announced(world, LECTURE.format(12))
    said = await here.at_once(*((one, "报名") for one in people))
    joined, waiting = (next(one for one in said if word in one) for word in ("都报上了", "候补"))
    assert len(said) == 2
    assert "现在一共12人，满了" in joined
    assert "第2位" in waiting
    called = {name for name in (one.nickname.split()[1] for one in people) if f"@{name}" in joined}
    assert len(called) == 10, "whoever else it concerns reads it without being called"
    assert "@邻居13" in waiting
    assert "@邻居14" in waiting
    assert [one[2] for one in await here.list_of(number)] == [IN] * 12 + [WAITS] * 2


async def test_a_few_at_once_are_all_called(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(12))
    said = await here.at_once((here.wang, "报名 两个人"), (here.zhao, "+1"), (here.chen, "算我一个"), (here.ma, "报名"))
    assert len(said) == 1
    assert all(f"@{name}" in said[0] for name in ("王阿姨", "赵姐", "小陈", "老马"))
    assert "一共5人" in said[0]
    assert sum(people for _, people, _ in await here.list_of(number)) == 5


async def test_neither_question_swallows_the_answer_to_the_other(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(12))
    assert "在哪儿呢" in await here.hears(here.wang, "楼道灯不亮了")
    assert "报上了：健康讲座" in await here.hears(here.wang, "报名讲座 1个人")
    assert "SQ261125-01" in await here.hears(here.wang, "3号楼2单元")
    await announced(world, DUMPLINGS.format(3))
    assert "2. 包粽子" in await here.hears(here.chen, "报名")
    assert "SQ261125-02" in await here.hears(here.chen, "8号楼1单元电梯坏了")
    assert await here.list_of(number) == [("王阿姨", 1, IN)]


async def test_who_wants_no_answers_is_signed_up_without_one(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(12))
    await here.hears(here.wang, "@小助手 别理我")
    assert await here.hears(here.wang, "报名 两个人") == ""
    assert await here.list_of(number) == [("王阿姨", 2, IN)]
    assert "已经报上了" in await here.hears(here.wang, "@小助手 报名")


async def test_who_waits_and_asks_for_fewer_is_in(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(3))
    await here.hears(here.wang, "报名 两个人")
    assert "候补第1位" in await here.hears(here.ma, "我报2个")
    said = await here.hears(here.ma, "我报1个")
    assert "报上了" in said
    assert "空位" not in said
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("老马", 1, IN)]


TALK = """哈哈我也去过那里
我去 这么贵
我去！
报名费多少
两个人吵架了
收到
收到 谢谢
我也是
谁去啊
你们去吗
有人去吗
我家两个人吃不完
我去接孩子
我去拿快递
明天我去医院
我也去超市 带点啥不
两个快递谁帮我拿下
楼下有两个人在吵架
改天再说吧
取消关注了
我不去上班了
不来了不来了 太累
我来看看
我来帮你
这个活动真好
上次活动我也参加了
去年我也去了
我妈也想去北京
三个人斗地主三缺一
加我微信
给我留一个鸡蛋
要一箱草莓
我报的驾校
孩子报了个补习班
加班到十点
我们也去旅游了
换个话题
改成绿色更好看
说错了 是昨天
两个孩子真闹
我一个人在家
我自己吃
就我一个人觉得吵吗
+1 我也觉得吵
同意+1
来来来 看这个视频
打麻将来一个
都来看看
参加工作三十年了
算了吧
不要了
让给别人了吗那个车位
车位让给我吧
座位占满了
地铁上有人让座给我了
周日我们去爬山
2个人就够了
三个人坐不下
我们三个人住
我来了
马上来
来了来了
不去了 下雨了
今天不去了 累了
谁取消了我的关注
名额满了吗那个学校
@李姐 你去不去
@李姐 去吧
转发: 报名学车立减300
【招生】少儿英语班报名中 电话13800001234
我预约了周三的牙医
预约挂号怎么弄
登记过了
你登记了吗
加我一个 拼车去机场
带我一个 王者
帮我拿一下快递 8-2-301
8-2-301
两个人 点了三个菜
我和我妈在逛街
我和老公去看电影"""

TALK_LATER = ["来", "去", "俩", "我去", "我家四口人", "两个人", "我也去", "1"]


async def test_talk_among_neighbours_stays_theirs(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(100))
    answered = [text for text in TALK.split("\n") if await here.hears(world.resident("9-1-101 邻居"), text)]
    assert answered == []
    await world.passes(hours=1)
    later = [text for text in TALK_LATER if await here.hears(world.resident("9-1-101 邻居"), text)]
    assert later == [], "so few words mean it only under its notice, or where others just signed up"
    assert await here.list_of(number) == []


async def test_talk_of_who_has_signed_up_leaves_their_place_alone(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(100))
    await here.hears(here.wang, "报名 两个人")
    for text in ("今天不去了 累了", "改成绿色更好看", "改天再说吧", "取消关注了", "我不去上班了", "换个话题"):
        assert await here.hears(here.wang, text) == "", text
    assert await here.list_of(number) == [("王阿姨", 2, IN)]


async def test_reports_and_questions_are_what_they_were(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(100))
    assert "SQ261125-01" in await here.hears(here.wang, "3号楼2单元楼道灯不亮")
    assert "SQ261125-02" in await here.hears(here.ma, "6号楼1单元下水道堵了")
    assert await here.list_of(number) == []


async def test_nothing_was_lost_after_a_night(world: World) -> None:
    """An offer at night waits for the morning, and who answers then is in."""
    here = await street(world)
    number = await announced(world, LECTURE.format(1))
    await here.hears(here.wang, "报名")
    await here.hears(here.chen, "报名")
    await world.passes(hours=12)
    await here.hears(here.wang, "我不去了", None)
    await world.passes(hours=10)
    assert "有空位了" in here.chen.heard[-1]
    assert "报上了" in await here.hears(here.chen, "来", None)
    assert await here.list_of(number) == [("小陈", 1, IN)]
    async with world.assistant.database.reading() as db:
        assert await messages.count_failed(db, world.assistant.directory.account) == 0
    assert world.clock.now() - world.start < timedelta(days=1)


async def test_a_door_in_a_sign_up_is_no_answer_to_where(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(12))
    assert "在哪儿呢" in await here.hears(here.wang, "楼道灯不亮了")
    assert "报上了：健康讲座" in await here.hears(here.wang, "报名 3-2-501 两个人")
    assert "取消了：健康讲座" in await here.hears(here.wang, "取消报名 3-2-501")
    assert "SQ261125-01" in await here.hears(here.wang, "3号楼2单元")
    assert await here.list_of(number) == []
