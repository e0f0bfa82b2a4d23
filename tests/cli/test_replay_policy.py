"""Questions of rules by `linli replay` on a knowledge base that the command line filled: the whole loop, and the study page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.command import Linli

EAST, WEST = "东区群", "西区群"
PENSION = "养老金资格认证在哪办？"
ANSWER = "带身份证到社区一楼，手机上刷脸也行。"
ENTRIES: tuple[dict[str, str], ...] = (
    {"id": "card", "title": "老年公交卡办理（市区）", "body": "到市区公交公司办老年公交卡。", "source": "市公交公司"},
    {"id": "card-2", "title": "老年公交卡办理（县里）", "body": "到县里公交公司办老年公交卡。", "source": "县公交公司"},
    {
        "id": "renovation",
        "title": "装修施工时间规定",
        "body": "工作日上午八点到十二点、下午两点到六点可以装修施工，周末和节假日不许敲墙打孔。",
        "source": "市噪声污染防治条例",
        "expires_on": "2026-12-08",
    },
    {
        "id": "heating-stop",
        "title": "供暖报停办法",
        "body": "供暖报停要在十月十五日前申请，交百分之三十的基础费。",
        "source": "市供热办",
        "expires_on": "2026-10-31",
    },
)


def _said(at: str, who: str, text: str, room: str | None = None, **more: Any) -> dict[str, Any]:
    line = {"at": f"2026-11-{at}:00+08:00", "room": room, "sender": who, "name": who, "text": text, **more}
    return {key: value for key, value in line.items() if value is not None}


STORY = (
    _said("25T10:00", "王阿姨", "装修施工时间怎么规定的", EAST, id="asked"),
    _said("25T10:01", "王阿姨", "@小助手 老年公交卡去哪里办理", EAST, id="which"),
    _said("25T10:02", "王阿姨", "2", EAST, id="second"),
    _said("25T10:05", "王阿姨", "@小助手 供暖报停怎么办", EAST, id="expired"),
    _said("25T10:10", "王阿姨", f"@小助手 {PENSION}", EAST, id="unknown"),
    _said("25T10:20", "李叔", f"@小助手 {PENSION}", WEST, id="alike"),
    _said("25T10:30", "wx_li", f"答：{ANSWER}", EAST, quote={"id": "unknown"}, id="given"),
    _said("25T10:40", "赵姐", f"@小助手 {PENSION}", EAST, id="again"),
    _said("25T10:45", "赵姐", "今天天气真好", EAST, id="chatter"),
    {"at": "2026-11-30T10:00:00+08:00", "tick": True},
)


@pytest.fixture(scope="module")
def linli(tmp_path_factory: pytest.TempPathFactory) -> Linli:
    linli = Linli(tmp_path_factory.mktemp("policy"))
    assert linli("migrate").code == 0
    linli.write("entries.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ENTRIES))
    ran = linli("policy", "import", "entries.jsonl")
    assert ran.code == 0, ran.err
    linli.write("story.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in STORY))
    return linli


def _replayed(linli: Linli, *options: str) -> list[dict[str, Any]]:
    ran = linli.anew("--db", "sqlite:///var/linli.db", "replay", "story.jsonl", *options)
    assert ran.code == 0, ran.err
    return ran.lines


@pytest.fixture(scope="module")
def lines(linli: Linli) -> list[dict[str, Any]]:
    return _replayed(linli, "--rhythms", "--trace")


def _answer(lines: list[dict[str, Any]], message: str) -> dict[str, Any]:
    [found] = [line for line in lines if line.get("in_reply_to") == message]
    return found


def _begins(lines: list[dict[str, Any]], with_: str) -> list[dict[str, Any]]:
    return [line for line in lines if line.get("text", "").startswith(with_)]


def test_the_loop_of_a_question(lines: list[dict[str, Any]]) -> None:
    assert "周末和节假日不许敲墙打孔。\n来源：市噪声污染防治条例" in _answer(lines, "asked")["text"]
    offered = _answer(lines, "which")["text"].splitlines()
    assert offered[0] == "@王阿姨 您问的是哪一个？回数字："
    chosen = offered[2].removeprefix("2. 老年公交卡办理（").removesuffix("）")
    assert _answer(lines, "second")["text"].startswith(f"@王阿姨 到{chosen}公交公司办老年公交卡。\n来源：")
    expired = _answer(lines, "expired")["text"]
    assert "《供暖报停办法》2026年10月31日（周六）已到期" in expired
    assert "基础费" not in expired
    for message in ("unknown", "alike"):
        assert "（问题2）" in _answer(lines, message)["text"]
    [told] = _begins(lines, "@李叔 您问过：")
    assert (told["to"], told["mentions"], told["kind"]) == ({"room": WEST}, ["李叔"], "notice")
    assert ANSWER in told["text"]
    assert not _begins(lines, "@王阿姨 您问过")  # she reads it where it was quoted
    assert _answer(lines, "given")["to"] == {"contact": "wx_li"}
    assert f"{ANSWER}\n来源：社区答复" in _answer(lines, "again")["text"]
    assert not [line for line in lines if line.get("in_reply_to") == "chatter"]
    assert lines[-1]["summary"]["errors"] == 0


def test_the_trace_names_the_intent(lines: list[dict[str, Any]]) -> None:
    traces = {line["id"]: line["intent"] for line in lines if "intent" in line}
    asked = ("asked", "which", "expired", "unknown", "alike", "again")
    assert {traces[message] for message in asked} == {"policy.ask"}
    assert (traces["second"], traces["given"], traces["chatter"]) == ("dialog.answer", "staff.command", None)


def test_the_study_page_of_the_week_with_its_file(lines: list[dict[str, Any]]) -> None:
    pages = _begins(lines, "这一周（")
    assert [line["to"]["contact"] for line in pages] == ["wx_li", "wx_zhou", "wx_sun"]
    assert {(line["at"][:16], line["kind"]) for line in pages} == {("2026-11-30T09:00", "reminder")}
    text = pages[0]["text"]
    assert "居民问政策6次" in text  # what was asked back and chosen is one question
    assert "没答上的1个" in text
    assert "1. 供暖报停怎么办（1人）" in text
    assert "两周内到期" in text
    assert "装修施工时间规定（2026年12月8日（周二））" in text
    files = [line for line in lines if "file" in line]
    assert [(line["to"]["contact"], line["file"]) for line in files] == [
        (who, "政策学习页2026-11-30.xlsx") for who in ("wx_li", "wx_zhou", "wx_sun")
    ]
    for page, file in zip(pages, files, strict=True):
        assert lines.index(page) < lines.index(file)  # words first


def test_it_comes_with_the_rhythms_only_and_is_the_same_every_time(linli: Linli, lines: list[dict[str, Any]]) -> None:
    assert _replayed(linli, "--rhythms", "--trace") == lines
    assert not _begins(_replayed(linli), "这一周（")
