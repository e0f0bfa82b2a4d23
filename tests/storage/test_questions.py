"""Askings, the questions that wait, who was told, and the pairs that staff were offered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from storage import messages, policy, questions
from storage.accounts import Directory
from storage.database import Database
from storage.policy_entry import Draft
from storage.questions import Asker, Asking, OfferedPair, Outcome, Question
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, later, received, some_group, somebody


class Desk:
    """Asks in the name of several people."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self.database = database
        self.directory = directory
        self.said = 0

    async def inbox(self, contact: int) -> int:
        self.said += 1
        async with self.database.transaction() as db:
            row = await messages.receive(
                db, COMMUNITY, self.directory.account, received(contact, f"m{self.said}", text=f"问{self.said}")
            )
            assert row is not None
            return row

    async def asks(
        self,
        text: str,
        who: str,
        *,
        group: int | None = None,
        outcome: Outcome = Outcome.HANDED_OVER,
        question: int | None = None,
        minutes: int = 0,
        account: int | None = None,
    ) -> tuple[int, bool]:
        """The id of the question and whether this person is new to it."""
        contact = await somebody(self.database, self.directory, f"wx_{who}", who)
        inbox = await self.inbox(contact)
        now = later(minutes=minutes)
        async with self.database.transaction() as db:
            kept = await db.get(Question, question) if question is not None else None
            kept = kept or await questions.queue(db, COMMUNITY, text, now)
            new = await questions.ask_again(db, kept, contact, now)
            asker = Asker(account or self.directory.account, group, contact, inbox, text)
            await questions.note(db, COMMUNITY, asker, outcome, now, question=kept.id)
            return kept.id, new


@pytest.fixture
def desk(database: Database, directory: Directory) -> Desk:
    return Desk(database, directory)


async def untold(database: Database, directory: Directory, question: int) -> list[str]:
    async with database.reading() as db:
        return [
            one.words
            for one in await questions.to_tell(
                db, question, directory.account, MORNING - timedelta(days=14), again=False
            )
        ]


async def test_people_are_counted_and_most_asked_stands_first(desk: Desk, database: Database) -> None:
    dog, new = await desk.asks("养犬证", "王")
    assert new
    money, _ = await desk.asks("养老金", "王")
    assert (await desk.asks("养老金", "李", question=money))[1]
    assert not (await desk.asks("养老金", "李", question=money, minutes=9))[1]
    async with database.reading() as db:
        waiting = await questions.open_ones(db, COMMUNITY)
        assert [(one.id, one.number, one.asked) for one in waiting] == [(money, 2, 2), (dog, 1, 1)]
        assert waiting[0].last_at == later(minutes=9)
        assert waiting[0].first_at == MORNING
        assert await questions.count_open(db, COMMUNITY) == 2
        assert await questions.open_ones(db, "other") == []


async def test_a_list_of_the_unanswered_has_an_end(database: Database) -> None:
    async with database.transaction() as db:
        for n in range(questions.MOST_OPEN + 3):
            await questions.queue(db, COMMUNITY, f"问题{n}", MORNING)
    async with database.reading() as db:
        assert len(await questions.open_ones(db, COMMUNITY)) == questions.MOST_OPEN
        assert await questions.count_open(db, COMMUNITY) == questions.MOST_OPEN + 3


async def test_who_waits_is_told_once(desk: Desk, database: Database, directory: Directory) -> None:
    group = await some_group(database, directory)
    question, _ = await desk.asks("在群里", "王", group=group)
    await desk.asks("顺口", "李", group=group, outcome=Outcome.NOTED, question=question)
    await desk.asks("到期的", "赵", outcome=Outcome.EXPIRED, question=question)
    await desk.asks("答了的", "钱", outcome=Outcome.ANSWERED, question=question)
    assert await untold(database, directory, question) == ["在群里", "顺口", "到期的"]
    async with database.transaction() as db:
        waiting = await questions.to_tell(db, question, directory.account, MORNING - timedelta(days=14), again=False)
        await questions.told(db, [one.id for one in waiting[:2]], MORNING)
    assert await untold(database, directory, question) == ["到期的"]


