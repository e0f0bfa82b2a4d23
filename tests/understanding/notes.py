"""Group notes made up in all the styles people type, each with what it says: a generator with a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.message import Entry


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_SIMPLIFIED = _each(
    "张桂芬 老马识途 刘姐 Lily妈妈 爱吃鱼的猫 周周 陈阿婆 周根宝 何秀珍 刘洋 吴建军 马丽 王阿姨 老韩 "
    "小陈 李建国 孙桂兰 郑大爷 小郑 徐凤英 老万 隔壁老万媳妇 大刘 铁柱他爹 小马哥 Mia妈 豆豆爸爸 橙子 "
    "宋佳 小满 老杜 阳光总在风雨后 静水流深 叶子 张三 李四 王五 赵六 欧阳春 司马青 秋天的童话 小七 "
    "阿芳 糖糖姥姥 吉祥如意 Jenny 平安是福 向日葵 沙漠之舟 魏淑珍 龙哥 冬冬奶奶 于老师 丁师傅 郭婶 花开富贵 "
)
_TRADITIONAL = _each("陳太 阿輝 林師奶 黃伯 梁婆婆 何生 冼姑娘 張先生 劉嬸 鄭小姐 葉師傅 譚太太")
_REMARKS = _each(
    "会擀皮 晕车坐前排 要上门 不会走路要上门 带轮椅 素食 自带剪刀 对花生过敏 血压高 要靠前的座位 "
    "孕妇优先 晚到十分钟 第一次参加 需要接送 腿脚不便 菜刀一把 1份 2份 82岁 菜刀1把 "
    "跟我妈一起 13800006802 下午场 提前走 有老人行动不便 眼睛不好 要普通话讲解 帮忙留前排 不吃辣 有事打电话 "
    "下午才到 打第三针 "
)
_TITLES = (
    "周六上午9点 活动中心一楼 免费量血压测血糖",
    "三八节插花 限20人 自带剪刀",
    "【老年体检】3月22日 8:00开始 空腹 65岁以上",
    "第2场加强针 名额30 报满为止 5号楼前集合",
    "周三包饺子 馅料社区出",
    "明早7点清雪 有锹的来",
    "Nucleic acid test for kids 周四下午",
    "元宵灯会志愿者 2022年2月15日18:30",
    "磨剪子戗菜刀 周五上午 每户限2把",
    "11.28 周六 8:30-11:30 东门核酸，7-12号楼9:30开始",
    "重阳节百岁宴帮厨",
    "社区书法班 每周二14:00-16:00 文化室",
)
_LISTS = (
    ("注意事项：", "自带水杯", "穿平底鞋", "听志愿者安排"),
    ("须知", "每户限2人", "请提前10分钟到", "雨天改期"),
    ("安排如下", "9:00集合", "9:30出发", "12:00返回"),
)
_EXAMPLES = (
    "例：姓名 楼号 人数",
    "例 张三 1-1-101 1人",
    "例：王阿姨 3-2-501 2人",
    "例 昵称 房号 人数",
    "例如：老李 8-1-302",
)
_HEADERS = ("#接龙", "# 接龙", "#接龍", "#Group Note", "＃接龙", "#group note", "@小助手 帮忙收一下\n#接龙")
_CANCELS = (
    "取消",
    "不去了",
    "（取消）",
    "来不了了，取消",
    "不来了",
    "退出",
    "去不了了",
    "（退出）",
    "不参加了",
    "取消报名",
)
_JOINTS, _OFTEN = (" ", "\n", "，", "  ", "、", " / "), (80, 4, 6, 4, 3, 2)
_NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    entry: Entry


def written_notes(count: int, seed: int = 20261125) -> Iterator[Written]:
    chance = random.Random(seed)
    for _ in range(count):
        yield _note(chance)


def _note(chance: random.Random) -> Written:
    header = chance.choice(_HEADERS)
    joint = " " if chance.random() < 0.1 else "\n"
    top = header + joint + chance.choice(_TITLES)
    if chance.random() < 0.2:
        head, *items = chance.choice(_LISTS)
        top += f"\n{head}\n" + "\n".join(f"{at}. {item}" for at, item in enumerate(items, 1)) + "\n"
    if chance.random() < 0.4:
        top += "\n" + chance.choice(_EXAMPLES)
    gap = "\n\n" if chance.random() < 0.5 else "\n"
    lines = list(_lines(chance))
    text = top + gap + "\n".join(line.text for line in lines)
    if chance.random() < 0.1:
        text += "\n\n以上邻居请提前十分钟到场"
    return Written(text, tuple(line.entry for line in lines if line.entry.number > 0))


def _lines(chance: random.Random) -> Iterator[_Line]:
    mark = chance.choice(_MARKS)
    names = list(_TRADITIONAL if chance.random() < 0.15 else _SIMPLIFIED)
    chance.shuffle(names)
    style, order = chance.choice(_DOORS), chance.choice(_ORDERS)
    written: list[Entry] = []
    number = 0
    for _ in range(chance.randint(1, min(25, len(names)))):
        number += 1 if chance.random() < 0.95 else 2
        if chance.random() < 0.05:
            yield _Line(mark(number, chance) + chance.choice(("", "…", " ", "___")), Entry(0))
            continue
        if chance.random() < 0.02 and number > 1:
            number -= 1
        line = _entry(chance, number, names.pop(), style, order)
        old = chance.choice(written) if written and chance.random() < 0.03 else None
        if old is not None and old.name and old.room:
            people = chance.randint(1, 5)
            line = _Line(
                f"{old.name} {_dashed(old)} 改为{people}人",
                Entry(number, old.name, old.building, old.unit, old.room, people, note=f"改为{people}人"),
            )
        written.append(line.entry)
        yield _Line(mark(number, chance) + line.text, line.entry)


def _entry(chance: random.Random, number: int, name: str, style: Door, order: str) -> _Line:
    if chance.random() < 0.02:
        return _Line(chance.choice(("（退出）", "取消")), Entry(number, cancelled=True))
    if chance.random() < 0.1:
        style = chance.choice(_DOORS)
    entry = Entry(number, name=name)
    door = ""
    if chance.random() < 0.85:
        building, unit = str(chance.randint(1, 30)), str(chance.randint(1, 6))
        door, entry = style(chance, entry, building, unit, f"{chance.randint(1, 30)}{chance.randint(1, 12):02}")
    people, entry = _people(chance, entry)
    remark = ""
    if chance.random() < 0.08:
        remark = chance.choice(_CANCELS)
        entry = replace(entry, cancelled=True)
    elif chance.random() < 0.2:
        remark = chance.choice(_REMARKS)
        entry = replace(entry, note=remark)
    if chance.random() < 0.04 and door and not entry.cancelled:
        return (
            _Line(_labelled(name, door, entry.people, remark), entry)
            if "改" not in people
            else _Line(f"{name}（{door}）{people} {remark}".strip(), entry)
        )
    if order == "door name people" and door:
        parts = [door, name, people, remark]
    elif order == "name people door" and not remark:
        parts = [name, people, door]
    else:
        parts = [name, door, people, remark]
    return _Line(_joined(chance, [part for part in parts if part]), entry)


def _labelled(name: str, door: str, people: int | None, remark: str) -> str:
    """As in a form: each with what it is."""
    parts = [f"姓名：{name}", f"房号：{door}"]
    if people:
        parts.append(f"人数：{people}")
    if remark:
        parts.append(f"备注：{remark}")
    return " ".join(parts)


def _joined(chance: random.Random, parts: list[str]) -> str:
    kind = chance.random()
    glued = len(parts) > 1 and parts[1][:1].isdigit() and not parts[0][-1:].isascii()
    if kind < 0.03 and glued:
        return parts[0] + " ".join(parts[1:])
    if kind < 0.06 and len(parts) > 1:
        return f"{parts[0]}（{parts[1]}）{' '.join(parts[2:])}".strip()
    if kind < 0.09:
        return " ".join(parts) + chance.choice("。！～")
    if kind < 0.12 and not any(part.startswith("+") for part in parts):
        return "+".join(parts)
    return chance.choices(_JOINTS, _OFTEN)[0].join(parts)


def _people(chance: random.Random, entry: Entry) -> tuple[str, Entry]:
    if chance.random() < 0.35:
        return "", entry
    count, fewer = chance.randint(1, 6), chance.randint(1, 3)
    small, big = chance.randint(1, 3), chance.randint(1, 3)
    letters = _NUMERALS.replace("二", "两")
    said, people = chance.choice(
        (
            (f"{count}人", count),
            (f"{count}人", count),
            (f"{count}人", count),
            (f"{count}位", count),
            (f"{letters[count]}个人", count),
            (f"共{count}人", count),
            (f"{big}大{small}小", big + small),
            (f"{letters[big]}大{letters[small]}小", big + small),
            ("一家三口", 3),
            ("俩孩子", 2),
            (f"一家{letters[count]}口", count),
            ("老两口", 2),
            (f"{letters[count]}人", count),
            (f"大人{big}小孩{small}", big + small),
            (f"{big}个大人{small}个小孩", big + small),
            (f"报{count}人", count),
            (f"全家{count}口", count),
            (f"总共{count}人", count),
            (f"{big}大{small}小 共{big + small}人", big + small),
            (f"+{count}", count),
            ("夫妻俩", 2),
            ("我和老伴", 2),
            (f"由{fewer}人改为{count}人", count),
            ("俩人", 2),
            ("２人", 2),
            (f"原{fewer}人改{count}人", count),
            (f"{fewer}人改成{count}人", count),
            (f"改成{count}人", count),
        )
    )
    return said, replace(entry, people=people)


Door = Callable[[random.Random, Entry, str, str, str], tuple[str, Entry]]


def _dashes(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building}-{unit}-{room}", replace(entry, building=building, unit=unit, room=room)


def _padded(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building}-{unit}-{room.zfill(4)}", replace(entry, building=building, unit=unit, room=room)


def _words(chance: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    mark = chance.choice(("号楼", "栋", "幢"))
    end = chance.choice(("", "室"))
    return f"{building}{mark}{unit}单元{room}{end}", replace(entry, building=building, unit=unit, room=room)


def _hashes(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building}#{unit}-{room}", replace(entry, building=building, unit=unit, room=room)


def _without_unit(chance: random.Random, entry: Entry, building: str, _: str, room: str) -> tuple[str, Entry]:
    return f"{building}{chance.choice(('栋', '幢', '号楼'))}{room}", replace(entry, building=building, room=room)


def _towers(chance: random.Random, entry: Entry, _: str, __: str, room: str) -> tuple[str, Entry]:
    tower, letter = chance.choice("ABCDEF"), chance.choice(("", "A", "B"))
    number = room if not letter else f"{int(room) // 100}{letter}"
    return f"{tower}座{number}", replace(entry, building=tower, room=number)


def _building(chance: random.Random, entry: Entry, building: str, unit: str, _: str) -> tuple[str, Entry]:
    if chance.random() < 0.5:
        return f"{building}号楼", replace(entry, building=building)
    return f"{building}号楼{unit}单元", replace(entry, building=building, unit=unit)


def _letters(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    building, room = str(int(building) % 9 + 1), str(int(room) % 900 + 101)
    said = f"{_NUMERALS[int(building)]}栋{_NUMERALS[int(unit)]}单元{''.join(_NUMERALS[int(each)] for each in room)}"
    return said, replace(entry, building=building, unit=unit, room=room)


def _wide(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    return f"{building}-{unit}-{room}".translate(wide), replace(entry, building=building, unit=unit, room=room)


def _doors_word(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building}号楼{unit}门{room}", replace(entry, building=building, unit=unit, room=room)


def _slashes(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building}/{unit}/{room}", replace(entry, building=building, unit=unit, room=room)


def _loose(_: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    return f"{building} - {unit} - {room}", replace(entry, building=building, unit=unit, room=room)


def _areas(chance: random.Random, entry: Entry, building: str, unit: str, room: str) -> tuple[str, Entry]:
    area = chance.choice("东西南北")
    return f"{area}区{building}号楼{unit}单元{room}", replace(
        entry, building=f"{area}区{building}", unit=unit, room=room
    )


def _dashed(entry: Entry) -> str:
    if entry.building and entry.building[0] in "东西南北":
        return f"{entry.building}号楼{entry.unit}单元{entry.room}"
    if entry.unit is None:
        return f"{entry.building}{'座' if entry.building and entry.building.isalpha() else '栋'}{entry.room}"
    return f"{entry.building}-{entry.unit}-{entry.room}"


_DOORS: tuple[Door, ...] = (
    _dashes,
    _dashes,
    _dashes,
    _padded,
    _words,
    _hashes,
    _without_unit,
    _towers,
    _building,
    _letters,
    _wide,
    _doors_word,
    _slashes,
    _loose,
    _areas,
)
_ORDERS = ("name door people", "name door people", "door name people", "name people door")
_MARKS: tuple[Callable[[int, random.Random], str], ...] = (
    lambda number, _: f"{number}. ",
    lambda number, _: f"{number}. ",
    lambda number, _: f"{number}、",
    lambda number, _: f"{number}．",
    lambda number, _: f"({number}) ",
    lambda number, _: f"（{number}）",
    lambda number, _: f"{number} . ",
    lambda number, _: f"{number}）",
    lambda number, _: f"[{number}] ",
    lambda number, _: chr(ord("①") + number - 1) if number <= 20 else f"{number}. ",
    lambda number, _: f"{number}\ufe0f\u20e3 ",
    lambda number, chance: f"{number}{chance.choice('.、．')} ",
)
