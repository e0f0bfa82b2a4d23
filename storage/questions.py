"""What residents asked: every asking, the questions that nobody could answer yet, and the pairs that staff may keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import hold, next_number
from storage.policy import Policy
from storage.secrets import Sealed

NUMBER: Final = "question"
MOST_OPEN: Final = 500
"""With how many a new question is compared, and how many a list shows at most."""


class Question(Base):
    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("community", "number"), Index(None, "community", "state", "asked"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    """As it was first asked, masked."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    asked: Mapped[int] = mapped_column(default=0)
    """By how many people."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Sealed("questions.answered_by"))


class Asking(Base):
    __tablename__ = "askings"
    __table_args__ = (
        Index(None, "community", "at"),
        Index(None, "question_id", "told_at"),
        Index(None, "inbox_id"),
        Index(None, "policy_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(16))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    told_at: Mapped[datetime | None]
    """Of who waits for a queued question: when they heard the answer."""
    words: Mapped[str] = mapped_column(Sealed("askings.words"))


class OfferedPair(Base):
    """A resident's question and what a staff member answered to it in the group, until that person says whether to keep it."""

    __tablename__ = "offered_pairs"
    __table_args__ = (Index(None, "community", "contact_id", "state"), UniqueConstraint("inbox_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"))
    """Of the answer: offered once."""
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    asked_in: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    """The message that asked: who wrote it has read the answer."""
    question: Mapped[str] = mapped_column(Sealed("offered_pairs.question"))
    answer: Mapped[str] = mapped_column(Sealed("offered_pairs.answer"))
    state: Mapped[str] = mapped_column(String(16), default="offered")
    at: Mapped[datetime]


class Outcome(StrEnum):
    ANSWERED = "answered"
    OFFERED = "offered"
    """Two or three titles to choose from."""
    EXPIRED = "expired"
    REFERRED = "referred"
    """To the office that judges such things."""
    HANDED_OVER = "handed_over"
    NOTED = "noted"
    """Queued without a word: it was said to nobody in particular."""


PASSED_ON: Final = (Outcome.HANDED_OVER, Outcome.EXPIRED)
"""The asker was told that it goes to the community."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, where; internal ids."""

    account: int
    group: int | None
    contact: int
    inbox: int
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """How often something was asked within a period: an entry that answered, or a question."""

    title: str
    number: int
    count: int


async def note(
    db: Db,
    community: str,
    asker: Asker,
    outcome: Outcome,
    now: datetime,
    *,
    policy: int | None = None,
    question: int | None = None,
) -> int:
    """One asking, and what came of it; returns its id."""
    row = Asking(
        community=community,
        at=now,
        outcome=str(outcome),
        question_id=question,
        policy_id=policy,
        inbox_id=asker.inbox,
        account_id=asker.account,
        group_id=asker.group,
        contact_id=asker.contact,
        words=asker.words,
    )
    db.add(row)
    await db.flush()
    return row.id


async def chose(db: Db, asking: int, policy: int) -> None:
    """Whoever was offered titles took one: it is the same asking, answered."""
    taken = {"outcome": str(Outcome.ANSWERED), "policy_id": policy}
    await db.execute(update(Asking).where(Asking.id == asking).values(**taken))


async def queue(db: Db, community: str, text: str, now: datetime) -> Question:
    """A question that is none of those waiting."""
    number = await next_number(db, community, NUMBER, "")
    question = Question(community=community, number=number, text=text, asked=0, first_at=now, last_at=now, state="open")
    db.add(question)
    await db.flush()
    return question


async def ask_again(db: Db, question: Question, contact: int, now: datetime) -> bool:
    """One more asks it; whether it is somebody who has not asked it before."""
    before = select(Asking.id).where(Asking.question_id == question.id, Asking.contact_id == contact)
    new = (await db.execute(before.limit(1))).first() is None
    question.last_at = now
    question.asked += 1 if new else 0
    await db.flush()
    return new


async def was_passed_on(db: Db, question: int) -> bool:
    """Whether anybody who asked it was told that it goes to the community."""
    told = select(Asking.id).where(Asking.question_id == question, Asking.outcome.in_(PASSED_ON))
    return (await db.execute(told.limit(1))).first() is not None


async def hold_queue(db: Db, community: str) -> None:
    """Two people who ask the same at once ask one question."""
    await hold(db, community, NUMBER, "")


async def open_ones(db: Db, community: str) -> list[Question]:
    """What waits for an answer, asked by most first."""
    return await _in_state(db, community, "open")


async def dropped_ones(db: Db, community: str) -> list[Question]:
    """What staff said is none of the community's business."""
    return await _in_state(db, community, "dropped")


async def _in_state(db: Db, community: str, state: str) -> list[Question]:
    found = select(Question).where(Question.community == community, Question.state == state)
    return list(await db.scalars(found.order_by(Question.asked.desc(), Question.id).limit(MOST_OPEN)))


async def count_by(db: Db, contact: int, since: datetime) -> int:
    """How often this person was told since then that it goes to the community."""
    asked = select(func.count()).select_from(Asking).where(Asking.contact_id == contact, Asking.at > since)
    return (await db.execute(asked.where(Asking.outcome.in_(PASSED_ON)))).scalar_one()


async def count_open(db: Db, community: str) -> int:
    counted = select(func.count()).select_from(Question)
    return (await db.execute(counted.where(Question.community == community, Question.state == "open"))).scalar_one()


