"""Accounts, epochs, contacts, groups, memberships, staff: the one place where a channel's raw ids stand.

Raw ids may change at every login. They are only good within one *epoch* of an account; a contact of an older epoch is
never found again by a raw id. The `Directory` holds the current epoch in memory, so that a message can be screened without I/O.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.database import after_commit
from storage.secrets import Sealed


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("community", "channel"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    epoch: Mapped[int] = mapped_column(default=0)
    raw_id: Mapped[str | None] = mapped_column(String(256))
    seen_at: Mapped[datetime | None]
    """When the channel was last known to be up: what was said after it, until the next start, was not heard."""


class Epoch(Base):
    __tablename__ = "epochs"
    __table_args__ = (UniqueConstraint("account_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]


class Contact(Base):
    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("account_id", "epoch", "raw_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    epoch: Mapped[int]
    raw_id: Mapped[str] = mapped_column(String(256))
    name: Mapped[str] = mapped_column(Sealed("contacts.name"), default="")
    friend: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[bool] = mapped_column(default=False)


class Group(Base):
    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("account_id", "epoch", "raw_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    epoch: Mapped[int]
    raw_id: Mapped[str] = mapped_column(String(256))
    name: Mapped[str] = mapped_column(String(128), default="")


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("group_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    alias: Mapped[str] = mapped_column(Sealed("memberships.alias"), default="")


class Staff(Base):
    """Who may command. Bound to a contact, by the configuration in an account's first epoch, by a code afterwards."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    name: Mapped[str] = mapped_column(Sealed("staff.name"))
    role: Mapped[str] = mapped_column(String(16))
    buildings: Mapped[list[str]]
    bound_by: Mapped[str] = mapped_column(String(16))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """Who takes over while this one is on leave, until `away_until`."""
    away_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Officer:
    """A staff member as the rest of the house knows one. `buildings` are those a grid member looks after."""

    contact: int
    name: str
    role: str
    buildings: tuple[str, ...] = ()
    bound_by: str = "config"
    cover: int | None = None
    away_until: datetime | None = None

    def is_away(self, now: datetime) -> bool:
        return self.cover is not None and self.away_until is not None and now < self.away_until


@dataclass(slots=True)
class _Known:
    id: int
    name: str
    friend: bool
    muted: bool


@dataclass(slots=True)
class Directory:
    """The current epoch of one account, in memory: raw id to internal id and back."""

    community: str
    channel: str
    account: int
    epoch: int = 0
    self_raw_id: str | None = None
    officers: dict[int, Officer] = field(default_factory=dict)
    _contacts: dict[str, _Known] = field(default_factory=dict)
    _groups: dict[str, tuple[int, str]] = field(default_factory=dict)
    _aliases: dict[tuple[int, int], str] = field(default_factory=dict)
    _raw_contacts: dict[int, str] = field(default_factory=dict)
    _raw_groups: dict[int, str] = field(default_factory=dict)

    def contact(self, raw_id: str) -> int | None:
        known = self._contacts.get(raw_id)
        return known.id if known else None

    def group(self, raw_id: str) -> int | None:
        known = self._groups.get(raw_id)
        return known[0] if known else None

    def group_name(self, group: int) -> str:
        return self._groups[self._raw_groups[group]][1] if group in self._raw_groups else ""

    def raw_contact(self, contact: int) -> str | None:
        return self._raw_contacts.get(contact)

    def raw_group(self, group: int) -> str | None:
        return self._raw_groups.get(group)

    def groups(self) -> dict[int, str]:
        return dict(self._groups.values())

    def is_muted(self, contact: int) -> bool:
        return self._of(contact).muted if contact in self._raw_contacts else False

    def is_friend(self, contact: int) -> bool:
        return self._of(contact).friend if contact in self._raw_contacts else False

    def is_member(self, contact: int, group: int) -> bool:
        return (group, contact) in self._aliases

    def on_duty(self, contact: int | None, now: datetime) -> Officer | None:
        """The officer, or whoever takes over while that one is on leave; None where it is none of the staff."""
        officer = self.officers.get(contact or 0)
        asked: set[int] = set()
        while officer is not None and officer.is_away(now) and officer.contact not in asked:
            asked.add(officer.contact)
            officer = self.officers.get(officer.cover or 0, officer)
        return officer

    def members(self, group: int) -> frozenset[int]:
        return frozenset(contact for (of, contact) in self._aliases if of == group)

    def alias(self, group: int, contact: int) -> str:
        return self._aliases.get((group, contact), "")

    def known_members(self) -> frozenset[str]:
        """Raw ids of everybody who is in any group."""
        return frozenset(self._raw_contacts[contact] for _, contact in self._aliases)

    def own_name(self, raw_id: str) -> str:
        known = self._contacts.get(raw_id)
        return known.name if known else ""

    def name_in(self, group: int | None, contact: int) -> str:
        """The nickname in that group, else the contact's own name."""
        alias = self._aliases.get((group, contact), "") if group is not None else ""
        return alias or (self._of(contact).name if contact in self._raw_contacts else "")

    def _of(self, contact: int) -> _Known:
        return self._contacts[self._raw_contacts[contact]]

    def put_contact(self, row: Contact) -> None:
        self._contacts[row.raw_id] = _Known(row.id, row.name, row.friend, row.muted)
        self._raw_contacts[row.id] = row.raw_id

    def put_group(self, row: Group) -> None:
        self._groups[row.raw_id] = (row.id, row.name)
        self._raw_groups[row.id] = row.raw_id

    def put_alias(self, group: int, contact: int, alias: str) -> None:
        self._aliases[group, contact] = alias

    def dismiss(self, contact: int) -> None:
        self.officers.pop(contact, None)

    def adopt(self, fresh: Directory) -> None:
        """Become what `fresh` is: a roster was taken over and committed."""
        for field_of in fields(Directory):
            setattr(self, field_of.name, getattr(fresh, field_of.name))

    def clear(self, epoch: int, self_raw_id: str | None) -> None:
        self.epoch, self.self_raw_id = epoch, self_raw_id
        for index in (self._contacts, self._groups, self._aliases, self._raw_contacts, self._raw_groups, self.officers):
            index.clear()


