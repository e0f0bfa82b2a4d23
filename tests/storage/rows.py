"""A few rows to begin with, through the same functions that the assistant uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import accounts, complaints, messages
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Complaint
from storage.database import Database
from storage.messages import Draft, OutboxRow, Received
from tests.assistants import MORNING

COMMUNITY = "xingfu"


class ChangedMind(Exception):
    pass


@asynccontextmanager
async def rolled_back(database: Database) -> AsyncIterator[Db]:
    """A transaction that changes its mind at the end."""
    with pytest.raises(ChangedMind):  # noqa: PT012 - the block is the caller's
        async with database.transaction() as db:
            yield db
            raise ChangedMind


async def directory_of(database: Database, raw_id: str = "bot") -> Directory:
    """An account that has logged in once."""
    async with database.transaction() as db:
        directory = await accounts.open_directory(db, COMMUNITY, "simulator")
        if directory.self_raw_id is None:
            await accounts.start_epoch(db, directory, raw_id, "first login", MORNING)
    return directory


async def somebody(database: Database, directory: Directory, raw_id: str = "wx_wang", name: str = "王秀兰") -> int:
    async with database.transaction() as db:
        return await accounts.ensure_contact(db, directory, raw_id, name=name, friend=True)


async def some_group(database: Database, directory: Directory, raw_id: str = "room:3", name: str = "3号楼") -> int:
    async with database.transaction() as db:
        return await accounts.ensure_group(db, directory, raw_id, name)


def received(contact: int, message: str = "m1", *, text: str = "楼道灯坏了", **changes: Any) -> Received:
    known: dict[str, Any] = {"group": None, "at": MORNING, "received_at": MORNING, "intent": "complaints.file"}
    rest: dict[str, Any] = {"said": changes.get("text", text), "rule": None, "score": 0.9, "why": ()}
    return Received(**{"message": message, "contact": contact, "text": text, **known, **rest, **changes})


def draft(contact: int | None, text: str = "收到", kind: str = "reply", lane: int = 2, **changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "kind": kind,
        "lane": lane,
        "text": text,
        "reply_key": "tests.said",
        "group": None,
        "contact": contact,
        "mentions": (),
        "inbox": None,
        "in_reply_to": None,
        "created_at": MORNING,
        "not_before": MORNING,
        "expires_at": None,
    }
    return Draft(**{**fields, **changes})


async def queue(database: Database, directory: Directory, *drafts: Draft) -> list[OutboxRow]:
    async with database.transaction() as db:
        return await messages.enqueue(db, COMMUNITY, directory.account, drafts)


async def a_case(db: Db, directory: Directory, **changes: Any) -> Complaint:
    fields: dict[str, Any] = {
        "community": COMMUNITY,
        "account_id": directory.account,
        "group_id": None,
        "inbox_id": None,
        "source": "group",
        "state": "filed",
        "urgency": "P2",
        "category": "公共设施",
        "subcategory": "楼道灯",
        "building": "3",
        "unit": "2",
        "room": "501",
        "place": None,
        "wording": "楼道灯坏了",
        "original": "我是王秀兰，3号楼2单元楼道灯坏了",
        "context": [],
        "phone": "13800001234",
        "anonymous": False,
        "said_at": MORNING,
        "filed_at": MORNING,
        "due_by": MORNING + timedelta(days=7),
    }
    return await complaints.add(db, Complaint(**{**fields, **changes}))


def later(**time: float) -> datetime:
    return MORNING + timedelta(**time)
