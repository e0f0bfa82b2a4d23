"""`linli replay --rhythms`: the lists of the day run only where they are asked for."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.command import Linli

GROUP = "3号楼业主群"
STORY = "\n".join(
    json.dumps(line, ensure_ascii=False)
    for line in (
        {
            "at": "2026-11-25T10:00:00+08:00",
            "room": GROUP,
            "sender": "u1",
            "name": "王阿姨",
            "text": "3号楼2单元楼道灯坏了三天没人管",
        },
        {"at": "2026-11-26T10:00:00+08:00", "tick": True},
    )
)


def _lists(linli: Linli, *options: str) -> list[dict[str, Any]]:
    path = linli.write("story.jsonl", STORY + "\n")
    ran = linli.anew("replay", str(path), *options)
    assert ran.code == 0, ran.err
    return [line for line in ran.lines if line.get("text", "").startswith(("【早】", "【晚】"))]


def test_the_lists_of_the_day_run_with_rhythms_only(linli: Linli) -> None:
    assert _lists(linli) == []
    found = _lists(linli, "--rhythms")
    assert {(line["at"][:16], line["kind"], line["text"][:3]) for line in found} == {
        ("2026-11-25T17:30", "reminder", "【晚】"),
        ("2026-11-26T08:30", "reminder", "【早】"),
    }
    assert all("contact" in line["to"] for line in found)
    assert found == _lists(linli, "--rhythms")  # the same bytes every time