async def open_directory(db: Db, community: str, channel: str) -> Directory:
    """The directory of a community's account on a channel; the account is made where there is none yet."""
    await insert_once(db, Account, community=community, channel=channel, epoch=0)
    account = (
        await db.scalars(select(Account).where(Account.community == community, Account.channel == channel))
    ).one()
    directory = Directory(community, channel, account.id)
    await load(db, directory, account)
    return directory


async def look_up_directory(db: Db, community: str, channel: str) -> Directory | None:
    """The same for who only reads: None where there is no such account yet."""
    found = select(Account).where(Account.community == community, Account.channel == channel)
    account = (await db.scalars(found)).one_or_none()
    if account is None:
        return None
    directory = Directory(community, channel, account.id)
    await load(db, directory, account)
    return directory


async def load(db: Db, directory: Directory, account: Account) -> None:
    directory.clear(account.epoch, account.raw_id)
    here = (Contact.account_id == account.id, Contact.epoch == account.epoch)
    for contact in await db.scalars(select(Contact).where(*here)):
        directory.put_contact(contact)
    for group in await db.scalars(select(Group).where(Group.account_id == account.id, Group.epoch == account.epoch)):
        directory.put_group(group)
    joined = select(Membership).join(Contact, Contact.id == Membership.contact_id).where(*here)
    for membership in await db.scalars(joined):
        directory.put_alias(membership.group_id, membership.contact_id, membership.alias)
    for staff in await db.scalars(select(Staff).join(Contact, Contact.id == Staff.contact_id).where(*here)):
        directory.officers[staff.contact_id] = _officer(staff)


async def start_epoch(db: Db, directory: Directory, raw_id: str, reason: str, now: datetime) -> None:
    """From here on no raw id of before means anybody. Open cases stay reachable by their numbers."""
    number = directory.epoch + 1
    db.add(
        Epoch(community=directory.community, account_id=directory.account, number=number, reason=reason, started_at=now)
    )
    await db.execute(update(Account).where(Account.id == directory.account).values(epoch=number, raw_id=raw_id))
    await db.flush()
    directory.clear(number, raw_id)