async def test_who_reads_the_answer_in_the_group_has_heard_all_they_asked_of_it(
    desk: Desk, database: Database, directory: Directory
) -> None:
    question, _ = await desk.asks("王问", "王")
    await desk.asks("王又问", "王", question=question, minutes=5)
    await desk.asks("李问", "李", question=question)
    other, _ = await desk.asks("王问别的", "王")
    async with database.transaction() as db:
        first = (await db.scalars(select(Asking).order_by(Asking.id).limit(1))).one()
        assert first.inbox_id is not None
        found = await questions.of_inbox(db, first.inbox_id)
        assert found is not None
        assert found.id == question
        await questions.heard_it(db, first.inbox_id, MORNING)
    assert await untold(database, directory, question) == ["李问"]
    assert await untold(database, directory, other) == ["王问别的"]


async def test_whether_anybody_was_told_that_it_is_passed_on(desk: Desk, database: Database) -> None:
    question, _ = await desk.asks("养老金", "王", outcome=Outcome.NOTED)
    async with database.reading() as db:
        assert not await questions.was_passed_on(db, question)
    await desk.asks("养老金", "李", question=question)
    async with database.reading() as db:
        assert await questions.was_passed_on(db, question)


async def test_an_answered_or_dropped_question_waits_no_more(desk: Desk, database: Database, other: Database) -> None:
    first, _ = await desk.asks("养老金", "王")
    second, _ = await desk.asks("养犬证", "王")
    async with database.transaction() as db:
        row, _ = await policy.put(
            db, COMMUNITY, Draft(code="a", title="养老金"), MORNING, origin="staff", in_force=True, by="李主任"
        )
        one = await questions.by_number(db, COMMUNITY, 1)
        two = await questions.by_number(db, COMMUNITY, 2)
        assert one is not None
        assert two is not None
        await questions.answer(db, one, row.id, "李主任", MORNING)
        await questions.drop(db, two, "小周", MORNING)
    async with other.reading() as db:
        assert await questions.open_ones(db, COMMUNITY) == []
        told = [await questions.by_id(db, identity) for identity in (first, second)]
        assert [(one.state, one.answered_by, one.policy_id) for one in told if one] == [
            ("answered", "李主任", row.id),
            ("dropped", "小周", None),
        ]
        assert await questions.by_number(db, COMMUNITY, 3) is None


async def test_a_period_counts_what_came_of_every_asking(desk: Desk, database: Database, directory: Directory) -> None:
    contact = await somebody(database, directory)
    async with database.transaction() as db:
        rows = [
            (await policy.put(db, COMMUNITY, Draft(code=code, title=code), MORNING, origin="import", in_force=True))[0]
            for code in ("甲", "乙")
        ]
    for minutes, outcome, entry in (
        (-1, Outcome.ANSWERED, 0),
        (0, Outcome.ANSWERED, 0),
        (5, Outcome.ANSWERED, 1),
        (6, Outcome.EXPIRED, 1),
        (7, Outcome.REFERRED, None),
        (10, Outcome.ANSWERED, 0),
    ):
        asker = Asker(directory.account, None, contact, await desk.inbox(contact), "问")
        async with database.transaction() as db:
            which = rows[entry].id if entry is not None else None
            await questions.note(db, COMMUNITY, asker, outcome, later(minutes=minutes), policy=which)
    async with database.reading() as db:
        until = later(minutes=10)
        assert await questions.count_asked(db, COMMUNITY, MORNING, until) == {
            "answered": 2,
            "expired": 1,
            "referred": 1,
        }
        most = await questions.most_asked(db, COMMUNITY, MORNING, until, 9)
        assert [(one.title, one.number, one.count) for one in most] == [("乙", 2, 2), ("甲", 1, 1)]
        assert len(await questions.most_asked(db, COMMUNITY, MORNING, until, 1)) == 1
        everything = await questions.most_asked(db, COMMUNITY, None, None, 9)
        assert [(one.title, one.count) for one in everything] == [("甲", 3), ("乙", 2)]


