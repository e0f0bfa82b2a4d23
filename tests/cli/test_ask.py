"""`linli ask`: what the contract promises of it, as a script would use it."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import Linli

KEYS = {"question", "answered", "reason", "answer", "hits"}
HIT = {"policy", "title", "passage", "score", "source", "effective_from", "expires_on"}
ENTRIES = [
    {
        "id": "residence",
        "title": "居住证明",
        "body": "办理居住证明要带本人身份证和租房合同，到社区服务站开，当天就能办好。",
        "source": "便民服务手册",
        "effective_from": "2020-01-01",
        "expires_on": "2099-12-31",
    },
    {
        "id": "heating",
        "title": "供暖报停办法",
        "body": "供暖报停要在十月十五日以前申请，交百分之三十的基础费。",
        "source": "市供热办",
        "expires_on": "2021-03-31",
    },
    {"id": "renovation", "title": "装修施工时间规定", "body": "工作日上午八点到十二点可以装修施工，周末不许施工。"},
]


@pytest.fixture
def filled(linli: Linli) -> Linli:
    linli.write("entries.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in ENTRIES))
    assert linli("migrate").code == 0
    assert linli("policy", "import", "entries.jsonl").code == 0
    return linli


def test_an_answer_with_what_was_found(filled: Linli) -> None:
    ran = filled.anew("ask", "办理居住证明要带什么？")
    assert ran.code == 0
    [line] = ran.lines
    assert set(line) == KEYS
    assert (line["question"], line["answered"], line["reason"]) == ("办理居住证明要带什么？", True, "answered")
    assert "身份证和租房合同" in line["answer"]
    assert len(line["answer"]) <= 120
    assert all(set(hit) == HIT for hit in line["hits"])
    first = line["hits"][0]
    assert (first["policy"], first["title"], first["source"]) == ("residence", "居住证明", "便民服务手册")
    assert (first["effective_from"], first["expires_on"]) == ("2020-01-01", "2099-12-31")
    assert "身份证" in first["passage"]
    scores = [hit["score"] for hit in line["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert "\\u" not in ran.out
    [expired] = filled("ask", "供暖报停怎么申请").lines
    assert (expired["answered"], expired["reason"], expired["answer"]) == (False, "expired", None)
    assert expired["hits"][0]["policy"] == "heating"


def test_a_file_of_questions_gives_a_line_each_in_their_order(filled: Linli) -> None:
    questions = [
        "办理居住证明要带什么？",
        "",
        "   ",
        "火星居留许可怎么申请",
        '" * NEAR( ^ AND OR NOT title:x~2',
        "。。。？？！",
        "装修施工" * 1250,
        "老人发烧吃什么药",
    ]
    (filled.folder / "questions.txt").write_bytes(
        "\ufeff".encode() + "\r\n".join(questions).encode() + b"\n\xff\xfe\xe5\xb1\xe4\xbd\n"
    )
    ran = filled("ask", "--batch", "questions.txt", "--top", "2")
    assert ran.code == 0
    lines = ran.lines
    assert [line["question"] for line in lines[:6]] == [one for one in questions if one.strip()]
    assert len(lines) == 7  # and one of bytes that are no text
    assert all(set(line) == KEYS and len(line["hits"]) <= 2 for line in lines)
    answered, mars, operators, dots, long, medical, _ = lines
    assert answered["answered"]
    for line in (mars, operators, dots, medical):
        assert (line["answered"], line["answer"]) == (False, None)
    assert mars["reason"] == "unknown"
    assert dots["hits"] == []
    assert medical["reason"] == "medical"
    assert long["hits"][0]["policy"] == "renovation"
    assert "Traceback" not in ran.err


def test_typed_wrongly(linli: Linli) -> None:
    for arguments in (
        ["ask"],
        ["ask", "问题", "--batch", "x.txt"],
        ["ask", "--top", "0", "问题"],
        ["ask", "--top", "许多", "问"],
    ):
        ran = linli(*arguments)
        assert ran.code == 2, arguments
        assert ran.out == ""


def test_what_is_not_there_is_said_in_one_line(linli: Linli) -> None:
    ran = linli("ask", "居住证明怎么开")
    assert ran.code == 1
    assert "migrate" in ran.complaint
    linli("migrate")
    ran = linli("--db", "sqlite:///none.db", "ask", "居住证明怎么开")
    assert ran.code == 1
    assert "migrate" in ran.complaint
    ran = linli("ask", "--batch", "missing.txt")
    assert ran.code == 1
    assert "missing.txt" in ran.complaint
    ran = linli("ask", "居住证明怎么开")  # an empty knowledge base is no fault
    assert ran.code == 0
    assert (ran.lines[0]["answered"], ran.lines[0]["hits"]) == (False, [])


def test_what_nobody_confirmed_is_not_answered(filled: Linli) -> None:
    """The starter set lies there after `run` or `migrate`, and waits."""
    [line] = filled("ask", "办理老年人优待证要什么材料").lines
    assert not line["answered"]
    assert {hit["policy"] for hit in line["hits"]} <= {"residence", "heating", "renovation"}
