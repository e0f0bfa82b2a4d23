"""Broadcasts: a number, a row a group, and the outbox as the truth about each; on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage import accounts, attachments, broadcasts, messages, receipts
from storage.accounts import Directory
from storage.base import Db
from storage.broadcasts import Broadcast, Fate, State
from storage.database import Database
from storage.messages import OutboxRow, SendState
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, draft, later, some_group, somebody


@pytest.fixture
async def groups(database: Database, directory: Directory) -> list[int]:
    return [await some_group(database, directory, f"room:{number}", f"{number}号楼") for number in range(1, 5)]


@pytest.fixture
async def li(database: Database, directory: Directory) -> int:
    return await somebody(database, directory, "wx_li", "李主任")


async def opened(
    db: Db, groups: list[int], li: int, *, state: State = State.RUNNING, receipt: bool = False, **changes: str
) -> Broadcast:
    return await broadcasts.open_one(
        db,
        COMMUNITY,
        day="261125",
        text="明天停水",
        groups=groups,
        kind="notice",
        about=changes.get("about"),
        attachment=None,
        state=state,
        by=(li, "李主任"),
        expires_at=None,
        receipt_until=later(days=7) if receipt else None,
        now=MORNING,
    )


async def enqueued(db: Db, directory: Directory, broadcast: Broadcast, groups: list[int]) -> list[OutboxRow]:
    drafts = [draft(None, "明天停水", "notice", 4, group=group) for group in groups]
    rows = await messages.enqueue(db, COMMUNITY, directory.account, drafts)
    await broadcasts.link(db, broadcast.id, {row.group_id or 0: row.id for row in rows})
    return rows


async def fates(db: Db, broadcast: Broadcast) -> list[Fate]:
    await db.flush()
    return [one.fate for one in await broadcasts.fates(db, broadcast)]


async def test_numbers_run_by_the_day(database: Database, groups: list[int], li: int) -> None:
    async with database.transaction() as db:
        numbers = [(await opened(db, groups, li)).number for _ in range(3)]
    assert numbers == ["TZ261125-01", "TZ261125-02", "TZ261125-03"]


async def test_many_at_once_take_different_numbers(database: Database, groups: list[int], li: int) -> None:
    async def one() -> str:
        async with database.transaction() as db:
            return (await opened(db, groups, li)).number

    assert len(set(await asyncio.gather(*(one() for _ in range(10))))) == 10


async def test_the_outbox_is_the_truth(database: Database, directory: Directory, groups: list[int], li: int) -> None:
    async with database.transaction() as db:
        broadcast = await opened(db, groups, li)
        rows = await enqueued(db, directory, broadcast, groups)
        assert await fates(db, broadcast) == [Fate.WAITING] * 4
        states = (SendState.SENT, SendState.FAILED, SendState.UNKNOWN, SendState.EXPIRED)
        for row, state in zip(rows, states, strict=True):
            row.state = state
        assert await fates(db, broadcast) == [Fate.SENT, Fate.FAILED, Fate.UNCERTAIN, Fate.EXPIRED]


async def test_a_proposal_has_no_rows_yet(database: Database, groups: list[int], li: int) -> None:
    async with database.transaction() as db:
        broadcast = await opened(db, groups, li, state=State.PROPOSED)
        assert await fates(db, broadcast) == [Fate.WAITING] * 4
        broadcast.state = State.DROPPED
        assert await fates(db, broadcast) == [Fate.CALLED_OFF] * 4


async def test_held_released_and_called_off(
    database: Database, directory: Directory, groups: list[int], li: int
) -> None:
    async with database.transaction() as db:
        broadcast, other = await opened(db, groups, li), await opened(db, groups, li)
        rows = await enqueued(db, directory, broadcast, groups)
        await enqueued(db, directory, other, groups)
        rows[0].state, rows[1].state = SendState.SENT, SendState.SENDING
        await db.flush()
        assert await broadcasts.hold(db, broadcast.id) == 2
        assert await fates(db, broadcast) == [Fate.SENT, Fate.WAITING, Fate.HELD, Fate.HELD]
        ready = await messages.next_to_send(db, directory.account, MORNING, ["notice"])
        assert ready is not None
        assert ready.id not in {row.id for row in rows}
        assert await broadcasts.release(db, broadcast.id) == 2
        assert await broadcasts.hold(db, broadcast.id) == 2
        assert await broadcasts.call_off(db, broadcast.id) == 2
        assert await broadcasts.release(db, broadcast.id) == 0
        assert await fates(db, broadcast) == [Fate.SENT, Fate.WAITING, Fate.CALLED_OFF, Fate.CALLED_OFF]
        assert await fates(db, other) == [Fate.WAITING] * 4


async def test_the_last_try_counts(database: Database, directory: Directory, groups: list[int], li: int) -> None:
    async with database.transaction() as db:
        broadcast = await opened(db, groups[:1], li)
        [first] = await enqueued(db, directory, broadcast, groups[:1])
        first.state = SendState.FAILED
        [second] = await enqueued(db, directory, broadcast, groups[:1])
        second.state = SendState.SENT
        await db.flush()
        kept = await attachments.keep(db, COMMUNITY, name="海报.jpg", content=b"jpeg", now=MORNING)
        tried = draft(None, "海报.jpg", "notice", 4, group=groups[0], attachment=kept, follows=second.id)
        files = await messages.enqueue(db, COMMUNITY, directory.account, [tried, tried])
        files[0].state = SendState.FAILED
        [told] = await broadcasts.fates(db, broadcast)
        assert (told.fate, told.only_file, told.words) == (Fate.WAITING, True, second.id)


async def test_what_is_forgotten_of_the_outbox_is_said_to_be(
    database: Database, directory: Directory, groups: list[int], li: int
) -> None:
    """Retention deletes rows of the outbox: the broadcast stays, and does not claim to know."""
    async with database.transaction() as db:
        broadcast = await opened(db, groups, li)
        for row in await enqueued(db, directory, broadcast, groups):
            row.state = SendState.SENT
    async with database.transaction() as db:
        await messages.forget_messages(db, MORNING + timedelta(days=200))
    async with database.transaction() as db:
        broadcast = (await db.scalars(select(Broadcast))).one()
        assert await fates(db, broadcast) == [Fate.FORGOTTEN] * 4


async def test_of_one_thing(database: Database, groups: list[int], li: int) -> None:
    async with database.transaction() as db:
        first = await opened(db, groups, li, about="session:1")
        await opened(db, groups, li, about="session:2")
        ended = await opened(db, groups, li, about="session:1")
        ended.state = State.CALLED_OFF
        await db.flush()
        assert [one.id for one in await broadcasts.telling_of(db, COMMUNITY, "session:1")] == [first.id]


async def test_people_are_counted_once(database: Database, directory: Directory, groups: list[int]) -> None:
    wang, shu = await somebody(database, directory, "w1"), await somebody(database, directory, "w2", "李叔")
    async with database.transaction() as db:
        for group, contact in ((groups[0], wang), (groups[0], shu), (groups[1], wang)):
            await accounts.ensure_member(db, directory, group, contact, "")
    async with database.reading() as db:
        assert await broadcasts.people_in(db, groups[:3]) == ({groups[0]: 2, groups[1]: 1}, 2)


class TestReceipts:
    async def test_once_a_person_under_any_concurrency(
        self, database: Database, directory: Directory, groups: list[int], li: int
    ) -> None:
        async with database.transaction() as db:
            broadcast = await opened(db, groups, li, receipt=True)

        async def says() -> bool:
            async with database.transaction() as db:
                return await receipts.note(db, broadcast, group=groups[0], contact=li, at=MORNING)

        assert sorted(await asyncio.gather(*(says() for _ in range(6)))) == [False] * 5 + [True]
        async with database.reading() as db:
            assert await receipts.of(db, broadcast.id) == {groups[0]: [li]}

    async def test_of_what_has_come_and_is_not_answered_yet(
        self, database: Database, directory: Directory, groups: list[int], li: int
    ) -> None:
        async with database.transaction() as db:
            broadcast = await opened(db, groups[:2], li, receipt=True)
            silent = await opened(db, groups[:2], li)
            rows = await enqueued(db, directory, broadcast, groups[:2])
            await enqueued(db, directory, silent, groups[:2])
            assert await receipts.open_in(db, COMMUNITY, MORNING) == dict.fromkeys(groups[:2], later(days=7))
            assert await receipts.awaited(db, groups[0], li, MORNING) == []
            sent = update(OutboxRow).where(OutboxRow.id == rows[0].id)
            await db.execute(sent.values(state=SendState.SENT, attempted_at=MORNING))
            assert await receipts.awaited(db, groups[0], li, MORNING) == [broadcast]
            assert await receipts.awaited(db, groups[1], li, MORNING) == []
            assert await receipts.awaited(db, groups[0], li, later(days=8)) == []
            await receipts.note(db, broadcast, group=groups[0], contact=li, at=MORNING)
            assert await receipts.awaited(db, groups[0], li, MORNING) == []
        async with database.reading() as db:
            assert await receipts.open_in(db, COMMUNITY, later(days=8)) == {}
