"""A session in a transcript: announced in every group that is known, signed up for, reminded of, counted at the end."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.command import Linli

GROUP = "3号楼业主群"


def said(at: str, sender: str, name: str, text: str, room: str | None = None) -> dict[str, Any]:
    line = {"at": f"2026-11-{at}:00+08:00", "sender": sender, "name": name, "text": text}
    return line if room is None else {**line, "room": room}


def test_a_group_is_known_from_its_first_message_whatever_it_says(linli: Linli) -> None:
    transcript = [
        said("25T09:00", "wx_w", "3-2-501 王阿姨", "今天天气不错", GROUP),
        said("25T09:01", "wx_li", "李主任", "活动 周六上午9:00-11:00 活动室 健康讲座 名额2"),
        said("25T09:02", "wx_li", "李主任", "确认"),
        said("25T09:05", "wx_w", "3-2-501 王阿姨", "报名 两个人", GROUP),
        said("25T09:06", "wx_z", "5-1-302 赵姐", "我也去", GROUP),
        {"at": "2026-11-28T12:00:00+08:00", "tick": True},
    ]
    path = linli.write("session.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in transcript))
    *sent, last = linli("replay", str(path)).lines
    assert last["summary"]["sign_ups"] == 2
    assert last["summary"]["errors"] == 0
    in_group = [line["text"] for line in sent if line["to"] == {"room": GROUP}]
    assert in_group[0].startswith("【通知】健康讲座")
    assert "报上了" in in_group[1]
    assert "候补第1位" in in_group[2]
    reminders = [line for line in sent if line["kind"] == "reminder" and line["to"] == {"contact": "wx_w"}]
    assert [line["at"][:16] for line in reminders] == ["2026-11-27T09:00", "2026-11-28T07:30"]
