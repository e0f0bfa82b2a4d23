"""The knowledge base: entries, their earlier versions, and a revision that tells any process what it has not seen yet.

An entry is kept whole as JSON, with beside it what is asked for by query. Each change takes the next revision of its
community, in the order of commits: the row of the counter is held until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import hold, next_number, next_numbers
from storage.policy_entry import Draft, Kind
from storage.secrets import Sealed

NUMBER: Final = "policy"
REVISION: Final = "policy-revision"
MOST_LEARNED: Final = 50
AT_ONCE: Final = 500
"""How many codes one query asks for."""


class Policy(Base):
    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("community", "code"),
        UniqueConstraint("community", "number"),
        Index(None, "community", "revision"),
        Index(None, "community", "state", "category"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    """What staff call it by."""
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(32))
    expires_on: Mapped[date | None]
    review_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[dict[str, Any]]
    learned: Mapped[list[str]]
    """How residents asked for it, masked: searched with it, and tests of it."""
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None] = mapped_column(Sealed("policies.checked_by"))
    revision: Mapped[int]
    changed_at: Mapped[datetime]


class PolicyVersion(Base):
    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("policy_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(String(16))
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[str | None] = mapped_column(Sealed("policy_versions.replaced_by"))


class State(StrEnum):
    WAITING = "waiting"
    """Not said to anybody: a staff member has not confirmed that it holds here."""
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class Took(StrEnum):
    NEW = "new"
    REPLACED = "replaced"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it leaves a transaction."""

    id: int
    number: int
    state: State
    origin: str
    version: int
    revision: int
    draft: Draft
    learned: tuple[str, ...]
    checked_at: datetime | None
    checked_by: str | None
    changed_at: datetime

    @property
    def as_of(self) -> datetime:
        """When somebody last vouched for it."""
        return self.checked_at or self.changed_at

    def has_expired(self, today: date) -> bool:
        return self.draft.expires_on is not None and self.draft.expires_on < today


async def put(
    db: Db, community: str, draft: Draft, now: datetime, *, origin: str, in_force: bool, by: str | None = None
) -> tuple[Policy, Took]:
    """Take an entry in; one of the same code is replaced, its earlier version kept. `in_force`: somebody vouches for it."""
    return (await put_all(db, community, [draft], now, origin=origin, in_force=in_force, by=by))[0]


async def put_all(
    db: Db,
    community: str,
    drafts: Sequence[Draft],
    now: datetime,
    *,
    origin: str,
    in_force: bool,
    by: str | None = None,
) -> list[tuple[Policy, Took]]:
    """The same of many, whose codes differ, in their order."""
    await hold(db, community, REVISION, "")  # before looking: two at once must not both find nothing
    known = await by_codes(db, community, [draft.code for draft in drafts])
    contents = {draft.code: as_json(draft) for draft in drafts}
    state = State.IN_FORCE if in_force else State.WAITING
    changed = [
        draft for draft in drafts if not _is_same(known.get(draft.code), contents[draft.code], in_force=in_force)
    ]
    if not changed:
        return [(known[draft.code], Took.SAME) for draft in drafts]
    revision = await next_number(db, community, REVISION, "")
    new = sum(draft.code not in known for draft in changed)
    number = await next_numbers(db, community, NUMBER, "", new) if new else 0
    taken = {draft.code: (known[draft.code], Took.SAME) for draft in drafts if draft.code in known}
    for draft in changed:
        policy, took = known.get(draft.code), Took.REPLACED
        if policy is None:
            policy, took = Policy(community=community, number=number, code=draft.code, version=1, learned=[]), Took.NEW
            db.add(policy)
            number += 1
        else:
            _keep_version(db, policy, now, by)
        policy.kind, policy.title, policy.category = str(draft.kind), draft.title, draft.category
        policy.expires_on, policy.review_on, policy.content = draft.expires_on, draft.review_on, contents[draft.code]
        policy.state, policy.origin, policy.revision, policy.changed_at = str(state), origin, revision, now
        policy.checked_at, policy.checked_by = (now, by) if in_force else (None, None)
        taken[draft.code] = policy, took
    await db.flush()
    return [taken[draft.code] for draft in drafts]


def _is_same(policy: Policy | None, content: dict[str, Any], *, in_force: bool) -> bool:
    """A withdrawn one, too: what staff have taken out does not come back with the same file."""
    if policy is None or (policy.state == State.WAITING and in_force):
        return False
    # a paper that names no day for the next look leaves the one that staff's last look has set
    kept = {name: value for name, value in policy.content.items() if name != "review_on" or name in content}
    return kept == content


def _keep_version(db: Db, policy: Policy, now: datetime, by: str | None) -> None:
    kept = PolicyVersion(
        policy_id=policy.id,
        version=policy.version,
        content=policy.content,
        origin=policy.origin,
        replaced_at=now,
        replaced_by=by,
    )
    db.add(kept)
    policy.version += 1


async def by_codes(db: Db, community: str, codes: Sequence[str]) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        rows = await db.scalars(select(Policy).where(Policy.community == community, Policy.code.in_(some)))
        found.update((row.code, row) for row in rows)
    return found


