"""`linli replay`: a transcript on a virtual clock, the same bytes every time."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.cli.replay import Replay
from bot.context import Post, Said
from bot.message import File
from storage.base import Db
from tests.cli.command import Linli, Ran
from tests.resident import World

GROUP = "3号楼业主群"


def _line(at: str, text: str = "", **fields: Any) -> str:
    said = {"at": f"2026-11-25T{at}+08:00", "room": GROUP, "sender": "u1", "name": "3-2-501 王阿姨", "text": text}
    said.update(fields)
    return json.dumps({key: value for key, value in said.items() if value is not None}, ensure_ascii=False)


STORY = [
    _line("10:00:00", "楼道灯坏了三天没人管", id="a"),
    _line("10:00:30", "是的"),
    _line("10:01:00", "哈哈", sender="u2", name="李叔"),
    _line("10:01:30", "受理", sender="wx_li", name="李主任", quote={"id": "a"}),
    _line("10:02:00", "12号楼着火了 快来人", sender="u2", name="李叔"),
    json.dumps({"at": "2026-11-25T10:06:00+08:00", "tick": True}),
    _line("10:07:00", "@小助手 帮我查查我报的事办得咋样了"),
    _line("10:07:30", "你好", room=None, sender="u3", friend=True),
]


def _replayed(linli: Linli, lines: list[str], *options: str) -> Ran:
    ran = linli("replay", _story(linli, lines), *options)
    assert ran.code == 0, ran.err
    return ran


def _story(linli: Linli, lines: list[str]) -> str:
    return str(linli.write("story.jsonl", "\n".join(lines) + "\n"))


async def test_a_file_is_given_by_its_name(world: World) -> None:
    async def deed(_db: Db, _now: datetime) -> list[Said]:
        li = world.assistant.directory.contact("wx_li")
        return [Post("refused.nothing_quoted", contact=li, kind="reply", file=File("学习页.docx", b"PK"))]

    await world.assistant.acting.do(deed)
    put: list[dict[str, Any]] = []
    await Replay(world.assistant, world.channel, world.clock, put.append).play([], trace=False, path=Path("x.jsonl"))
    words, file, _ = put
    assert "file" not in words
    assert (file["file"], file["text"], file["to"]) == ("学习页.docx", "学习页.docx", {"contact": "wx_li"})


def test_the_same_file_gives_the_same_bytes(linli: Linli) -> None:
    first, second = (linli.anew("replay", _story(linli, STORY), "--trace") for _ in range(2))
    assert first.code == 0, first.err
    assert first.out == second.out
    assert first.err == ""


def test_what_it_would_send(linli: Linli) -> None:
    *sent, last = _replayed(linli, STORY).lines
    assert [one["id"] for one in sent] == [f"out-{number}" for number in range(1, len(sent) + 1)]
    question, filed = sent[0], sent[1]
    assert question["to"] == {"room": GROUP}
    assert question["mentions"] == ["u1"]
    assert question["in_reply_to"] == "a"
    assert question["kind"] == "reply"
    assert question["at"] == "2026-11-25T10:00:00+08:00"
    assert "SQ261125-01" in filed["text"]
    alerts = [one for one in sent if one["kind"] == "alert"]
    assert {one["to"]["contact"] for one in alerts} == {"wx_li", "wx_zhou"}
    assert len(alerts) == 4  # at once, and again after three minutes
    assert [one["at"] for one in sent] == sorted(one["at"] for one in sent)
    assert last["summary"] == {
        "messages": 7,
        "replies": len([one for one in sent if one["kind"] == "reply"]),
        "complaints": 2,
        "reporters": 2,
        "sign_ups": 0,
        "errors": 0,
    }


def test_the_trace_names_intent_and_rule_before_the_answers(linli: Linli) -> None:
    lines = _replayed(linli, STORY, "--trace").lines
    traces = {one["id"]: one for one in lines if "intent" in one}
    assert traces["a"]["intent"] == "complaints.file"
    assert traces["a"]["rule"].startswith("complaints.file.")
    assert traces["in-2"]["intent"] == "dialog.answer"
    assert traces["in-3"]["intent"] is None
    assert traces["in-4"]["intent"] == "staff.command"
    assert traces["in-5"]["intent"] == "complaints.emergency"
    assert len(traces) == 7
    assert lines.index(traces["a"]) < next(n for n, one in enumerate(lines) if one.get("in_reply_to") == "a")


def test_pacing_applies_on_the_virtual_clock(linli: Linli) -> None:
    burst = [_line(f"10:00:0{n}", f"{n}号楼楼道灯坏了没人管", sender=f"u{n}", name=f"邻居{n}") for n in range(1, 6)]
    *sent, _ = _replayed(linli, burst).lines
    seconds = [float(one["at"][17:19]) + 60 * int(one["at"][14:16]) for one in sent]
    assert len([one for one in sent if one["kind"] == "reply"]) == 5
    assert all(later - earlier >= 3 for earlier, later in pairwise(seconds))


def test_quiet_hours_hold_back_an_update(linli: Linli) -> None:
    night = [
        _line("22:00:00", "3号楼2单元楼道灯坏了没人管"),
        _line("22:01:00", "受理 SQ261125-01", room=None, sender="wx_li", name="李主任"),
    ]
    *sent, _ = _replayed(linli, night).lines
    assert [one["kind"] for one in sent] == ["reply", "reply", "notice"]
    assert sent[-1]["at"].startswith("2026-11-26T07:30:00")


def test_an_answer_of_ours_may_be_quoted_by_its_id(linli: Linli) -> None:
    lines = [
        _line("10:00:00", "3号楼2单元楼道灯坏了没人管"),
        _line("10:01:00", "办结 换了灯泡", sender="wx_li", name="李主任", quote={"id": "out-1"}),
    ]
    *sent, _ = _replayed(linli, lines).lines
    assert "待受理" in sent[1]["text"]  # found by the quote, refused by its state
    assert sent[1]["to"] == {"contact": "wx_li"}


def test_faults_name_file_line_and_field(linli: Linli) -> None:
    for lines, parts in (
        (['{"at": "2026-11-25T10:00:00+08:00", "sender": "a", "text": "x"}', "nonsense"], ["第 2 行", "JSON"]),
        (['{"at": "yesterday", "sender": "a", "text": "x"}'], ["第 1 行", "at"]),
        (['{"at": "2026-11-25T10:00:00+08:00", "text": "x"}'], ["第 1 行", "sender"]),
        ([_line("10:00:00", "x"), _line("09:00:00", "y")], ["第 2 行", "早"]),
        ([_line("10:00:00", "x", quote={"id": "nobody"})], ["nobody"]),
        ([_line("10:00:00", "", image="missing.png")], ["missing.png"]),
    ):
        path = linli.write("bad.jsonl", "\n".join(lines))
        ran = linli("replay", str(path))
        assert ran.code == 1
        assert all(part in ran.complaint for part in parts), ran.err
    assert "找不到" in linli("replay", "nowhere.jsonl").complaint


def test_on_a_copy_of_a_database(linli: Linli) -> None:
    assert linli("--db", "sqlite:///mine.db", "migrate").code == 0
    before = (linli.folder / "mine.db").read_bytes()
    path = linli.write("story.jsonl", "\n".join(STORY))
    ran = linli("--db", "sqlite:///mine.db", "replay", str(path))
    assert ran.code == 0, ran.err
    assert (linli.folder / "mine.db").read_bytes() == before
