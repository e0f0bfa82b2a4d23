"""What has happened already when somebody opens the demo."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import select

from bot.channels.cast import load_cast
from bot.cli.demo import seed
from bot.settings import Settings, load_settings
from scheduler.clock import SystemClock
from storage import broadcasts, case_lists, policy, questions, sessions
from storage.activities import ActivityRow
from storage.database import Database
from storage.messages import InboxRow
from storage.policy import State
from storage.questions import Asking
from storage.receipts import Receipt
from storage.secrets import load_vault
from storage.tasks import TaskRow
from tests.cli.command import PROJECT


def test_there_are_cases_an_answer_and_a_question_that_waits(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'demo.db'}", tmp_path / "demo.key"
    settings = load_settings(PROJECT / "config.yaml")
    facts = settings.database.model_copy(update={"url": url, "key_file": key})
    settings = settings.model_copy(update={"database": facts})
    asyncio.run(_seeded_and_seen(settings))


async def _seeded_and_seen(settings: Settings) -> None:
    await seed(settings, load_cast(settings))
    community, facts = settings.community.id, settings.database
    now = SystemClock(settings.community.zone).now()
    database = Database(facts.url, load_vault(facts.key_file, create=False))
    try:
        async with database.reading() as db:
            cases = await case_lists.everything(db, community, 0)
            [waiting] = await questions.open_ones(db, community)
            outcomes = list(await db.scalars(select(Asking.outcome).order_by(Asking.id)))
            states = set(await db.scalars(select(InboxRow.state)))
            entries = await policy.changed_since(db, community, 0)
            opened = await sessions.views(db, await sessions.open_ones(db, community, now), now)
            [notice] = [one for one in await broadcasts.latest(db, community, 9) if one.receipt_until]
            receipts = len(list(await db.scalars(select(Receipt).where(Receipt.broadcast_id == notice.id))))
            ledger = len(list(await db.scalars(select(ActivityRow))))
            tasks = list(await db.scalars(select(TaskRow)))
    finally:
        await database.close()
    assert len(cases) == 5
    assert (waiting.number, waiting.text, waiting.asked) == (1, "小区里飞无人机要不要报备", 2)
    assert outcomes == ["answered", "handed_over", "handed_over"]
    assert states == {"done"}
    assert {entry.state for entry in entries} == {State.IN_FORCE}
    assert len(entries) >= 60
    lecture, testing = opened
    assert (lecture.plan.title, lecture.plan.starts_at.weekday(), lecture.taken, lecture.plan.capacity) == (
        "健康讲座",
        5,
        5,
        20,
    )
    assert len(lecture.groups) == 2
    assert [batch.buildings[0] for batch in testing.plan.batches] == ["3", "7"]
    assert (receipts, ledger, len(tasks)) == (3, 2, 1)
