"""Taking over who is in which group, thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage import accounts
from storage.accounts import Account, Contact, Directory, Group, Membership
from storage.base import Base, Db

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A group as the channel shows it now; members are (raw contact id, name, alias in the group, is a friend)."""

    group: str
    name: str
    members: Sequence[tuple[str, str, str, bool]]


async def take_over(db: Db, directory: Directory, seen: Sequence[Seen], friends: Sequence[tuple[str, str]]) -> None:
    """Add what is new, take over changed names, drop memberships that ended, and load the directory afresh."""
    people = {raw: (name, friend) for group in seen for raw, name, _, friend in group.members}
    people |= {raw: (name, True) for raw, name in friends}
    here = {"community": directory.community, "account_id": directory.account, "epoch": directory.epoch}
    await _insert_all(
        db,
        Contact,
        [
            {**here, "raw_id": raw, "name": name, "friend": friend, "muted": False}
            for raw, (name, friend) in people.items()
            if directory.contact(raw) is None
        ],
    )
    await _insert_all(db, Group, [{**here, "raw_id": group.group, "name": group.name} for group in seen])
    account = (await db.scalars(select(Account).where(Account.id == directory.account))).one()
    await accounts.load(db, directory, account)
    for group in seen:
        await _take_over_members(db, directory, group)
    for raw, (name, friend) in people.items():
        await accounts.ensure_contact(db, directory, raw, name=name, friend=friend or None)
    await db.flush()
    await accounts.load(db, directory, account)


async def _take_over_members(db: Db, directory: Directory, seen: Seen) -> None:
    group = await accounts.ensure_group(db, directory, seen.group, seen.name)
    aliases = {directory.contact(raw): alias for raw, _, alias, _ in seen.members}
    known = directory.members(group)
    await _insert_all(
        db,
        Membership,
        [
            {"community": directory.community, "group_id": group, "contact_id": contact, "alias": alias}
            for contact, alias in aliases.items()
            if contact is not None and contact not in known
        ],
    )
    for contact, alias in aliases.items():
        if contact in known and directory.alias(group, contact) != alias:
            await db.execute(
                update(Membership)
                .where(Membership.group_id == group, Membership.contact_id == contact)
                .values(alias=alias)
            )
    gone = known - set(aliases)
    if gone and aliases:
        await db.execute(delete(Membership).where(Membership.group_id == group, Membership.contact_id.in_(gone)))


async def _insert_all(db: Db, table: type[Base], rows: Sequence[dict[str, object]]) -> None:
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    for start in range(0, len(rows), _AT_ONCE):
        await db.execute(insert(table).on_conflict_do_nothing(), rows[start : start + _AT_ONCE])
