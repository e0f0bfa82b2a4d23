"""A whole day by `linli replay`: what it says to whom and when, and what no line of it ever says."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cli.command import Linli, Ran
from tests.cli.day import ANSWER, CATEGORY, EAST, GROUPS, NEIGHBOURS, PHONE, PHOTO, SOUTH, WEST, photo, whole_day

Line = dict[str, Any]
WINDOW = timedelta(minutes=10)
TROUBLES = {
    "暖气不热": "cold",
    **{f"SQ261125-{number:02}": f"case {number}" for number in range(1, 16)},
}
"""What a line is about, by the first of these that it holds: cold radiators are one trouble in all buildings."""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran]:
    linli = Linli(tmp_path_factory.mktemp("day"))
    path = linli.write("day.jsonl", whole_day())
    (linli.folder / PHOTO).write_bytes(photo())
    return linli.anew("replay", str(path)), linli.anew("replay", str(path))


@pytest.fixture(scope="module")
def sent(twice: tuple[Ran, Ran]) -> list[Line]:
    assert twice[0].code == 0, twice[0].err
    return [line for line in twice[0].lines if "summary" not in line]


def _to(line: Line) -> str:
    return str(line["to"].get("room") or line["to"].get("contact"))


def _answer(sent: list[Line], message: str) -> Line:
    """The one answer to a message."""
    [found] = [line for line in sent if line["in_reply_to"] == message]
    return found


def _in_room(sent: list[Line], room: str, part: str) -> list[Line]:
    return [line for line in sent if line["to"].get("room") == room and part in line["text"]]


def _at(line: Line) -> datetime:
    return datetime.fromisoformat(line["at"])


def test_the_same_day_gives_the_same_bytes(twice: tuple[Ran, Ran]) -> None:
    assert twice[0].out == twice[1].out
    assert twice[0].err == ""


def test_the_summary_counts_cases_and_people(twice: tuple[Ran, Ran], sent: list[Line]) -> None:
    assert twice[0].lines[-1]["summary"] == {
        "messages": len([line for line in whole_day().splitlines() if '"tick"' not in line]),
        "replies": len([line for line in sent if line["kind"] == "reply"]),
        "complaints": 15,
        "reporters": 40,  # ten, and thirty who are cold
        "sign_ups": 0,
        "errors": 0,
    }


def test_a_report_a_photo_a_second_reporter(sent: list[Line]) -> None:
    filed = _answer(sent, "lamp")
    assert filed["text"].startswith("@王阿姨 收到，3号楼2单元楼道灯的事记下了，编号SQ261125-01。")
    assert (filed["to"], filed["mentions"], filed["kind"]) == ({"room": EAST}, ["wang"], "reply")
    assert not [line for line in sent if line["in_reply_to"] == "photo"]  # in a group it is taken without a word
    assert "补了照片" in _answer(sent, "whole")["text"]
    assert "现在2位邻居反映" in _answer(sent, "too")["text"]


def test_the_place_is_asked_for_and_a_slip_put_right(sent: list[Line]) -> None:
    assert "在哪儿呢？" in _answer(sent, "door")["text"]
    assert "5号楼1单元" in _answer(sent, "where")["text"]
    assert "SQ261125-02" in _answer(sent, "where")["text"]
    assert _answer(sent, "slip")["text"] == "@小陈 改好了，SQ261125-03是8号楼的。"


def test_each_move_is_one_update_for_both_reporters_and_an_answer_in_private(sent: list[Line]) -> None:
    updates = [line for line in _in_room(sent, EAST, "SQ261125-01") if line["kind"] == "notice"]
    told = ["已经受理", "已经派单", "明天装", "等配件", "配件到了", "12月10日（周四）前"]
    assert [part in line["text"] for part, line in zip(told, updates, strict=True)] == [True] * len(told)
    assert all(line["mentions"] == ["wang", "lishu"] for line in updates)
    for message in ("s1", "s2", "s3", "s4", "s5", "s6", "s7"):
        assert _to(_answer(sent, message)) in ("wx_li", "wx_zhou")
    [given] = [line for line in sent if "派给您一件" in line["text"]]
    assert _to(given) == "wx_zhou"


def test_an_emergency_is_answered_at_once_and_called_out_until_somebody_answers(sent: list[Line]) -> None:
    instruction = _answer(sent, "gas")
    assert instruction["at"] == "2026-11-25T11:00:00+08:00"
    assert "别点火" in instruction["text"]
    assert "拨119" in instruction["text"]
    calls = [line for line in sent if line["kind"] == "alert" and "受理请发" in line["text"]]
    assert Counter(_to(line) for line in calls) == {"wx_li": 3, "wx_zhou": 3}
    assert [f"{_at(line):%H:%M}" for line in calls] == ["11:00", "11:00", "11:03", "11:03", "11:06", "11:06"]
    assert "不再催" in _answer(sent, "word")["text"]


def test_a_result_is_rated_done_again_and_rated(sent: list[Line]) -> None:
    first, second = [line for line in _in_room(sent, EAST, "SQ261125-01") if "满意回1" in line["text"]]
    assert first["kind"] == second["kind"] == "reminder"
    assert first["mentions"] == second["mentions"] == ["wang", "lishu"]
    assert "等别的邻居" in _answer(sent, "r1")["text"]
    assert "重新办" in _answer(sent, "r2")["text"]
    [handler] = [line for line in sent if "【重办】SQ261125-01" in line["text"]]
    assert (_to(handler), "还是黑的" in handler["text"]) == ("wx_zhou", True)
    assert "SQ261125-01办结了" in _answer(sent, "r4")["text"]


def test_what_staff_enter_for_somebody(sent: list[Line]) -> None:
    assert "编号SQ261125-05" in _answer(sent, "phoned")["text"]
    assert "SQ261125-06" in _answer(sent, "noted")["text"]
    assert _to(_answer(sent, "noted")) == "wx_li"  # though it was commanded in the group
    [told] = _in_room(sent, SOUTH, "SQ261125-06")
    assert told["mentions"] == ["hu"]


def test_a_storm_is_six_cases_and_two_lines_a_group_then_one_for_all(sent: list[Line]) -> None:
    until = datetime.fromisoformat("2026-11-25T14:30:00+08:00")
    for room in GROUPS:
        heard = [line for line in _in_room(sent, room, "暖气不热") if _at(line) < until]
        assert len(heard) == 3
        assert len(heard[2]["mentions"]) == 8
        assert heard[2]["text"].count("5位邻居") == 2
    named = {who for room in GROUPS for line in _in_room(sent, room, "暖气不热") for who in line["mentions"]}
    assert named == set(NEIGHBOURS)


def test_a_common_problem_is_dealt_with_once_confirmed(sent: list[Line]) -> None:
    noticed = [line for line in sent if "【共性诉求】" in line["text"]]
    assert sorted(_to(line) for line in noticed) == ["wx_li", "wx_zhou"]
    assert "6件30人次" in _answer(sent, "p1")["text"]
    for shown in ("p2", "p4", "p6", "p8"):
        assert "回“确认”就发" in _answer(sent, shown)["text"]
    assert not [line for line in sent if line["to"].get("room") and "在查主管道" in line["text"]]  # it was 不要
    for part, confirmed in (("已经派单，一起办", "14:32"), ("晚上换主阀门", "15:03"), ("换了主阀门。满意回1", "16:31")):
        lines = [line for room in GROUPS for line in _in_room(sent, room, part)]
        assert [_to(line) for line in lines] == list(GROUPS)
        assert all(f"{_at(line):%H:%M}" == confirmed for line in lines)
    assert "SQ261125-07等别的邻居" in _answer(sent, "warm")["text"]


def test_mediation_is_private_and_who_wants_no_name_has_none(sent: list[Line]) -> None:
    assert _answer(sent, "piano")["to"] == {"contact": "qian"}
    assert not [line for line in sent if line["to"].get("room") and "SQ261125-13" in line["text"]]
    noise = _answer(sent, "noise")
    assert (noise["to"], noise["mentions"]) == ({"room": SOUTH}, [])


def test_what_was_mended_is_taken_back(sent: list[Line]) -> None:
    assert _answer(sent, "mended")["text"] == "@小陈 好，SQ261125-03撤了，不再办。"
    assert _to(_answer(sent, "mended")) == WEST


def test_an_entry_answers_once_it_is_confirmed(sent: list[Line]) -> None:
    assert f"“{CATEGORY}”有" in _answer(sent, "q1")["text"]
    assert "从现在起可以拿来答" in _answer(sent, "q2")["text"]
    said = _answer(sent, "permit")
    assert (said["to"], said["mentions"]) == ({"room": EAST}, ["zhao"])
    assert "来源：" in said["text"]
    assert "截至2026年11月25日（周三）" in said["text"]
    assert len(said["text"].partition("\n来源")[0]) < 140
    whole = _answer(sent, "all")
    assert whole["to"] == {"contact": "zhao"}
    assert "【材料】" in whole["text"]


def test_what_nobody_knew_is_answered_by_staff_and_from_then_on(sent: list[Line]) -> None:
    for message in ("unknown", "alike"):
        assert "不敢乱说" in _answer(sent, message)["text"]
        assert "（问题1）" in _answer(sent, message)["text"]
    waiting = [line for line in sent if line["text"].startswith("【问题1】")]
    assert sorted(_to(line) for line in waiting) == ["wx_li", "wx_zhou"]
    assert _to(_answer(sent, "given")) == "wx_zhou"  # though it was said in the group, where its asker reads it
    told = [line for line in sent if line["text"].startswith("您问过：")]
    assert [(_to(line), ANSWER in line["text"]) for line in told] == [("lin", True)]
    again = _answer(sent, "again")
    assert (again["to"], again["mentions"]) == ({"room": WEST}, ["chen"])
    assert f"{ANSWER}\n来源：社区答复，截至2026年11月25日（周三）。" in again["text"]
    assert _answer(sent, "left")["text"] == "没有等着答的问题。"


def test_what_lawyers_judge_is_for_lawyers_and_what_is_done_is_counted(sent: list[Line]) -> None:
    assert "12348" in _answer(sent, "law")["text"]
    assert "今年第1件（BL261125-01）" in _answer(sent, "done")["text"]


def test_at_night_answers_go_and_updates_wait(sent: list[Line]) -> None:
    assert _answer(sent, "lift")["at"].startswith("2026-11-25T22:00")
    [update] = [line for line in _in_room(sent, SOUTH, "SQ261125-15") if line["kind"] == "notice"]
    assert update["at"] > "2026-11-26T07:30"
    for line in sent:
        if line["kind"] in ("notice", "reminder"):
            assert "07:30" <= f"{_at(line):%H:%M}" < "21:30", line


def test_silence_is_asked_about_once_more_and_then_closes(sent: list[Line]) -> None:
    asked = [line["at"][:16] for line in _in_room(sent, EAST, "SQ261125-02") if "满意回1" in line["text"]]
    assert asked == ["2026-11-26T09:15", "2026-11-27T09:15"]
    assert "SQ261125-02 单元门：办结。" in _answer(sent, "asks")["text"]


def test_a_case_that_nobody_takes_on_is_reminded_of_and_then_late(sent: list[Line]) -> None:
    told = [line["text"] for line in sent if _to(line) == "wx_li" and "SQ261125-05" in line["text"]][1:]
    assert ["一半" in told[0], "八成" in told[1], "【超期】" in told[2]] == [True] * 3
    assert len(told) == 3


def test_no_group_hears_more_than_two_lines_on_one_trouble_in_ten_minutes(sent: list[Line]) -> None:
    heard: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in sent:
        if "room" in line["to"]:
            trouble = next((name for part, name in TROUBLES.items() if part in line["text"]), line["text"])
            heard[_to(line), trouble].append(line)
    assert len(heard) > 8
    for lines in heard.values():
        for first, third in zip(lines, lines[2:], strict=False):
            assert _at(third) - _at(first) >= WINDOW, (first, third)


def test_no_group_hears_a_telephone_a_door_or_a_name_that_wants_to_be_none(sent: list[Line]) -> None:
    doors = re.compile(r"(?<!\d)(501|302|301|202|602|\d+-\d+-\d+)(?!\d)")
    for line in _group_lines(sent):
        assert PHONE not in line["text"]
        assert not doors.search(line["text"]), line["text"]
        assert "林先生" not in line["text"]
        assert "lin" not in line["mentions"]


def _group_lines(sent: list[Line]) -> Iterator[Line]:
    return (line for line in sent if "room" in line["to"])
