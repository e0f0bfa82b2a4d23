"""What changed between two copies of a group note, and two copies made at once."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.message import Entry
from intents.understanding.group_note import compare, group_note, join


def note(*lines: str) -> tuple[Entry, ...]:
    found = group_note("#接龙\n包饺子\n\n" + "\n".join(lines))
    assert found is not None
    return found.entries


def names(entries: tuple[Entry, ...]) -> list[str | None]:
    return [entry.name for entry in entries]


HAN, LIU = "1. 老韩 3-2-501 2人", "2. 大刘 5-1-302"
BASE = note(HAN, LIU)


def test_the_same_list_says_nothing_new() -> None:
    assert not compare(BASE, note(HAN, LIU))


def test_a_line_more() -> None:
    changes = compare(BASE, note(HAN, LIU, "3. 小满 8-3-702"))
    assert names(changes.added) == ["小满"]
    assert not any((changes.changed, changes.cancelled, changes.vanished))


def test_moved_numbers_are_nothing() -> None:
    assert not compare(BASE, note("1. 大刘 5-1-302", "5. 老韩 3-2-501 2人"))


def test_a_changed_count_and_a_changed_remark() -> None:
    changes = compare(BASE, note("1. 老韩 3-2-501 改成3人", "2. 大刘 5-1-302 会擀皮"))
    assert [(old.people, new.people, new.note) for old, new in changes.changed] == [
        (2, 3, None),
        (None, None, "会擀皮"),
    ]
    assert not any((changes.added, changes.vanished))


def test_a_door_that_was_added_or_put_right() -> None:
    changes = compare(note("1. 老韩", "2. 大刘 5-1-302"), note("1. 老韩 3-2-501", "2. 大刘 5-1-303"))
    assert [(old.room, new.room) for old, new in changes.changed] == [(None, "501"), ("302", "303")]


def test_another_name_behind_the_same_door_is_the_same_line() -> None:
    changes = compare(BASE, note("1. 韩师傅 3-2-501 2人", LIU))
    assert [(old.name, new.name) for old, new in changes.changed] == [("老韩", "韩师傅")]


def test_two_behind_one_door_are_two() -> None:
    before = note("1. 郑大爷 1-1-101 1人", "2. 小郑 1-1-101 1人")
    changes = compare(before, note("1. 郑大爷 1-1-101 1人", "2. 小郑 1-1-101 2人"))
    assert [(old.name, new.people) for old, new in changes.changed] == [("小郑", 2)]
    assert names(compare(before, note("1. 郑大爷 1-1-101 1人")).vanished) == ["小郑"]


def test_a_cancelled_line() -> None:
    changes = compare(BASE, note("1. 老韩 3-2-501 2人 不去了", LIU))
    assert names(changes.cancelled) == ["老韩"]
    assert not any((changes.changed, changes.vanished))


def test_a_line_of_which_only_the_cancelling_is_left() -> None:
    changes = compare(BASE, note("1. （退出）", LIU))
    assert [(each.name, each.room, each.cancelled) for each in changes.cancelled] == [("老韩", "501", True)]
    assert not any((changes.added, changes.vanished))


def test_a_cancelled_line_that_comes_back() -> None:
    changes = compare(note("1. 老韩 3-2-501 不去了"), note("1. 老韩 3-2-501"))
    assert [new.cancelled for _, new in changes.changed] == [False]


def test_a_vanished_line_is_not_cancelled() -> None:
    changes = compare(BASE, note("1. 大刘 5-1-302"))
    assert names(changes.vanished) == ["老韩"]
    assert not any((changes.cancelled, changes.added))


def test_a_cancelled_line_that_vanished_is_nothing() -> None:
    assert not compare(note(HAN, "2. 大刘 不去了"), note(HAN))


def test_somebody_else_under_the_same_number() -> None:
    changes = compare(BASE, note(HAN, "2. 小满 8-3-702"))
    assert (names(changes.added), names(changes.vanished)) == (["小满"], ["大刘"])


def test_another_name_alone_is_somebody_else() -> None:
    changes = compare(note("1. 老韩", "2. 大刘"), note("1. 老韩", "2. 小满"))
    assert (names(changes.added), names(changes.vanished)) == (["小满"], ["大刘"])


def test_two_lines_of_one_person() -> None:
    before = note("1. 静水流深 8栋1602 1人")
    changes = compare(before, note("1. 静水流深 8栋1602 1人", "2. 静水流深 8栋1602 改为2人"))
    assert [(each.people, each.note) for each in changes.added] == [(2, "改为2人")]


def test_two_copies_made_at_once() -> None:
    first, second = note(HAN, LIU, "3. 小满 8-3-702"), note(HAN, LIU, "3. 叶子 14-2-602")
    joined = join([first, second], BASE)
    assert [(each.number, each.name) for each in joined] == [(1, "老韩"), (2, "大刘"), (3, "小满"), (4, "叶子")]
    assert not compare(BASE, joined).vanished


def test_both_copies_add_the_same_person() -> None:
    first, second = note(HAN, LIU, "3. 小满 8-3-702"), note(HAN, LIU, "3. 小满 8-3-702 2人")
    assert [(each.name, each.people) for each in join([first, second], BASE)] == [
        ("老韩", 2),
        ("大刘", None),
        ("小满", 2),
    ]


def test_one_copy_changes_and_the_other_adds() -> None:
    first, second = note("1. 老韩 3-2-501 改成4人", LIU), note(HAN, LIU, "3. 叶子")
    assert [(each.name, each.people) for each in join([first, second], BASE)] == [
        ("老韩", 4),
        ("大刘", None),
        ("叶子", None),
    ]


def test_what_one_copy_drops_from_the_base_is_gone_until_somebody_is_asked() -> None:
    first, second = note(LIU), note(HAN, LIU, "3. 叶子")
    joined = join([first, second], BASE)
    assert names(joined) == ["大刘", "叶子"]
    assert names(compare(BASE, joined).vanished) == ["老韩"]


def test_what_one_copy_drops_and_another_changes_stays() -> None:
    first, second = note(LIU), note("1. 老韩 3-2-501 改成4人", LIU)
    for copies in ([first, second], [second, first]):
        assert [each.people for each in join(copies, BASE)] == [4, None]


PEOPLE = tuple(
    Entry(0, name, str(at % 7 + 1), "1", str(100 + at)) for at, name in enumerate("赵钱孙李周吴郑王冯陈褚卫")
)


@given(st.integers(0, 2**32))
def test_a_copy_shuffled_is_the_same_list_and_every_addition_survives(seed: int) -> None:
    chance = Random(seed)
    people = chance.sample(PEOPLE, len(PEOPLE))
    base, first, second = people[:6], people[6:9], people[9:]
    mixed = chance.sample(base, len(base))
    numbered = [replace(each, number=at) for at, each in enumerate(mixed, start=1)]
    assert not compare(base, numbered)
    joined = join([[*base, *first], [*mixed, *second]], base)
    assert {each.name for each in joined} == {each.name for each in people}
    assert len(joined) == len(people)
