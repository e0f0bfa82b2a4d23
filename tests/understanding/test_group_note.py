"""Group notes: the notes people post, made-up ones in all styles, and what is none of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Entry
from intents.understanding.group_note import ENTRIES_AT_MOST, GroupNote, group_note, is_group_note
from tests.channels.appmsg import appmsg
from tests.understanding.notes import Written, written_notes

NOTE = "#接龙\n周六量血压\n\n"


def entries(text: str) -> list[dict[str, Any]]:
    note = group_note(text)
    assert note is not None
    return [{key: value for key, value in asdict(each).items() if value} for each in note.entries]


def entry(line: str) -> dict[str, Any]:
    """What one line of a note says."""
    found = entries(f"{NOTE}1. {line}")
    assert len(found) == 1
    assert found[0].pop("number") == 1
    return found[0]


LINES: dict[str, dict[str, Any]] = {
    "张桂芬 3-2-501 2人": {"name": "张桂芬", "building": "3", "unit": "2", "room": "501", "people": 2},
    "陳太 C座0903 1大2小": {"name": "陳太", "building": "C", "room": "903", "people": 3},
    "周周 B座12A": {"name": "周周", "building": "B", "room": "12A"},
    "阿強 A座12樓B室 2位": {"name": "阿強", "building": "A", "room": "12B", "people": 2},
    "老杜 3号楼2单元": {"name": "老杜", "building": "3", "unit": "2"},
    "3-2-501 菜刀1把": {"building": "3", "unit": "2", "room": "501", "note": "菜刀1把"},
    "3-2-501 静水流深 2人": {"name": "静水流深", "building": "3", "unit": "2", "room": "501", "people": 2},
    "张三3-2-501两人": {"name": "张三", "building": "3", "unit": "2", "room": "501", "people": 2},
    "李四/5-1-302/2人": {"name": "李四", "building": "5", "unit": "1", "room": "302", "people": 2},
    "小燕子+3-2-501+1人": {"name": "小燕子", "building": "3", "unit": "2", "room": "501", "people": 1},
    "王五--3-2-501--2人": {"name": "王五", "building": "3", "unit": "2", "room": "501", "people": 2},
    "姓名：刘洋 房号：3-2-501 人数：2": {"name": "刘洋", "building": "3", "unit": "2", "room": "501", "people": 2},
    "住3-2-501的张三 2人": {"name": "张三", "building": "3", "unit": "2", "room": "501", "people": 2},
    "张三 3 2 501": {"name": "张三", "building": "3", "unit": "2", "room": "501"},
    "张三 501": {"name": "张三", "room": "501"},
    "Mary Wang 8-3-702": {"name": "Mary Wang", "building": "8", "unit": "3", "room": "702"},
    "王阿姨（孕妇）2人": {"name": "王阿姨", "people": 2, "note": "孕妇"},
    "何秀珍 82岁": {"name": "何秀珍", "note": "82岁"},
    "梁婆婆 2份 要軟飯": {"name": "梁婆婆", "note": "2份 要軟飯"},
    "冬冬奶奶82岁": {"name": "冬冬奶奶", "note": "82岁"},
    "张三 大人2小孩2": {"name": "张三", "people": 4},
    "张三 2个大人2个小孩 2份": {"name": "张三", "people": 4, "note": "2份"},
    "刘洋 13800006802": {"name": "刘洋", "note": "13800006802"},
    "豆豆爸爸 俩孩子": {"name": "豆豆爸爸", "people": 2},
    "老李 一家三口": {"name": "老李", "people": 3},
    "老李 老两口": {"name": "老李", "people": 2},
    "老李 2大1小 共3人": {"name": "老李", "people": 3},
    "老李 大人1小孩2": {"name": "老李", "people": 3},
    "小满 跟我妈一起 共2人": {"name": "小满", "people": 2, "note": "跟我妈一起"},
    "小满 带俩娃": {"name": "小满", "note": "带俩娃"},
    "小满 2": {"name": "小满", "people": 2},
    "小满 +2": {"name": "小满", "people": 2},
    "刘姐 3人 🙏": {"name": "刘姐", "people": 3},
    "张三 改成3人": {"name": "张三", "people": 3},
    "李建国 原2人改3人": {"name": "李建国", "people": 3},
    "李建国 2人，改1人": {"name": "李建国", "people": 1},
    "沙漠之舟3人改成5人": {"name": "沙漠之舟", "people": 5},
    "小满2人": {"name": "小满", "people": 2},
    "马姐 不去了": {"name": "马姐", "cancelled": True},
    "马姐不去了": {"name": "马姐", "cancelled": True},
    "铁柱妈妈 不去了": {"name": "铁柱妈妈", "cancelled": True},
    "孙桂兰 11-2-1102 （取消）": {"name": "孙桂兰", "building": "11", "unit": "2", "room": "1102", "cancelled": True},
    "叶子 来不了了，取消": {"name": "叶子", "cancelled": True},
    "何生 唔去喇": {"name": "何生", "cancelled": True},
    "（退出）": {"cancelled": True},
    "宋佳 2人改成6人 不参加了": {"name": "宋佳", "people": 6, "cancelled": True},
    "小满 孩子发烧来不了": {"name": "小满", "cancelled": True, "note": "孩子发烧"},
    "小满 不取消了": {"name": "小满", "note": "不取消了"},
    "小满 2人取消1人": {"name": "小满", "people": 2, "note": "取消1人"},
    "老赵 老伴不去了": {"name": "老赵", "note": "老伴不去了"},
    "老赵 老伴不去了，改1人": {"name": "老赵", "people": 1, "note": "老伴不去了"},
}


@pytest.mark.parametrize(("line", "said"), LINES.items())
def test_what_a_line_says(line: str, said: dict[str, Any]) -> None:
    assert entry(line) == said


@pytest.mark.parametrize("header", ["#接龙", "# 接龙", "#接龍", "＃接龙", "#Group Note", "#group note", "  #接龙"])
def test_headers(header: str) -> None:
    note = group_note(f"@小助手 帮忙收一下\n{header}\n包饺子\n1. 老韩\n2. 大刘")
    assert note == GroupNote("包饺子", (Entry(1, "老韩"), Entry(2, "大刘")))


def test_a_header_within_its_line() -> None:
    note = group_note("@小助手 收一下#接龙\n包饺子\n1. 老韩")
    assert note == GroupNote("包饺子", (Entry(1, "老韩"),))


@pytest.mark.parametrize(
    "marks",
    [
        ("1. ", "2. ", "4. "),
        ("1、", "2、", "4、"),
        ("1．", "2．", "4．"),
        ("(1)", "(2)", "(4)"),
        ("（1） ", "（2） ", "（4） "),
        ("1 .", "2 .", "4 ."),
        ("① ", "② ", "④ "),
        ("1️⃣ ", "2️⃣ ", "4️⃣ "),
        ("1 ", "2. ", "4）"),
    ],
)
def test_numbers(marks: tuple[str, str, str]) -> None:
    one, two, four = marks
    found = entries(f"{NOTE}{one}老韩 2人\n{two}3-2-501\n{four}大刘 12-1-301")
    assert [each["number"] for each in found] == [1, 2, 4]
    assert [each.get("name") for each in found] == ["老韩", None, "大刘"]


@pytest.mark.parametrize("empty", ["3.", "3. …", "3. ___", "3. 。"])
def test_placeholders_are_no_entries(empty: str) -> None:
    assert [each["number"] for each in entries(f"{NOTE}1. 老韩\n{empty}\n4. 大刘\n5.")] == [1, 4]


def test_an_entry_over_several_lines() -> None:
    found = entries(f"{NOTE}1. 王阿姨\n住6-2-401\n两个人\n2. 老韩 5号楼\n会擀皮")
    assert found == [
        {"number": 1, "name": "王阿姨", "building": "6", "unit": "2", "room": "401", "people": 2},
        {"number": 2, "name": "老韩", "building": "5", "note": "会擀皮"},
    ]


def test_what_stands_below_the_list_is_nobodys() -> None:
    assert entries(f"{NOTE}1. 老韩\n2. 大刘\n\n以上请3号楼前集合") == [
        {"number": 1, "name": "老韩"},
        {"number": 2, "name": "大刘"},
    ]


@pytest.mark.parametrize(
    "head",
    [
        "须知：\n1. 自带水杯\n2. 穿运动鞋\n\n",
        "安排\n1. 9:00集合\n2. 9:30出发\n",
        "1. 春游植树（3月12日，西山，大巴两辆）\n例 昵称 房号 人数\n",
        "植树 5号楼前集合\n例 张三 1-1-101 1人\n",
        "植树\n1. 例：张三 1-1-101 1人\n",
        "11.28 周六 8:30-11:30，7-12号楼9:30开始\n",
        "8、9号楼先做\n",
    ],
)
def test_the_matter_may_hold_a_list_and_an_example(head: str) -> None:
    assert entries(f"#接龙\n{head}1. 老韩\n2. 大刘 3-2-501") == [
        {"number": 1, "name": "老韩"},
        {"number": 2, "name": "大刘", "building": "3", "unit": "2", "room": "501"},
    ]


def test_lists_of_two_sessions_are_both_entries() -> None:
    found = entries(f"{NOTE}上午\n1. 张桂芬 3-2-501\n2. 老韩 5-1-302\n\n下午\n1. 刘姐 8-3-702\n2. 大刘")
    assert [each["name"] for each in found] == ["张桂芬", "老韩", "刘姐", "大刘"]


def test_numbers_may_stand_twice() -> None:
    found = entries(f"{NOTE}1. 老韩 一家三口\n1. 大刘\n2. 刘姐\n2.8-3-702 小满")
    assert [(each["number"], each["name"]) for each in found] == [(1, "老韩"), (1, "大刘"), (2, "刘姐"), (2, "小满")]


def test_a_second_line_of_one_person_keeps_the_words_of_its_change() -> None:
    found = entries(f"{NOTE}1. 静水流深 8栋1602 1人\n2. 静水流深 8栋1602 改为2人")
    assert [each.get("note") for each in found] == [None, "改为2人"]


def test_lost_line_breaks() -> None:
    note = group_note("#接龙 周六量血压 1. 张三 3-2-501 2人 2. 李四 5-1-302 3. 王五")
    assert note is not None
    assert note.title == "周六量血压"
    assert [each.name for each in note.entries] == ["张三", "李四", "王五"]


@pytest.mark.parametrize(
    "text",
    [
        "#接龙\n草莓 25/盒\n1. 张三 2盒",
        "#接龙\n草莓团购 奶油味 2斤装36元 明天下午到\n1. 3-2-501 两份",
        "#接龙\n土鸡蛋30枚45 满20单发货\n例 房号+数量\n1、9-1-602 1板",
        "#Group Note\n拼单喜茶 10杯起送\n1. 多肉葡萄少冰 7-1-402",
        "#接龍\n團購車厘子 一箱$180\n(1)陳太 1箱",
        "#接龙\n大樱桃到了\n1. 张三 3-2-501 2箱\n2. 李四 1箱",
        "#接龙 成语接龙\n1. 一心一意\n2. 意气风发",
        "#接龙\n一心一意\n1. 意气风发\n2. 发扬光大\n3. 大名鼎鼎",
        "一心一意\n意气风发\n发扬光大",
        "1. 张三 3-2-501\n2. 李四",
        "#接龙大赛# 今天谁来",
        "发个#接龙 吧",
        "",
    ],
)
def test_what_is_none_of_ours(text: str) -> None:
    assert group_note(text) is None


def test_a_note_without_entries_is_one() -> None:
    assert group_note("#接龙\n周六植树\n例 张三 3-2-501") == GroupNote("周六植树", ())


def test_its_header_is_heard_cheaply() -> None:
    assert is_group_note("@小助手\n#接龙\n植树")
    assert is_group_note(appmsg("#接龙\n植树\n\n1. 老韩", "老韩"))
    assert not is_group_note("#春晚# 接龙")
    assert not is_group_note("接龙")


def test_a_structured_note() -> None:
    note = appmsg(
        "#接龙\n植树\n\n1. 老韩😀 3-2-501\n1. 锹\n2. 桶\n2. 大刘 & 刘姐", "老韩😀 3-2-501\n1. 锹\n2. 桶", "大刘 & 刘姐"
    )
    found = entries(note)
    assert [each["number"] for each in found] == [1, 2]
    assert found[0]["name"] == "老韩😀"
    assert found[0]["room"] == "501"


@pytest.mark.parametrize("cut", [350, 420, 600])
def test_a_structured_note_that_was_cut(cut: int) -> None:
    note = appmsg("#接龙\n植树\n\n1. 老韩 3-2-501\n2. 大刘", "老韩 3-2-501", "大刘")
    assert [each["name"] for each in entries(note[:cut])] == ["老韩", "大刘"]


def test_a_structured_note_whose_places_are_wrong_counts_as_text() -> None:
    note = appmsg("#接龙\n植树\n\n1. 老韩\n2. 大刘", "接龙", "植树")
    assert [each["name"] for each in entries(note)] == ["老韩", "大刘"]


def test_a_structured_note_with_entities_of_its_own_is_not_expanded() -> None:
    note = appmsg("#接龙\n植树\n\n1. 老韩", "老韩").replace("<msg>", '<!DOCTYPE m [<!ENTITY a "b">]><msg>')
    assert [each["name"] for each in entries(note)] == ["老韩"]


def test_five_hundred_entries() -> None:
    text = NOTE + "\n".join(
        f"{at}. 老韩{at} {at % 30 + 1}-2-{500 + at % 9} {at % 5 + 1}人 带水杯" for at in range(1, 501)
    )
    found = entries(text)
    assert len(found) == 500
    assert found[-1] == {
        "number": 500, "name": "老韩500", "building": "21", "unit": "2", "room": "505", "people": 1, "note": "带水杯",
    }  # fmt: skip


def test_an_entry_of_three_thousand_characters() -> None:
    found = entries(f"{NOTE}1. 老韩 3-2-501 2人 {'好' * 3_000}\n2. 大刘")
    assert found[0]["room"] == "501"
    assert len(found[0]["note"]) == 3_000
    assert found[1] == {"number": 2, "name": "大刘"}


def test_no_more_entries_than_are_believable() -> None:
    note = group_note("#接龙\n" + "1. 老韩 3-501\n" * (ENTRIES_AT_MOST + 10))
    assert note is not None
    assert len(note.entries) == ENTRIES_AT_MOST


def test_notes_made_up_in_all_styles() -> None:
    """F1 of entries that are right in every part."""
    right = told = heard = 0
    for written in written_notes(300):
        note = group_note(written.text)
        found = Counter(note.entries if note else ())
        right += sum((found & Counter(written.entries)).values())
        told += len(written.entries)
        heard += found.total()
    assert 2 * right / (told + heard) >= 0.99


NOTES: tuple[Written, ...] = tuple(written_notes(40, seed=7))


@given(st.integers(0, 2**32), st.sampled_from(NOTES))
def test_notes_with_letters_lost_and_mixed(seed: int, written: Written) -> None:
    """Whatever was done to a note, it is read without an exception and numbers its entries as written."""
    chance = Random(seed)
    letters = list(written.text)
    for _ in range(chance.randint(1, 30)):
        at = chance.randrange(len(letters) or 1)
        odd = chance.choice(
            ["", "\n", "1", "-", "(", "\x00", "\ud83d", "\u200b", "改", "取消", "人", "#接龙", "<", "\x01", "½", "²"]
        )
        letters[at : at + chance.randint(0, 3)] = [odd]
    note = group_note("".join(letters))
    for each in note.entries if note else ():
        assert each.number >= 0
        assert each.people is None or 0 < each.people < 100


@given(st.text(max_size=200))
def test_any_text_under_a_header(text: str) -> None:
    group_note(f"#接龙\n1. {text}")
    group_note(text)
    group_note(f"<msg><appmsg><title>{text}</title><solitaire_info>{text}</solitaire_info></appmsg></msg>")
