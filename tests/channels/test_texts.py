from __future__ import annotations

import time

import pytest

from bot.channels.texts import clean, mentions_everybody, split_mention, split_quote, without_first_mention
from bot.message import Quote

RULE = "- - - - - - - - - - - - - - -"


@pytest.mark.parametrize(
    ("text", "quote", "rest"),
    [
        (f"「王阿姨：电梯坏了」\n{RULE}\n我家也是", Quote("王阿姨", "电梯坏了"), "我家也是"),
        (f"「王阿姨: 电梯坏了」\n{RULE}\n收到", Quote("王阿姨", "电梯坏了"), "收到"),
        (f"「王阿姨：第一行\n第二行\n\n第四行」\n{RULE}\n好", Quote("王阿姨", "第一行\n第二行\n\n第四行"), "好"),
        (f"「3-502 王：电梯坏了」\n{RULE}\n两行\n回答", Quote("3-502 王", "电梯坏了"), "两行\n回答"),
        (f"「王阿姨：电梯坏了」\r\n{RULE}\r\n我家也是", Quote("王阿姨", "电梯坏了"), "我家也是"),
        ("「王阿姨：电梯坏了」\n------\n我家也是", Quote("王阿姨", "电梯坏了"), "我家也是"),
        (f"「王阿姨：电梯坏了」\n{RULE}", Quote("王阿姨", "电梯坏了"), ""),
        # A quote of a quote keeps what its own sender said.
        (f"「李师傅：「王阿姨：电梯坏了」\n{RULE}\n我去看看」\n{RULE}\n谢谢", Quote("李师傅", "我去看看"), "谢谢"),
        # Somebody's own brackets, closed and left open.
        (f"「王阿姨：「紧急」电梯坏了」\n{RULE}\n好", Quote("王阿姨", "「紧急」电梯坏了"), "好"),
        (f"「王阿姨：看「通知吧」\n{RULE}\n好", Quote("王阿姨", "看「通知吧"), "好"),
        # An answer that itself shows a quote.
        (
            f"「王阿姨：电梯坏了」\n{RULE}\n他说「李：不修」\n{RULE}\n真的",
            Quote("王阿姨", "电梯坏了"),
            f"他说「李：不修」\n{RULE}\n真的",
        ),
    ],
)
def test_quotes(text: str, quote: Quote, rest: str) -> None:
    assert split_quote(text) == (quote, rest)


@pytest.mark.parametrize(
    "text",
    [
        "「电梯坏了」",
        "「王阿姨：电梯坏了」",
        "「王阿姨：电梯坏了」我家也是",
        "「王阿姨：电梯坏了」\n我家也是",
        f"他说「王阿姨：电梯坏了」\n{RULE}\n我家也是",
        f"「没有冒号」\n{RULE}\n我家也是",
        f"电梯坏了\n{RULE}\n我家也是",
        f"「：没有名字」\n{RULE}\n我家也是",
        "",
        "「",
    ],
)
def test_brackets_that_are_no_quote(text: str) -> None:
    assert split_quote(text) == (None, text)


NAMES = ("小区助手", "小助手", "3栋助手 A")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@小区助手\u2005楼道灯坏了", "楼道灯坏了"),
        ("@小区助手 楼道灯坏了", "楼道灯坏了"),
        ("@小助手\u2005楼道灯坏了", "楼道灯坏了"),
        ("＠小助手 楼道灯坏了", "楼道灯坏了"),
        ("@3栋助手 A\u2005楼道灯坏了", "楼道灯坏了"),
        ("楼道灯坏了@小区助手", "楼道灯坏了"),
        ("楼道灯坏了 @小区助手\u2005三天了", "楼道灯坏了 三天了"),
        ("@小区助手，楼道灯坏了", "楼道灯坏了"),
        ("@小区助手\n楼道灯坏了", "楼道灯坏了"),
        ("@王阿姨\u2005@小区助手\u2005你们看", "@王阿姨\u2005你们看"),
        ("@小区助手\u2005@小区助手\u2005在吗", "在吗"),
        ("@小区助手", ""),
    ],
)
def test_mentions_by_name(text: str, rest: str) -> None:
    assert split_mention(text, NAMES) == (True, rest)


@pytest.mark.parametrize(
    "text", ["小区助手 在吗", "@小区助手二号\u2005在吗", "@王阿姨\u2005在吗", "@小区\u2005在吗", "", "@", "@ 小区助手"]
)
def test_mentions_of_others(text: str) -> None:
    assert split_mention(text, NAMES) == (False, text)


def test_names_are_never_patterns() -> None:
    assert split_mention("@王阿姨 在吗", (".*", "(", "[")) == (False, "@王阿姨 在吗")
    assert split_mention("@.* 在吗", (".*",)) == (True, "在吗")
    assert split_mention("@ 在吗", ("", " ")) == (False, "@ 在吗")


def test_a_call_to_everybody() -> None:
    everybody = tuple(f"wxid_{n}" for n in range(500))
    assert mentions_everybody("@所有人\u2005明天停水", everybody)
    assert not mentions_everybody("@甲\u2005@乙\u2005", ("wxid_1", "wxid_2"))
    assert not mentions_everybody("在吗", ("wxid_1",))


def test_a_mention_under_an_unknown_name() -> None:
    assert without_first_mention("@旧名字\u2005楼道灯坏了") == "楼道灯坏了"
    assert without_first_mention("写信到 a@b.cn") == "写信到 a@b.cn"


def test_clean() -> None:
    assert clean("坏\ud83d了\x00吗", max_chars=10) == "坏\ufffd了吗"
    assert len(clean("灯" * 10**6, max_chars=20_000)) == 20_000


@pytest.mark.parametrize(
    "text",
    [
        "「" * 20_000,
        "「王：" * 6_000,
        f"「王：x」\n{RULE}\n" * 700,
        "「王：" + "」\n" * 9_000,
        "「王：」\n" + "- " * 9_000,
        "「王：」\n" + " " * 19_000,
        "@小区助手" * 4_000,
        "@" * 20_000,
    ],
    ids=range(8),
)
def test_hostile_texts_take_no_time(text: str) -> None:
    began = time.process_time()
    split_mention(split_quote(text)[1], NAMES)
    without_first_mention(text)
    assert time.process_time() - began < 0.2
