"""The judge with the project's own rules, and messages for it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.message import Inbound, Quote, Understanding
from intents.understanding.judge import Judge, find_rule_files

PROJECT = Path(__file__).resolve().parents[2]
NAMES = ("小助手", "社区小助手")
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
QUOTED = Quote("王阿姨", "3号楼2单元楼道灯坏了三天没人管")


@cache
def judge() -> Judge:
    return Judge.load(find_rule_files(PROJECT / "intents"), assistant_names=NAMES)


def inbound(text: str, *, mentioned: bool = False, private: bool = False, quoting: bool = False) -> Inbound:
    group, quote = None if private else "g", QUOTED if quoting else None
    return Inbound(id="m", sender="s", text=text, at=NOW, group=group, mentioned=mentioned, quote=quote)


def understood(text: str, *, mentioned: bool = False, private: bool = False, quoting: bool = False) -> Understanding:
    return judge()(inbound(text, mentioned=mentioned, private=private, quoting=quoting))
