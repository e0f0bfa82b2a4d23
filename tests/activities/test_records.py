"""`记一笔`: a line of the activity ledger from free words, its pictures, and taking it back."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from PIL import Image

from intents.activities.kinds import Kinds, shipped
from intents.activities.reading import amount_in, day_in, separators, without
from intents.understanding.normalise import normalise
from storage import activities, audit
from storage.activities import Activity
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import ZONE, open_world, small_settings
from tests.complaints.staffed import staffed
from tests.databases import Shelf
from tests.resident import GROUP, World

__all__ = ["staffed"]
TODAY = date(2026, 11, 25)


def png(color: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(target, "PNG")
    return target.getvalue()


async def line(world: World, number: str) -> Activity:
    async with world.assistant.database.reading() as db:
        found = await activities.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None, number
        return found


@pytest.fixture
async def own_kinds(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """A community with a kind of its own, and its own words for another."""
    url = shelf.migrated("sqlite")
    settings = small_settings(activities={"kinds": {"反诈宣传": ["防诈骗"], "走访": ["串门"]}})
    world = await open_world(Database(url, vault), settings)
    yield world
    await world.close()
    shelf.clear(url)


async def test_a_line_is_said_back_with_all_that_was_understood(world_on_both: World) -> None:
    sun = world_on_both.staff("孙网格")
    [answer] = await sun.commands("记一笔 走访 百岁老人2人")
    assert "JL261125-01" in answer
    assert "11月25日（周三）走访，百岁老人2人" in answer
    assert "计2人" in answer
    assert "今年走访第1笔" in answer
    [answer] = await sun.commands("记一笔 巡查 3号楼辖区商户 3处")
    assert "计3处，地点3号楼" in answer
    kept = await line(world_on_both, "JL261125-02")
    assert (kept.done.kind, kept.done.amount, kept.done.unit, kept.done.place) == ("巡查", 3, "处", "3号楼")
    assert (kept.by, kept.done.happened_on) == ("孙网格", TODAY)
    async with world_on_both.assistant.database.reading() as db:
        [step] = await audit.story(db, "xingfu", "JL261125-02")
    assert (step.verb, step.actor) == ("activities.record", "grid")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("昨天 走访 百岁老人2人", "11月24日（周二）"),
        ("走访 百岁老人2人 11月20日", "11月20日（周五）"),
        ("走访，11.20，百岁老人2人", "11月20日（周五）"),
        ("周一走访 百岁老人2人", "11月23日（周一）"),
        ("走访 2025年12月3日 百岁老人2人", "2025年12月3日（周三）"),
    ],
)
async def test_another_day_is_understood_and_said_with_its_weekday(world: World, said: str, day: str) -> None:
    [answer] = await world.staff("小周").commands(f"记一笔 {said}")
    assert f"{day}走访" in answer
    assert (await line(world, "JL261125-01")).done.text == "百岁老人2人"


@pytest.mark.parametrize("said", ["会议 11月28日 8人", "会议 明天 8人", "学习 13月5日 8人", "会议 2026年2月30日 8人"])
async def test_what_is_still_to_come_is_not_done(world: World, said: str) -> None:
    [answer] = await world.staff("小周").commands(f"记一笔 {said}")
    assert "没有记" in answer
    [answer] = await world.staff("小周").commands("记一笔")
    assert "还没有记" in answer


async def test_a_day_in_passing_is_none_of_the_line(world: World) -> None:
    [answer] = await world.staff("小周").commands("记一笔 会议 布置明天核酸工作 12人")
    assert "11月25日（周三）会议，布置明天核酸工作 12人" in answer


async def test_an_unknown_kind_is_refused_with_the_near_ones(world: World) -> None:
    zhou = world.staff("小周")
    [answer] = await zhou.commands("记一笔 反诈宣传 30人")
    assert "没有“反诈宣传”这一类" in answer
    assert "宣传、诚信宣传" in answer
    [answer] = await zhou.commands("记一笔 打麻将 4人")
    assert all(kind in answer for kind in shipped())


async def test_kinds_and_their_words_come_from_the_configuration(own_kinds: World) -> None:
    zhou = own_kinds.staff("小周")
    assert "反诈宣传，30人" in (await zhou.commands("记一笔 防诈骗 30人"))[0]
    assert "走访，张大爷1户" in (await zhou.commands("记一笔 串门 张大爷1户"))[0]
    assert "巡查，商户" in (await zhou.commands("记一笔 巡检 商户"))[0]
    [answer] = await zhou.commands("记一笔 入户 两户")
    assert "没有“入户”这一类" in answer  # its own words stand in the place of ours


async def test_what_is_missing_is_said(world: World) -> None:
    zhou = world.staff("小周")
    for said in ("记一笔 走访", "记一笔 走访 昨天下午", "记一笔 走访 " + "很" * 600):
        [answer] = await zhou.commands(said)
        assert "还差做了什么" in answer, said
        await world.passes(seconds=30)


async def test_a_mistake_is_taken_back_once_kept_and_not_counted(world_on_both: World) -> None:
    sun, zhou, li = (world_on_both.staff(name) for name in ("孙网格", "小周", "李主任"))
    await zhou.commands("记一笔 走访 百岁老人2人")
    assert "不是您记的" in (await sun.commands("撤记 JL261125-01"))[0]
    assert "不算了" in (await li.commands("撤记 jl26112501"))[0]
    assert "已经撤过" in (await zhou.commands("撤记 JL261125-01"))[0]
    assert "没有JL261125-09" in (await zhou.commands("撤记 JL261125-09"))[0]
    assert "还差编号" in (await zhou.commands("撤记"))[0]
    assert (await line(world_on_both, "JL261125-01")).undone
    assert "今年走访第1笔" in (await zhou.commands("记一笔 走访 百岁老人3人"))[0]


async def test_the_same_again_is_pointed_out(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.commands("记一笔 学习 二十大精神 12人")
    await world.passes(minutes=1)
    [answer] = await zhou.commands("记一笔 学习 二十大精神 12人")
    assert "JL261125-01和这一笔一样" in answer
    assert "撤记 JL261125-02" in answer


async def test_alone_it_shows_the_kinds_and_what_today_has(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.commands("记一笔 走访 百岁老人2人")
    await zhou.commands("记一笔 昨天 培训 30人")
    [answer] = await zhou.commands("记一笔")
    assert "三会一课、双报到、民情恳谈、联席会议" in answer
    assert "11月25日（周三）1笔" in answer
    assert "百岁老人2人" in answer
    assert "培训：30人" not in answer


async def test_a_period_is_listed_with_counts_by_kind(world: World) -> None:
    zhou, li = world.staff("小周"), world.staff("李主任")
    for said in (
        "走访 百岁老人2人",
        "走访 困难家庭 6户",
        "走访 空巢老人3人",
        "11月2日 巡查 商户 3处",
        "10月8日 巡查 商户 9处",
    ):
        await zhou.commands(f"记一笔 {said}")
    [answer] = await li.commands("记一笔 本月")
    assert "一共4笔" in answer
    assert "走访 3笔（6户、5人）" in answer
    assert "巡查 1笔（3处）" in answer
    [answer] = await li.commands("记一笔 巡查 今年")
    assert "巡查 2笔（12处）" in answer
    assert "走访" not in answer
    assert "无" in (await li.commands("记一笔 去年"))[0]


async def test_a_picture_sent_just_before_belongs_to_the_line_once(world_on_both: World) -> None:
    zhou = world_on_both.staff("小周")
    [answer] = await zhou.says("", picture=png())
    assert "10分钟内发“记一笔" in answer
    await world_on_both.passes(minutes=1)
    await zhou.says("", picture=png("blue"))
    [answer] = await zhou.commands("记一笔 巡查 辖区商户 3处")
    assert "照片2张" in answer
    assert "照片" not in (await zhou.commands("记一笔 走访 王奶奶"))[0].partition("\n")[0]
    assert (await line(world_on_both, "JL261125-01")).photos == 2


async def test_a_picture_sent_in_the_minutes_after_belongs_to_the_line(world_on_both: World) -> None:
    zhou, sun = world_on_both.staff("小周"), world_on_both.staff("孙网格")
    await zhou.commands("记一笔 巡查 辖区商户 3处")
    await world_on_both.passes(minutes=8)
    [answer] = await sun.says("", picture=png("green"))
    assert "JL" not in answer  # of somebody else's line
    [answer] = await zhou.says("", picture=png())
    assert "放进JL261125-01了（巡查" in answer
    await world_on_both.passes(minutes=8)
    [answer] = await zhou.says("", picture=png("blue"))
    assert "JL" not in answer
    assert (await line(world_on_both, "JL261125-01")).photos == 1


async def test_an_old_picture_and_one_of_a_case_stay_where_they_are(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.says("", picture=png())
    await world.passes(minutes=11)
    await zhou.says("3号楼2单元楼道灯坏了")
    await zhou.says("", picture=png("blue"))
    assert "照片" not in (await zhou.commands("记一笔 走访 王奶奶"))[0].partition("\n")[0]


async def test_a_quoted_picture_belongs_to_the_line_also_from_another(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.says("", picture=png())
    picture = zhou.last
    await zhou.commands("记一笔 走访 王奶奶")
    [answer] = await zhou.commands("记一笔 巡查 商户 3处", quoting=picture)
    assert "照片1张" in answer
    assert [(await line(world, f"JL261125-0{place}")).photos for place in (1, 2)] == [0, 1]
    [answer] = await zhou.commands("记一笔 巡查 商户 2处", quoting=zhou.last)
    assert "没有能用的照片" in answer


async def test_the_picture_of_a_line_that_was_taken_back_is_free_again(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.says("", picture=png())
    await zhou.commands("记一笔 走访 王奶奶")
    await zhou.commands("撤记 JL261125-01")
    assert "照片1张" in (await zhou.commands("记一笔 巡查 商户 3处"))[0]


async def test_a_line_is_shown_whole_with_its_pictures(world: World) -> None:
    zhou, sun = world.staff("小周"), world.staff("孙网格")
    for color in ("red", "blue"):
        await zhou.says("", picture=png(color))
        await world.passes(minutes=1)
    await zhou.commands("记一笔 巡查 3号楼商户 3处")
    answers = await zhou.commands("记一笔 JL261125-01")
    assert "地点：3号楼" in answers[0]
    assert "照片：2张" in answers[0]
    assert [Image.open(io.BytesIO(file.content)).size for file in zhou.files] == [(40, 30)] * 2
    assert "不是您记的" in (await sun.commands("记一笔 JL261125-01"))[0]


async def test_pictures_outlive_the_messages_they_came_with(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.says("", picture=png())
    await zhou.commands("记一笔 巡查 商户 3处")
    await world.passes(minutes=20)
    await zhou.says("", picture=png("blue"))
    await world.passes(days=world.assistant.settings.retention.messages_days + 2)
    assert (await line(world, "JL261125-01")).photos == 1


async def test_who_may_record(staffed: World) -> None:
    for name in ("李主任", "小周", "孙网格"):
        assert "记下了" in (await staffed.staff(name).commands("记一笔 走访 王奶奶"))[0]
    for name in ("马调解", "物业吴", "看看"):
        assert "您的角色还不能用“记一笔”" in (await staffed.staff(name).commands("记一笔 走访 王奶奶"))[0]
        assert "记一笔" not in (await staffed.staff(name).says("", picture=png()))[0]


async def test_a_resident_hears_nothing_of_it(world: World) -> None:
    wang = world.resident("王阿姨")
    for said in ("记一笔 走访 王奶奶", "撤记 JL261125-01"):
        assert await wang.says(said) == []
        assert await wang.says(said, in_group=GROUP) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("发放宣传册200份", (200, "份")),
        ("第3期培训 党员20余人", (20, "人")),
        ("80岁以上老人 三户", (3, "户")),
        ("12位老党员", (12, "人")),
        ("一户一档", None),
        ("3号楼楼道", None),
        ("3.5公里", None),
        ("1234567人", None),
        ("11/20 巡逻", None),
    ],
)
def test_numbers_with_their_units(text: str, amount: tuple[int, str] | None) -> None:
    found = amount_in(normalise(text))
    assert (found and (found.number, found.unit)) == amount


def test_every_day_of_a_year_is_read_as_the_last_there_was() -> None:
    now = datetime(2026, 11, 25, tzinfo=ZONE)
    for back in range(180):
        day = (now - timedelta(days=back)).date()
        text = f"走访 {day.month}月{day.day}日 两户"
        found = day_in(text, now.date())
        assert found is not None
        assert found.on == day
        assert without(text, found.start, found.end) == "走访 两户"


def test_kinds_are_told_by_the_longest_word() -> None:
    kinds = Kinds({}, separators())
    assert kinds.named_by("走访慰问 5户") == ("慰问", 4)
    assert kinds.named_by("安全检查 5处") == ("巡查", 4)
    assert kinds.named_by("走访百岁老人") == ("走访", 0)
    assert kinds.named_by("聊天") is None
    assert all(
        kinds.named_by(word) == (name, len(word)) for name, words in shipped().items() for word in (name, *words)
    )


async def test_a_picture_alone_may_be_for_the_ledger_or_a_poster_as_the_role_allows(world: World) -> None:
    [said] = await world.staff("小周").says("", picture=png())
    assert "发“记一笔 类别 内容”，就放进那一笔" in said
    assert "发“通知 群 正文”，就当海报跟在通知后面" in said
    [said] = await world.staff("孙网格").says("", picture=png("blue"))
    assert "记一笔" in said
    assert "通知" not in said
