"""Inbox and outbox: one row a message, the urgent first, and what is old is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from storage import messages, photos
from storage.accounts import Directory
from storage.database import Database
from storage.messages import InboxRow, OutboxRow, SendState
from storage.photos import Photo
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, a_case, draft, later, queue, received, some_group, somebody

ALL = ("alert", "reply", "reminder", "notice")


async def receive(database: Database, directory: Directory, **row: Any) -> int | None:
    contact = await somebody(database, directory)
    async with database.transaction() as db:
        return await messages.receive(db, COMMUNITY, directory.account, received(contact, **row))


async def test_a_message_is_received_once(database: Database, directory: Directory) -> None:
    assert await receive(database, directory, message="m1") is not None
    assert await receive(database, directory, message="m1", text="something else") is None
    assert await receive(database, directory, message="m2") is not None


async def test_of_a_message_delivered_twice_at_once_one_delivery_acts(
    database: Database, other: Database, directory: Directory
) -> None:
    await somebody(database, directory)
    found = await asyncio.gather(receive(database, directory), receive(other, directory))
    assert sorted(identity is None for identity in found) == [False, True]


@pytest.mark.parametrize(
    ("changes", "repeated"),
    [
        ({}, True),
        ({"at": later(seconds=5)}, True),
        ({"at": later(seconds=-5)}, True),
        ({"at": later(seconds=6)}, False),
        ({"text": "楼道灯又坏了"}, False),
    ],
    ids=["at once", "five seconds later", "out of order", "six seconds later", "other words"],
)
async def test_the_same_words_under_a_new_id_are_known_again(
    database: Database, directory: Directory, changes: dict[str, Any], repeated: bool
) -> None:
    wang = await somebody(database, directory)
    assert await receive(database, directory, message="m1") is not None
    inbox = await receive(database, directory, message="m2", **changes)
    async with database.reading() as db:
        again = received(wang, "m2", **changes)
        twin = await messages.said_just_before(db, again, inbox or 0, timedelta(seconds=5))
        assert (twin is not None) is repeated


async def test_the_same_words_elsewhere_or_of_somebody_else_are_no_repetition(
    database: Database, directory: Directory
) -> None:
    wang, li = await somebody(database, directory), await somebody(database, directory, "wx_li", "李")
    group = await some_group(database, directory)
    await receive(database, directory, message="m1")
    async with database.reading() as db:
        for row in (received(li, "m2"), received(wang, "m3", group=group)):
            assert not await messages.said_just_before(db, row, 0, timedelta(seconds=5))


async def test_the_most_urgent_lane_goes_first_and_within_it_who_came_first(
    database: Database, directory: Directory
) -> None:
    wang = await somebody(database, directory)
    kinds = [("notice", 4), ("reply", 2), ("reminder", 3), ("reply", 2), ("alert", 1), ("reply", 1)]
    await queue(
        database, directory, *(draft(wang, f"{kind} {at}", kind, lane) for at, (kind, lane) in enumerate(kinds))
    )
    left = []
    while True:
        async with database.transaction() as db:
            row = await messages.next_to_send(db, directory.account, MORNING, ALL)
            if row is None:
                break
            row.state = SendState.SENT
            left.append(row.text)
    assert left == ["alert 4", "reply 5", "reply 1", "reply 3", "reminder 2", "notice 0"]


async def test_what_may_not_go_yet_is_passed_over(database: Database, directory: Directory) -> None:
    wang = await somebody(database, directory)
    await queue(database, directory, draft(wang, "later", not_before=later(minutes=1)), draft(wang, "now", lane=4))
    async with database.reading() as db:
        row = await messages.next_to_send(db, directory.account, MORNING, ALL)
        assert row is not None
        assert row.text == "now"
        assert await messages.next_moment(db, directory.account, ["reply"]) == MORNING


async def test_what_is_too_late_is_marked_and_never_sent(database: Database, directory: Directory) -> None:
    wang = await somebody(database, directory)
    await queue(database, directory, draft(wang, "late", expires_at=later(minutes=30)), draft(wang, "never"))
    async with database.transaction() as db:
        late = await messages.expire(db, directory.account, later(minutes=30))
    assert [row.text for row in late] == ["late"]
    async with database.reading() as db:
        row = await messages.next_to_send(db, directory.account, later(minutes=30), ALL)
    assert row is not None
    assert row.text == "never"


async def test_a_row_has_exactly_one_target(database: Database, directory: Directory) -> None:
    wang, group = await somebody(database, directory), await some_group(database, directory)
    for nobody_or_both in (draft(None), draft(wang, group=group)):
        with pytest.raises(IntegrityError):
            await queue(database, directory, nobody_or_both)


async def test_why_a_message_was_answered_can_be_told(database: Database, directory: Directory) -> None:
    group = await some_group(database, directory)
    why = ("rule:a.rule", "+0.2 place")
    inbox = await receive(database, directory, message="m1", group=group, rule="a.rule", why=why)
    async with database.reading() as db:
        trace = await messages.trace_of(db, directory.account, "m1")
        by_text = await messages.traces_of_text(db, group, 0, "楼道灯坏了")
        assert await messages.trace_of(db, directory.account, "m9") is None
        assert await messages.traces_of_text(db, group, 0, "楼道灯又坏了") == []
        assert await messages.traces_of_text(db, group + 1, 0, "楼道灯坏了") == []
    assert trace is not None
    assert (trace.inbox, trace.rule, trace.why) == (inbox, "a.rule", why)
    assert by_text == [trace]


async def test_what_is_old_is_forgotten_but_not_what_is_still_to_be_sent(
    database: Database, directory: Directory
) -> None:
    wang = await somebody(database, directory)
    inbox = await receive(database, directory, message="old")
    await receive(database, directory, message="new", received_at=later(days=200))
    states = list(SendState)
    await queue(database, directory, *(draft(wang, f"old {state}", inbox=inbox) for state in states))
    async with database.transaction() as db:
        for state in states:
            row_of = OutboxRow.reply_key == "tests.said"
            ids = list(await db.scalars(select(OutboxRow.id).where(row_of).order_by(OutboxRow.id)))
            await db.execute(update(OutboxRow).where(OutboxRow.id == ids[states.index(state)]).values(state=state))
    async with database.transaction() as db:
        gone = await messages.forget_messages(db, later(days=180))
    assert gone == (1, 4)
    async with database.reading() as db:
        assert list(await db.scalars(select(InboxRow.message))) == ["new"]
        left = {row.state: row.inbox_id for row in await db.scalars(select(OutboxRow))}
    assert left == {"queued": None, "held": None, "sending": None}


async def test_a_case_outlives_the_message_it_came_from(database: Database, directory: Directory) -> None:
    inbox = await receive(database, directory)
    async with database.transaction() as db:
        case = await a_case(db, directory, inbox_id=inbox)
    async with database.transaction() as db:
        await messages.forget_messages(db, later(days=180))
    async with database.reading() as db:
        kept = await db.get(type(case), case.id)
        assert kept is not None
        assert (kept.inbox_id, kept.original) == (None, "我是王秀兰，3号楼2单元楼道灯坏了")


async def test_the_picture_of_a_case_outlives_its_message_and_one_without_a_case_does_not(
    database: Database, directory: Directory
) -> None:
    with_case, alone = (
        await receive(database, directory, message="m1"),
        await receive(database, directory, message="m2"),
    )
    async with database.transaction() as db:
        case = await a_case(db, directory)
        for inbox, complaint in ((with_case, case.id), (alone, None)):
            await photos.keep(db, COMMUNITY, inbox=inbox or 0, content=b"jpeg", complaint=complaint, now=MORNING)
    async with database.transaction() as db:
        await photos.forget_homeless(db, later(days=180))
        await messages.forget_messages(db, later(days=180))
    async with database.reading() as db:
        assert [photo.complaint_id for photo in await db.scalars(select(Photo))] == [case.id]