async def open_of_text(db: Db, community: str, text: str) -> Question | None:
    """What waits and was first asked in these very words."""
    found = select(Question).where(Question.community == community, Question.state == "open", Question.text == text)
    return (await db.scalars(found.order_by(Question.id).limit(1).with_for_update())).one_or_none()


async def by_number(db: Db, community: str, number: int) -> Question | None:
    found = select(Question).where(Question.community == community, Question.number == number)
    return (await db.scalars(found.with_for_update())).one_or_none()


async def by_id(db: Db, identity: int) -> Question | None:
    return await db.get(Question, identity, with_for_update=True)


async def of_inbox(db: Db, inbox: int) -> Question | None:
    """The queued question that a message asked."""
    found = select(Question).join(Asking, Asking.question_id == Question.id).where(Asking.inbox_id == inbox)
    latest = found.order_by(Asking.id.desc()).limit(1).with_for_update(of=Question)
    return (await db.scalars(latest)).one_or_none()


async def answer(db: Db, question: Question, policy: int, by: str, now: datetime) -> None:
    question.state, question.policy_id, question.answered_by, question.answered_at = "answered", policy, by, now
    await db.flush()


async def drop(db: Db, question: Question, by: str, now: datetime) -> None:
    """None of the community's business: nobody is told."""
    question.state, question.answered_by, question.answered_at = "dropped", by, now
    await db.flush()


async def to_tell(db: Db, question: int, account: int, noted_since: datetime, *, again: bool) -> list[Asking]:
    """Who is to hear the answer, under today's login, in the order of asking: who was promised it, and who asked nobody in
    particular not too long ago. `again`: also those who were told another answer before."""
    found = select(Asking).where(
        Asking.question_id == question,
        Asking.account_id == account,
        Asking.outcome.in_(PASSED_ON) | ((Asking.outcome == str(Outcome.NOTED)) & (Asking.at > noted_since)),
    )
    found = found if again else found.where(Asking.told_at.is_(None))
    return list(await db.scalars(found.order_by(Asking.id)))


async def answered_with(db: Db, policy: int) -> list[int]:
    """The questions that an entry answers."""
    return list(await db.scalars(select(Question.id).where(Question.policy_id == policy)))


async def told(db: Db, askings: Sequence[int], now: datetime) -> None:
    await db.execute(update(Asking).where(Asking.id.in_(askings)).values(told_at=now))


async def heard_it(db: Db, inbox: int, now: datetime) -> None:
    """Whoever asked this reads the answer of staff in the group themselves: all that they asked of it is answered."""
    mine = select(Asking.question_id, Asking.contact_id).where(Asking.inbox_id == inbox)
    for question, contact in (await db.execute(mine)).all():
        if question is not None:
            same = (Asking.question_id == question, Asking.contact_id == contact, Asking.told_at.is_(None))
            await db.execute(update(Asking).where(*same).values(told_at=now))


async def most_asked(db: Db, community: str, since: datetime | None, until: datetime | None, most: int) -> list[Asked]:
    """What residents asked most within a period, of that which has an entry. None: since the beginning, until now."""
    counted = (
        select(Policy.title, Policy.number, func.count(Asking.id))
        .join(Policy, Policy.id == Asking.policy_id)
        .where(*_asked_within(community, since, until))
        .group_by(Policy.id, Policy.title, Policy.number)
        .order_by(func.count(Asking.id).desc(), Policy.number)
        .limit(most)
    )
    return [Asked(title, number, count) for title, number, count in await db.execute(counted)]


async def count_asked(db: Db, community: str, since: datetime | None, until: datetime | None) -> dict[str, int]:
    """How many askings came to what within a period."""
    counted = (
        select(Asking.outcome, func.count()).where(*_asked_within(community, since, until)).group_by(Asking.outcome)
    )
    return {outcome: count for outcome, count in await db.execute(counted)}  # noqa: C416 - a Row is no tuple to mypy


def _asked_within(community: str, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    asked = [Asking.community == community]
    if since is not None:
        asked.append(Asking.at >= since)
    if until is not None:
        asked.append(Asking.at < until)
    return asked


async def offer(db: Db, community: str, pair: OfferedPair) -> OfferedPair:
    pair.community = community
    db.add(pair)
    await db.flush()
    return pair


async def offered_to(db: Db, community: str, contact: int) -> list[OfferedPair]:
    """What this person has not said a word on, latest first."""
    found = select(OfferedPair).where(
        OfferedPair.community == community, OfferedPair.contact_id == contact, OfferedPair.state == "offered"
    )
    return list(await db.scalars(found.order_by(OfferedPair.id.desc())))


async def all_offered(db: Db, community: str) -> list[OfferedPair]:
    found = select(OfferedPair).where(OfferedPair.community == community, OfferedPair.state == "offered")
    return list(await db.scalars(found.order_by(OfferedPair.id)))


async def pair_by_id(db: Db, identity: int) -> OfferedPair | None:
    return await db.get(OfferedPair, identity)


async def forget_words(db: Db, before: datetime) -> None:
    """What was said longer ago than messages are kept: an asking still counts, without its words."""
    await db.execute(update(Asking).where(Asking.at < before, Asking.words != "").values(words=""))
    await db.execute(delete(OfferedPair).where(OfferedPair.at < before, OfferedPair.state != "offered"))