async def test_a_title_that_was_chosen_is_the_same_asking(desk: Desk, database: Database, directory: Directory) -> None:
    contact = await somebody(database, directory)
    asker = Asker(directory.account, None, contact, await desk.inbox(contact), "问")
    async with database.transaction() as db:
        row, _ = await policy.put(db, COMMUNITY, Draft(code="a", title="甲"), MORNING, origin="import", in_force=True)
        asking = await questions.note(db, COMMUNITY, asker, Outcome.OFFERED, MORNING)
        await questions.chose(db, asking, row.id)
    async with database.reading() as db:
        assert await questions.count_asked(db, COMMUNITY, None, None) == {"answered": 1}
        assert [one.title for one in await questions.most_asked(db, COMMUNITY, None, None, 9)] == ["甲"]


def pair(contact: int, inbox: int | None, days: int = 0, state: str = "offered") -> OfferedPair:
    return OfferedPair(
        contact_id=contact,
        inbox_id=inbox,
        question="养老金在哪认证",
        answer="社区服务站",
        state=state,
        at=MORNING + timedelta(days=days),
    )


async def test_pairs_are_offered_once_each_and_the_latest_first(
    desk: Desk, database: Database, directory: Directory
) -> None:
    li, zhou = [await somebody(database, directory, f"wx_{name}", name) for name in ("li", "zhou")]
    inbox = await desk.inbox(li)
    async with database.transaction() as db:
        first = await questions.offer(db, COMMUNITY, pair(li, inbox))
        second = await questions.offer(db, COMMUNITY, pair(li, None))
        await questions.offer(db, COMMUNITY, pair(zhou, None))
        await questions.offer(db, COMMUNITY, pair(li, None, state="kept"))
    async with database.reading() as db:
        assert [one.id for one in await questions.offered_to(db, COMMUNITY, li)] == [second.id, first.id]
        assert len(await questions.all_offered(db, COMMUNITY)) == 3
        assert await questions.all_offered(db, "other") == []
    with pytest.raises(IntegrityError):
        async with database.transaction() as db:
            await questions.offer(db, COMMUNITY, pair(zhou, inbox))


async def test_words_are_forgotten_and_askings_still_count(
    desk: Desk, database: Database, directory: Directory
) -> None:
    question, _ = await desk.asks("我家的事", "王")
    await desk.asks("后来的", "李", question=question, minutes=60)
    li = await somebody(database, directory, "wx_li", "李主任")
    async with database.transaction() as db:
        await questions.offer(db, COMMUNITY, pair(li, None))
        await questions.offer(db, COMMUNITY, pair(li, None, state="kept"))
        await questions.offer(db, COMMUNITY, pair(li, None, days=1, state="dropped"))
        await questions.forget_words(db, later(minutes=30))
    assert await untold(database, directory, question) == ["", "后来的"]
    async with database.reading() as db:
        assert sum((await questions.count_asked(db, COMMUNITY, None, None)).values()) == 2
        states = await db.scalars(select(OfferedPair.state).order_by(OfferedPair.id))
        assert list(states) == ["offered", "dropped"]


async def test_what_was_asked_is_sealed(desk: Desk, database: Database, directory: Directory) -> None:
    await desk.asks("我家的事", "王")
    li = await somebody(database, directory, "wx_li", "李主任")
    async with database.transaction() as db:
        await questions.offer(db, COMMUNITY, pair(li, None))
        connection = await db.connection()
        for column, table in (("words", "askings"), ("question", "offered_pairs"), ("answer", "offered_pairs")):
            raw = (await connection.exec_driver_sql(f"SELECT {column} FROM {table}")).scalar_one()
            assert "家" not in str(raw)
            assert "养老金".encode() not in bytes(raw)
        assert (await db.execute(select(func.count()).select_from(OfferedPair))).scalar_one() == 1
