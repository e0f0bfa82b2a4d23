"""Entries of our own for tests: a residence certificate and what lies around it, put in as `linli policy import` puts them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from storage import policy
from storage.database import Database
from storage.policy import Policy
from storage.policy_entry import Draft, Kind
from storage.secrets import Vault
from tests.assistants import FACTS, assembled, open_world, small_settings
from tests.databases import Shelf
from tests.resident import World

HOW = "居住证明怎么开？要带啥材料"
"""Understood as a question also where nobody is mentioned."""
UNKNOWN = "养老金资格认证在哪办？"
OTHER_WORDS = "养老金资格认证在哪里办呀？"
"""The same as UNKNOWN, in other words."""
ANSWER = "带上身份证，到社区服务站刷脸就行。"

PAPERS = "本人身份证原件和复印件，租房合同或者房产证。"
GUIDE = Draft(
    code="residence",
    title="居住证明",
    kind=Kind.GUIDE,
    category="证明",
    answer="带身份证和租房合同，到社区服务站当天就能开居住证明。",
    parts={
        "conditions": "在本社区住满半年。",
        "papers": PAPERS,
        "hours": "周一到周五上午九点到十一点半。",
        "place": "幸福里社区服务站一楼二号窗口。",
        "phone": "0531-5550166",
    },
    questions=("居住证明怎么开", "开居住证明要什么条件", "开居住证明打哪个电话"),
    source="街道便民服务手册",
    document_number="幸办〔2026〕3号",
)
RENOVATION = Draft(
    code="renovation",
    title="装修施工时间规定",
    category="居家",
    body="工作日上午八点到十二点、下午两点到六点可以装修施工，周末和节假日不许敲墙打孔。",
    source="市噪声污染防治条例",
)
OLD_HEATING = Draft(
    code="heating-stop",
    title="供暖报停办法",
    category="居家",
    body="供暖报停要在十月十五日前申请，交百分之三十的基础费。",
    source="市供热办",
    expires_on=date(2026, 10, 31),
)
HEATING = "供暖报停怎么办？"
TWO = (
    replace(
        GUIDE, code="old-card", title="老年公交卡办理（市区）", answer="到市区公交公司办。", questions=(), parts={}
    ),
    replace(
        GUIDE, code="old-card-2", title="老年公交卡办理（县里）", answer="到县里公交公司办。", questions=(), parts={}
    ),
)
"""Nobody can tell which is meant by who asks for 老年公交卡."""
OFFICE = {"hours": "周一至周五8:30-17:00", "place": "幸福里小区1号楼东侧", "reception": "每周四下午"}
EVERYBODY = [
    *FACTS["staff"],
    {"contact": "wx_ma", "name": "马调解", "role": "mediator"},
    {"contact": "wx_wu", "name": "物业吴", "role": "property"},
    {"contact": "wx_kan", "name": "看看", "role": "viewer"},
]


async def put_in(world: World, *drafts: Draft, in_force: bool = True, origin: str = "import") -> list[Policy]:
    settings, now = world.assistant.settings, world.clock.now()
    async with world.assistant.database.transaction() as db:
        taken = await policy.put_all(
            db, settings.community.id, drafts, now, origin=origin, in_force=in_force, by="李主任" if in_force else None
        )
        return [row for row, _ in taken]


async def entry(world: World, number: int) -> Policy:
    async with world.assistant.database.reading() as db:
        found = await policy.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None, number
        return found


async def start_again(world: World) -> None:
    """Another process on the same tables, with nothing kept in memory."""
    before = world.assistant
    await before.dispatcher.settle()
    world.assistant = await assembled(before.database, world.channel, world.clock, before.settings)


@pytest.fixture
async def staffed(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """Somebody in every role, and an office with its hours."""
    url = shelf.migrated("sqlite")
    community = {**FACTS["community"], "office": OFFICE}
    world = await open_world(Database(url, vault), small_settings(staff=EVERYBODY, community=community))
    yield world
    await world.close()
    shelf.clear(url)
