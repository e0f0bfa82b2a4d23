"""What one conversation leaves behind in the tables, on both databases."""

from __future__ import annotations

from sqlalchemy import select

from storage.audit import AuditRow
from storage.complaints import Complaint
from storage.messages import InboxRow, OutboxRow
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def test_a_complaint_its_acknowledgement_and_its_story_are_kept_together(world_on_both: World) -> None:
    world = world_on_both
    wang, li = world.resident("3-2-501 王阿姨"), world.staff("李主任")

    heard = await wang.says(LAMP, in_group=GROUP)
    assert "SQ261125-01" in heard[0]
    assert "已受理SQ261125-01" in (await li.commands("受理 SQ261125-01"))[0]
    assert "SQ261125-01（楼道灯）社区已经受理" in world.heard_in_group()[-1]

    async with world.assistant.database.reading() as db:
        said = list(await db.scalars(select(InboxRow).order_by(InboxRow.id)))
        cases = list(await db.scalars(select(Complaint)))
        steps = list(await db.scalars(select(AuditRow).order_by(AuditRow.id)))
        left = list(await db.scalars(select(OutboxRow).order_by(OutboxRow.id)))
    assert [row.text for row in said] == [LAMP, "受理 SQ261125-01"]
    assert [(case.number, case.state, case.original) for case in cases] == [("SQ261125-01", "accepted", LAMP)]
    assert [(step.actor, step.verb) for step in steps] == [
        ("resident", "complaints.file"),
        ("admin", "complaints.accept"),
    ]
    assert [(row.kind, row.state) for row in left] == [("reply", "sent"), ("reply", "sent"), ("notice", "sent")]
    assert left[0].inbox_id == said[0].id


async def test_ordinary_chatter_leaves_no_row(world_on_both: World) -> None:
    ma = world_on_both.resident("马姐")
    assert await ma.says("今天的白菜真便宜", in_group=GROUP) == []
    async with world_on_both.assistant.database.reading() as db:
        assert (await db.scalars(select(InboxRow))).all() == []


async def test_the_same_message_twice_acts_once(world_on_both: World) -> None:
    wang = world_on_both.resident("3-2-501 王阿姨")
    await wang.says(LAMP, in_group=GROUP, id="m1")
    await wang.says(LAMP, in_group=GROUP, id="m1")
    async with world_on_both.assistant.database.reading() as db:
        assert len((await db.scalars(select(Complaint))).all()) == 1
    assert len(world_on_both.heard_in_group()) == 1
