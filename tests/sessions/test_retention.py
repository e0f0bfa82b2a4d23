"""What is of no more use after a session is forgotten."""

from __future__ import annotations

from storage.sign_ups import NoteCopy, SignUp
from tests.resident import GROUP, World
from tests.sessions.announced import announced, rows

NOTE = "#接龙\n周六健康讲座\n1. 3-2-501 王阿姨 2人\n2. 3-1-101 张三"


async def test_copies_of_notes_are_forgotten_thirty_days_after_their_session(world_on_both: World) -> None:
    world = world_on_both
    wang = world.resident("3-2-501 王阿姨")
    await world.connect(GROUP)
    await announced(world, "周六上午9:00-11:00社区大厅健康讲座，20人")
    await wang.says(NOTE, in_group=GROUP)
    database = world.assistant.database
    assert len(await rows(database, NoteCopy)) == 1
    await world.passes(days=32)  # of which three and a half go by until it is over
    assert len(await rows(database, NoteCopy)) == 1
    await world.passes(days=3)
    assert await rows(database, NoteCopy) == []
    assert len(await rows(database, SignUp)) == 2