async def confirm(db: Db, community: str, policies: Iterable[Policy], by: str, now: datetime) -> None:
    """A staff member says that these hold here."""
    revision = await next_number(db, community, REVISION, "")
    for policy in policies:
        policy.state, policy.checked_at, policy.checked_by = State.IN_FORCE, now, by
        policy.revision, policy.changed_at = revision, now
    await db.flush()


async def withdraw(db: Db, community: str, policy: Policy, by: str, now: datetime) -> None:
    """It is said to nobody any more; the row stays."""
    policy.state, policy.checked_at, policy.checked_by = State.WITHDRAWN, now, by
    policy.changed_at = now
    policy.revision = await next_number(db, community, REVISION, "")
    await db.flush()


async def learn(db: Db, community: str, policy: Policy, question: str, now: datetime) -> None:
    """Keep how somebody asked for it."""
    if question not in policy.learned:
        policy.learned = [*policy.learned, question][-MOST_LEARNED:]
        policy.revision, policy.changed_at = await next_number(db, community, REVISION, ""), now
        await db.flush()


async def by_number(db: Db, community: str, number: int) -> Policy | None:
    found = select(Policy).where(Policy.community == community, Policy.number == number)
    return (await db.scalars(found.with_for_update())).one_or_none()


async def by_id(db: Db, identity: int) -> Policy | None:
    return await db.get(Policy, identity, with_for_update=True)


async def changed_since(db: Db, community: str, revision: int) -> list[Entry]:
    """What was taken in, changed or withdrawn after this revision, oldest first."""
    found = select(Policy).where(Policy.community == community, Policy.revision > revision)
    return [entry_of(row) for row in await db.scalars(found.order_by(Policy.revision, Policy.id))]


async def waiting(db: Db, community: str, category: str | None = None) -> list[Policy]:
    """What nobody has confirmed, in the order of its numbers."""
    found = select(Policy).where(Policy.community == community, Policy.state == State.WAITING)
    if category is not None:
        found = found.where(Policy.category == category)
    return list(await db.scalars(found.order_by(Policy.number)))


async def count_waiting(db: Db, community: str) -> list[tuple[str, int]]:
    """How many wait, by category."""
    counted = (
        select(Policy.category, func.count())
        .where(Policy.community == community, Policy.state == State.WAITING)
        .group_by(Policy.category)
        .order_by(func.min(Policy.number))
    )
    return [(category, count) for category, count in await db.execute(counted)]


async def named(db: Db, community: str, words: str, most: int) -> list[Policy]:
    """Those whose title or category holds these words, withdrawn ones too."""
    held = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = select(Policy).where(
        Policy.community == community,
        or_(Policy.title.like(held, escape="\\"), Policy.category.like(held, escape="\\")),
    )
    return list(await db.scalars(found.order_by(Policy.number).limit(most)))


async def of_category(db: Db, community: str, category: str, most: int) -> list[Policy]:
    """Those of just this category that are not withdrawn, what waits first."""
    found = select(Policy).where(
        Policy.community == community, Policy.category == category, Policy.state != State.WITHDRAWN
    )
    return list(await db.scalars(found.order_by(Policy.state.desc(), Policy.number).limit(most)))


async def running_out(db: Db, community: str, today: date, until: date) -> list[Policy]:
    """In force, and expiring within these days, both counted; soonest first."""
    found = select(Policy).where(
        Policy.community == community,
        Policy.state == State.IN_FORCE,
        Policy.expires_on >= today,
        Policy.expires_on <= until,
    )
    return list(await db.scalars(found.order_by(Policy.expires_on, Policy.number)))


async def past_review(db: Db, community: str, today: date) -> list[Policy]:
    """In force, not expired, and to be looked at again before today; longest ago first."""
    found = select(Policy).where(
        Policy.community == community,
        Policy.state == State.IN_FORCE,
        Policy.review_on < today,
        or_(Policy.expires_on.is_(None), Policy.expires_on >= today),
    )
    return list(await db.scalars(found.order_by(Policy.review_on, Policy.number)))


async def versions(db: Db, policy: int) -> list[PolicyVersion]:
    """The earlier ones, oldest first."""
    found = select(PolicyVersion).where(PolicyVersion.policy_id == policy).order_by(PolicyVersion.version)
    return list(await db.scalars(found))


def entry_of(row: Policy) -> Entry:
    return Entry(
        row.id,
        row.number,
        State(row.state),
        row.origin,
        row.version,
        row.revision,
        from_json(row.content),
        tuple(row.learned),
        row.checked_at,
        row.checked_by,
        row.changed_at,
    )


_DATES: Final = ("effective_from", "expires_on", "review_on")


def as_json(draft: Draft) -> dict[str, Any]:
    """What it says, with what is empty left out."""
    content: dict[str, Any] = {}
    for one in fields(draft):
        value = getattr(draft, one.name)
        if value in (None, "", ()) or value == {}:
            continue
        content[one.name] = value.isoformat() if isinstance(value, date) else value
    content["kind"] = str(draft.kind)
    if draft.questions:
        content["questions"] = list(draft.questions)
    if draft.parts:
        content["parts"] = dict(draft.parts)
    return content


def from_json(content: dict[str, Any]) -> Draft:
    told: dict[str, Any] = dict(content)
    for name in _DATES:
        if name in told:
            told[name] = date.fromisoformat(told[name])
    told["kind"], told["questions"] = Kind(content["kind"]), tuple(content.get("questions", ()))
    return Draft(**told)
