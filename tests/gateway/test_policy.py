"""Questions of rules on a real gateway: asked, chosen by a digit, expired, unknown, answered by staff with a quote, told, asked
again; and an entry that the command line brings while the program runs.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import Assistant
from storage import policy
from storage.database import Database
from storage.policy_entry import Draft, Kind
from storage.questions import Asking, Question
from storage.secrets import Vault
from tests.assistants import FACTS, ZONE
from tests.cli.command import Linli
from tests.databases import KEY, Shelf
from tests.gateway.fixtures import OwnGateway
from tests.gateway.rig import LI, ROOM, WANG, Gateway
from tests.gateway.serving import STAFF, heard, left, serving
from tests.gateway.test_conversation import WITH_STAFF

RULE = "- - - - - - - - - - - - - - -"
"""Between what is quoted and what is said, as the gateway gives a quote."""
RESIDENCE = Draft(
    code="residence",
    title="居住证明",
    kind=Kind.GUIDE,
    category="证明",
    answer="带身份证和租房合同，到社区服务站当天就能开居住证明。",
    parts={"papers": "本人身份证原件和复印件，租房合同或者房产证。", "come": "周一到周五上午来，不用预约。"},
    questions=("居住证明怎么开",),
    source="街道便民服务手册",
    document_number="幸办〔2026〕3号",
)
CARD = replace(
    RESIDENCE, code="card", title="老年公交卡办理（市区）", answer="到市区公交公司办。", questions=(), parts={}
)
ENTRIES = (
    RESIDENCE,
    CARD,
    replace(CARD, code="card-2", title="老年公交卡办理（县里）", answer="到县里公交公司办。"),
    Draft(
        code="heating-stop",
        title="供暖报停办法",
        category="居家",
        body="供暖报停要在十月十五日前申请，交百分之三十的基础费。",
        source="市供热办",
        expires_on=date(2025, 10, 31),
    ),
)
ASKED = "@小助手 养老金资格认证在哪办？"
ANSWER = "带身份证到社区一楼，手机上刷脸也行，电话0531-5550123。"
ALLOWANCE = {
    "id": "allowance",
    "title": "高龄津贴",
    "body": "年满八十岁的老人可以申请高龄津贴，带户口本到社区服务站登记。",
    "source": "市民政局",
}


@pytest.fixture
def sqlite_url(shelf: Shelf) -> str:
    return shelf.migrated("sqlite")


@asynccontextmanager
async def knowing(gateway: Gateway, url: str) -> AsyncIterator[Assistant]:
    """With entries that were there before the start."""
    database = Database(url, Vault(KEY))
    try:
        async with database.transaction() as db:
            for draft in ENTRIES:
                community = FACTS["community"]["id"]
                await policy.put(db, community, draft, datetime.now(ZONE), origin="import", in_force=True, by="周主任")
    finally:
        await database.close()
    async with serving(gateway, url) as assistant:
        yield assistant


async def asks(gateway: Gateway, who: str, text: str, answer: str, *, privately: bool = False) -> str:
    gateway.say(who, text, room=None if privately else ROOM)
    return await heard(gateway, who if privately else ROOM, answer)


def quoting(name: str, text: str) -> str:
    return f"「{name}：{ASKED}」\n{RULE}\n{text}"


def _mentions(gateway: Gateway, text: str) -> list[str]:
    [found] = [one for one in gateway.records if one["ev"] == "sent" and one.get("text") == text]
    return list(found["mentions"])


async def test_asked_chosen_by_a_digit_all_of_it_and_expired(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with knowing(gateway, sqlite_url):
        said = await asks(gateway, WANG, "居住证明怎么开？要带啥材料", "身份证")
        assert said.startswith("@王阿姨 ")
        assert "本人身份证原件和复印件" in said
        assert "来源：街道便民服务手册，幸办〔2026〕3号，截至" in said
        assert _mentions(gateway, said) == [WANG]
        gateway.say(WANG, "1", room=ROOM)
        whole = await heard(gateway, WANG, "【怎么来】")
        assert "带身份证和租房合同" in whole
        offered = await asks(gateway, LI, "@小助手 老年公交卡怎么办理", "您问的是哪一个")
        titles = {line[:1]: line for line in offered.splitlines()}
        county = next(digit for digit, line in titles.items() if "县里" in line)
        await asks(gateway, LI, county, "到县里公交公司办。")
        expired = await asks(gateway, LI, "@小助手 供暖报停怎么办", "已到期")
        assert "2025年10月31日" in expired
        assert "基础费" not in expired
        assert "【问题1】" in await heard(gateway, STAFF, "供暖报停怎么办")
        assert len(left(gateway, ROOM)) == 4


async def test_unknown_then_answered_by_a_quote_told_and_asked_again(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with knowing(gateway, sqlite_url) as assistant:
        unknown = await asks(gateway, WANG, ASKED, "（问题1）")
        assert "不敢乱说" in unknown
        assert "0531-5550100" in unknown
        await heard(gateway, STAFF, "【问题1】")
        await asks(gateway, LI, "养老金资格认证去哪办？", "（问题1）", privately=True)
        gateway.say(STAFF, quoting("3-2-502 王阿姨", f"答：{ANSWER}"), room=ROOM)
        kept = await heard(gateway, STAFF, "记下了")
        assert "我这就告诉问过的1个人" in kept  # who asked in the group reads the answer there
        told = await heard(gateway, LI, "您问过")
        assert ANSWER in told
        async with assistant.database.reading() as db:
            [question] = await db.scalars(select(Question))
            askings = list(await db.scalars(select(Asking)))
        assert (question.state, question.asked, question.answered_by) == ("answered", 2, "周主任")
        assert all(asking.told_at is not None for asking in askings)
        again = await asks(gateway, LI, ASKED, "来源：社区答复")
        assert ANSWER in again
        assert _mentions(gateway, again) == [LI]
        assert [len([line for line in left(gateway, where) if ANSWER in line]) for where in (ROOM, LI, WANG)] == [
            1,
            1,
            0,
        ]


async def test_a_quote_under_a_name_of_the_readers_own_still_answers_the_question(
    own_gateway: OwnGateway, sqlite_url: str
) -> None:
    """A staff member who gave 王阿姨 a name of their own quotes her by it."""
    gateway = own_gateway(world=WITH_STAFF)
    async with knowing(gateway, sqlite_url) as assistant:
        await asks(gateway, WANG, ASKED, "（问题1）")
        gateway.say(STAFF, quoting("3栋王大姐", f"答：{ANSWER}"), room=ROOM)
        await heard(gateway, STAFF, "我这就告诉问过的1个人")
        told = await heard(gateway, ROOM, "您问过")
        assert _mentions(gateway, told) == [WANG]
        async with assistant.database.reading() as db:
            [question] = await db.scalars(select(Question))
        assert question.state == "answered"


async def test_what_the_command_line_brings_is_answered_at_once(
    own_gateway: OwnGateway, sqlite_url: str, tmp_path: Path
) -> None:
    gateway, linli = own_gateway(world=WITH_STAFF), Linli(tmp_path)
    linli.write("new.jsonl", json.dumps(ALLOWANCE, ensure_ascii=False) + "\n")
    key = base64.b64encode(KEY).decode()
    async with serving(gateway, sqlite_url):
        await asks(gateway, WANG, "@小助手 高龄津贴怎么申请", "（问题1）")
        command = ("--db", sqlite_url, "policy", "import", "new.jsonl")
        ran = await asyncio.to_thread(linli, *command, LINLI_KEY=key)
        assert ran.code == 0, ran.err
        said = await asks(gateway, LI, "@小助手 高龄津贴怎么申请", "来源：市民政局")
        assert "年满八十岁的老人可以申请高龄津贴" in said