async def ensure_contact(
    db: Db, directory: Directory, raw_id: str, *, name: str = "", friend: bool | None = None
) -> int:
    """The internal id of a contact of this epoch; a new name or friendship is taken over."""
    known = directory._contacts.get(raw_id)
    if known and (not name or known.name == name) and (friend is None or known.friend == friend):
        return known.id
    of_account = {"community": directory.community, "account_id": directory.account, "epoch": directory.epoch}
    await insert_once(db, Contact, **of_account, raw_id=raw_id, name=name, friend=bool(friend), muted=False)
    row = (
        await db.scalars(
            select(Contact).where(
                Contact.account_id == directory.account, Contact.epoch == directory.epoch, Contact.raw_id == raw_id
            )
        )
    ).one()
    row.name = name or row.name
    row.friend = row.friend if friend is None else friend
    after_commit(db, lambda: directory.put_contact(row))
    return row.id


async def ensure_group(db: Db, directory: Directory, raw_id: str, name: str = "") -> int:
    known = directory._groups.get(raw_id)
    if known and (not name or known[1] == name):
        return known[0]
    of_account = {"community": directory.community, "account_id": directory.account, "epoch": directory.epoch}
    await insert_once(db, Group, **of_account, raw_id=raw_id, name=name)
    row = (
        await db.scalars(
            select(Group).where(
                Group.account_id == directory.account, Group.epoch == directory.epoch, Group.raw_id == raw_id
            )
        )
    ).one()
    row.name = name or row.name
    after_commit(db, lambda: directory.put_group(row))
    return row.id


async def ensure_member(db: Db, directory: Directory, group: int, contact: int, alias: str) -> None:
    """Note that a contact is in a group, under the nickname used there."""
    if directory._aliases.get((group, contact)) == alias:
        return
    await insert_once(db, Membership, community=directory.community, group_id=group, contact_id=contact, alias=alias)
    await db.execute(
        update(Membership).where(Membership.group_id == group, Membership.contact_id == contact).values(alias=alias)
    )
    after_commit(db, lambda: directory.put_alias(group, contact, alias))


async def set_muted(db: Db, directory: Directory, contact: int, muted: bool) -> None:
    row = (await db.scalars(select(Contact).where(Contact.id == contact))).one()
    row.muted = muted
    after_commit(db, lambda: directory.put_contact(row))


async def bind_staff(
    db: Db, directory: Directory, contact: int, *, name: str, role: str, buildings: Iterable[str], bound_by: str
) -> None:
    values = {"name": name, "role": role, "buildings": list(buildings), "bound_by": bound_by}
    await insert_once(db, Staff, community=directory.community, contact_id=contact, **values)
    bound = update(Staff).where(Staff.contact_id == contact).values(**values)
    cover, away_until = (await db.execute(bound.returning(Staff.cover_id, Staff.away_until))).one()
    officer = Officer(
        contact, name, role, tuple(buildings), bound_by, cover, away_until
    )  # still on leave, if they were
    after_commit(db, lambda: directory.officers.__setitem__(contact, officer))


async def go_on_leave(
    db: Db, directory: Directory, officer: Officer, cover: int | None, until: datetime | None
) -> None:
    """Somebody else takes over until then; None: back at work."""
    await db.execute(update(Staff).where(Staff.contact_id == officer.contact).values(cover_id=cover, away_until=until))
    changed = replace(officer, cover=cover, away_until=until)
    after_commit(db, lambda: directory.officers.__setitem__(officer.contact, changed))


async def unbind_staff(db: Db, directory: Directory, contact: int) -> None:
    row = (await db.scalars(select(Staff).where(Staff.contact_id == contact))).one_or_none()
    if row is not None:
        await db.delete(row)
    after_commit(db, lambda: directory.dismiss(contact))


def _officer(row: Staff) -> Officer:
    return Officer(row.contact_id, row.name, row.role, tuple(row.buildings), row.bound_by, row.cover_id, row.away_until)


async def last_seen(db: Db, account: int) -> datetime | None:
    return (await db.execute(select(Account.seen_at).where(Account.id == account))).scalar_one()


async def note_seen(db: Db, account: int, at: datetime) -> None:
    await db.execute(update(Account).where(Account.id == account).values(seen_at=at))


async def names_of(db: Db, contacts: Iterable[int]) -> dict[int, str]:
    """What contacts call themselves, those of earlier epochs too."""
    found = select(Contact.id, Contact.name).where(Contact.id.in_(list(contacts)))
    return {contact: name for contact, name in await db.execute(found)}  # noqa: C416 - a Row is no tuple to mypy
