"""Choosing groups as staff speak of them."""

from __future__ import annotations

import pytest

from bot.settings import GroupFact
from intents.groups import Chosen, Groups
from intents.understanding.buildings import RangeTooLong
from storage.accounts import Directory, Group

NAMES = ("3号楼业主群", "4号楼业主群", "5栋群", "B区 总群", "东区大群", "团购群", "党员之家")
FACTS = (
    GroupFact(name="东区大群", buildings="20-22、30", tags=("业主",)),
    GroupFact(name="B区 总群", buildings="B区1-3号楼"),
    GroupFact(name="团购群", listen=False),
    GroupFact(name="5栋群", tags=("业主",)),
)


@pytest.fixture
def groups() -> Groups:
    directory = Directory("xingfu", "simulator", 1)
    for number, name in enumerate(NAMES, 1):
        directory.put_group(Group(id=number, raw_id=f"room:{number}", name=name))
    return Groups(directory, FACTS)


def named(chosen: Chosen) -> list[str]:
    return [NAMES[group - 1] for group in chosen.groups]


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("3号楼业主群 停水", ["3号楼业主群"], "停水"),
        ("3号楼业主群：停水。", ["3号楼业主群"], "停水。"),
        ("3-5栋 停水", ["3号楼业主群", "4号楼业主群", "5栋群"], "停水"),
        ("3-5、30栋，除4栋 4栋的邻居不用管", ["3号楼业主群", "5栋群", "东区大群"], "4栋的邻居不用管"),
        ("3栋 5栋前的车位今天清理", ["3号楼业主群"], "5栋前的车位今天清理"),
        ("3栋，5栋前的车位今天清理", ["3号楼业主群"], "5栋前的车位今天清理"),
        ("3栋、 5栋 停水", ["3号楼业主群", "5栋群"], "停水"),
        ("B区2号楼 停水", ["B区 总群"], "停水"),
        ("B区 总群 停水", ["B区 总群"], "停水"),
        ("业主 停水", ["5栋群", "东区大群"], "停水"),
        ("业主、团购群 停水", ["5栋群", "东区大群", "团购群"], "停水"),
        ("党员 学习", ["党员之家"], "学习"),
        ("所有群\n停水", list(NAMES), "停水"),
        ("所有群，除团购群、党员之家：停水", list(NAMES[:5]), "停水"),
        ("所有群 除了3-5栋以外 停水", list(NAMES[3:]), "停水"),
        ("3栋，停水通知如下", ["3号楼业主群"], "停水通知如下"),
        ("3、4号楼的群 停水", ["3号楼业主群", "4号楼业主群"], "停水"),
        ("３号楼业主群　停水", ["3号楼业主群"], "停水"),
        ("团购群、团购群 停水", ["团购群"], "停水"),
        ("", [], ""),
    ],
)
def test_chosen(groups: Groups, text: str, expected: list[str], rest: str) -> None:
    chosen = groups.choose(text)
    assert (sorted(named(chosen), key=NAMES.index), chosen.rest) == (expected, rest)
    assert (chosen.unknown, chosen.unclear) == ((), ())


def test_unknown_unclear_and_uncovered(groups: Groups) -> None:
    chosen = groups.choose("养鸟群、号楼业主、3、99栋 停水")
    assert named(chosen) == ["3号楼业主群"]
    assert chosen.unknown == ("养鸟群",)
    assert chosen.unclear == (("号楼业主", ("3号楼业主群", "4号楼业主群")),)
    assert chosen.uncovered == ("99",)
    assert chosen.rest == "停水"


def test_who_else_is_in_them(groups: Groups) -> None:
    assert groups.choose("20-21栋 停水").beyond == ((5, ("22", "30")),)
    assert groups.choose("20-22、30栋 停水").beyond == ()


def test_too_many_buildings(groups: Groups) -> None:
    with pytest.raises(RangeTooLong):
        groups.choose("1-900栋 停水")


def test_a_very_long_text_is_read_at_its_beginning_only(groups: Groups) -> None:
    chosen = groups.choose("3号楼业主群 " + "水" * 4000)
    assert (named(chosen), len(chosen.rest)) == (["3号楼业主群"], 4000)
    assert len(groups.choose("、".join(["没有的群"] * 500)).unknown) <= 60


def test_what_is_known_of_a_group(groups: Groups) -> None:
    known = {note.name: note for note in groups.all()}
    assert known["东区大群"].buildings == ("20", "21", "22", "30")
    assert known["3号楼业主群"].buildings == ("3",)
    assert known["党员之家"].buildings == ()
    assert [note.name for note in groups.all() if note.silent] == ["团购群"]
