"""A ledger that an older version wrote is whole after the step to today's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from alembic import command
from sqlalchemy import Connection, text

from storage import case_lists, complaints, messages, reporters, schema
from storage.database import Database
from storage.secrets import Vault

AT = "2026-11-25 02:00:00+00:00"
ROWS = (
    "INSERT INTO accounts (id, community, channel, epoch) VALUES (1, 'xingfu', 'simulator', 1)",
    "INSERT INTO contacts (id, community, account_id, epoch, raw_id, name, friend, muted)"
    " VALUES (1, 'xingfu', 1, 1, 'wx_a', :sealed, :no, :no)",
    "INSERT INTO groups (id, community, account_id, epoch, raw_id, name) VALUES (1, 'xingfu', 1, 1, 'room', 'g')",
    "INSERT INTO complaints (id, community, number, account_id, group_id, source, state, urgency, category, subcategory,"
    " building, wording, original, context, anonymous, said_at, filed_at, accepted_at) VALUES (1, 'xingfu', 'SQ261125-01',"
    " 1, 1, 'group', 'accepted', 'P2', '公共设施', '楼道灯', '3', '楼道灯坏了', :sealed, :sealed, :no, :at, :at, :at)",
    "INSERT INTO reporters (id, community, complaint_id, contact_id, at) VALUES (1, 'xingfu', 1, 1, :at)",
    "INSERT INTO outbox (id, community, account_id, contact_id, kind, lane, text, mentions, reply_key, state, attempts,"
    " created_at, not_before) VALUES (1, 'xingfu', 1, 1, 'reply', 2, :sealed, :sealed, 'x', 'queued', 0, :at, :at)",
)


@pytest.fixture
async def older(empty_url: str, vault: Vault) -> AsyncIterator[Database]:
    """A database at step 0001, with one case in it."""
    database = Database(empty_url, vault)

    def upgrade(connection: Connection) -> None:
        command.upgrade(schema.configuration(connection), "0001")

    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
        for statement in ROWS:
            kind = "" if database.is_sqlite else "::timestamptz"
            words = statement.replace(":at", f"'{AT}'{kind}") if not database.is_sqlite else statement
            values = {"sealed": b"", "no": False, "at": AT[:19]}
            await connection.execute(text(words), {key: values[key] for key in values if f":{key}" in words})
    yield database
    await database.close()


async def test_cases_and_reporters_of_the_first_version_are_whole(older: Database) -> None:
    assert await schema.ensure(older)
    async with older.engine.connect() as connection:
        case = (await connection.execute(text("SELECT * FROM complaints"))).mappings().one()
        reporter = (await connection.execute(text("SELECT * FROM reporters"))).mappings().one()
    assert (case["number"], case["state"], case["paused_s"], case["reopened"]) == ("SQ261125-01", "accepted", 0, 0)
    assert case["searched"].split("\n") == ["楼道灯坏了", "", "公共设施", "楼道灯", "3"]
    assert case["last_report_at"] == case["filed_at"]
    assert case["contacted_at"] == case["accepted_at"]
    assert (reporter["group_id"], reporter["channel"], reporter["asked_times"]) == (1, "group", 0)
    async with older.reading() as db:
        assert await case_lists.totals(db, "xingfu") == (1, 1)
        assert await reporters.count(db, 1) == 1
        assert await complaints.next_case_number(db, "xingfu", "261126") == "SQ261126-01"
        assert await messages.next_moment(db, 1, ["reply"]) is not None  # what waited to be sent still has its turn
