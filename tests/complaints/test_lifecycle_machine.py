"""Anything in any order: staff commands, residents' words and time, against a ledger written by hand. SOAK=1 plays longer."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter, defaultdict
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from storage.audit import AuditRow
from storage.base import Db
from storage.complaints import Complaint
from storage.database import Database
from storage.due import DueRow
from storage.messages import OutboxRow
from storage.reporters import Reporter
from storage.secrets import Vault
from tests.assistants import open_world, small_settings
from tests.complaints.ledger_model import OPEN, TABLE, TICKING, Case, Ledger
from tests.databases import KEY
from tests.resident import Resident, StaffMember, World

T = TypeVar("T")
SOAK = bool(os.environ.get("SOAK"))
EXAMPLES, STEPS = (400, 60) if SOAK else (25, 25)
QUICK = {"gap_s": 0, "jitter_s": 0, "notice_gap_s": 0, "a_minute": 10_000, "a_day": 100_000}
GROUPS = {"wang": "3号楼业主群", "zhao": "3号楼业主群", "chen": "5号楼业主群", "private": None}
"""Who speaks where."""
TOPICS = {
    "lamp": ("3号楼2单元楼道灯坏了三天没人管", "P2", "打错了，不是3号楼是13号楼"),
    "lift": ("5号楼1单元电梯坏了，爬楼爬得腿软", "P1", "打错了，不是5号楼是15号楼"),
    "cover": ("7号楼门口井盖翘起来了，没人管", "P2", "打错了，不是7号楼是17号楼"),
}
"""What is reported, how urgent it is, and how its place is put right. Each of its own kind, each known by its place."""
MOST_CASES = 4
OFFICERS = ("李主任", "小周")
SPANS = {"a minute": 1, "a while": 12, "an hour": 61, "a morning": 300, "a day": 1_500, "three days": 4_400}
OVERDUE = ("complaints.half_time", "complaints.now_overdue")
WINDOW = timedelta(minutes=10)

people, officers, topics = st.sampled_from([*GROUPS]), st.sampled_from(OFFICERS), st.sampled_from([*TOPICS])


def _rather(data: st.DataObject, wanted: Sequence[T], everything: Sequence[T]) -> T:
    """One of everything, mostly one that leads somewhere."""
    leads_on = bool(wanted) and data.draw(st.integers(0, 3)) > 0
    offered = wanted if leads_on else everything
    return offered[data.draw(st.integers(0, len(offered) - 1))]


class Lifecycle(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.seen = {AuditRow: 0, OutboxRow: 0}
        self.agrees = False

    @initialize()
    def everybody_is_there(self) -> None:
        self.world: World = self.run(self._open())
        self.ledger = Ledger(self.world.clock.now())
        self.report("wang", "lamp")
        self.report("zhao", "lift")

    async def _open(self) -> World:
        facts = small_settings(pacing=QUICK, limits={"complaints_an_hour_person": 1_000})
        world = await open_world(Database("sqlite://", Vault(KEY)), facts)
        self.residents: dict[str, Resident] = {name: world.resident(name, contact=name) for name in GROUPS}
        self.staff: dict[str, StaffMember] = {name: world.staff(name) for name in OFFICERS}
        await world.connect(*{group for group in GROUPS.values() if group})
        return world

    def teardown(self) -> None:
        if self.agrees:  # else that is what failed
            self._no_group_heard_more_than_two_lines_in_ten_minutes()
        if hasattr(self, "world"):
            self.run(self.world.close())
        self.runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # what happens

    @rule(who=people, topic=topics)
    def report(self, who: str, topic: str) -> None:
        text, urgency, _ = TOPICS[topic]
        self._begin()
        if self.ledger.match(topic) is None and len(self.ledger.cases) >= MOST_CASES:
            return
        self.ledger.report(who, topic, urgency, in_group=GROUPS[who] is not None)
        self._says(who, text)

    @rule(who=people, data=st.data())
    def second(self, who: str, data: st.DataObject) -> None:
        self._begin()
        case = self._case(data)
        self.ledger.second(who, case)
        self._says(who, f"@小助手 {case.number} 我家也是，一起登记上")

    @rule(who=officers, data=st.data(), name=st.sampled_from([*OFFICERS, "门卫老张"]), count=st.integers(1, 4))
    def commands(self, who: str, name: str, count: int, data: st.DataObject) -> None:
        """Some that are allowed, one after the other."""
        for _ in range(count):
            self._begin()
            case = self._case(data, *OPEN)
            word = _rather(data, [], [word for word in TABLE if case.state in TABLE[word]] or [*TABLE])
            now, done = self.ledger.now, self.ledger.command(who, word, case, name)
            if done and word == "延期":
                case.due_by = (now + timedelta(days=6)).replace(hour=18, minute=0, second=0, microsecond=0)
            answer = self._commands(who, f"{word} {case.number} {_rest(word, name)}")
            assert done != ("不能这样办" in answer), answer
            self.the_ledger_is_as_the_model_says()

    @rule(who=officers, data=st.data())
    def everything_that_is_refused(self, who: str, data: st.DataObject) -> None:
        """Every command that this state does not allow: that nothing has changed is looked at after all of them."""
        case = self._case(data)
        for word in [word for word in TABLE if case.state not in TABLE[word]]:
            self._begin()
            assert not self.ledger.command(who, word, case)
            assert "不能这样办" in self._commands(who, f"{word} {case.number} {_rest(word, who)}")

    @rule(who=officers, data=st.data())
    def merge(self, who: str, data: st.DataObject) -> None:
        self._begin()
        first, second = self._case(data, *OPEN), self._case(data, *OPEN)
        done = self.ledger.merge(who, first, second)
        answer = self._commands(who, f"并案 {first.number} {second.number}")
        assert done != ("不能这样办" in answer), answer

    @rule(who=officers, data=st.data())
    def part(self, who: str, data: st.DataObject) -> None:
        self._begin()
        case = self._case(data, "merged")
        done = self.ledger.part(who, case)
        answer = self._commands(who, f"拆案 {case.number}")
        assert done != ("不能这样办" in answer), answer

    @rule(who=officers)
    def undo(self, who: str) -> None:
        self._begin()
        done = self.ledger.undo(who)
        answer = self._commands(who, "撤销")
        assert done != ("没有能收回的" in answer), answer

    @rule(who=officers, outcome=st.sampled_from(["满意", "基本满意", "不满意", "没打通"]), data=st.data())
    def phone(self, who: str, outcome: str, data: st.DataObject) -> None:
        self._begin()
        case = self._case(data, "awaiting_word", "closed")
        done = self.ledger.phone(who, case, outcome)
        answer = self._commands(who, f"回访 {case.number} {outcome}")
        assert done != ("不能这样办" in answer or "另一位同事" in answer), answer

    @rule(digit=st.integers(1, 3), data=st.data())
    def rate_with_a_digit(self, digit: int, data: st.DataObject) -> None:
        """Where two questions are open it is asked which: then it is said with the number instead."""
        self._begin()
        who = _rather(data, [row.who for row in self.ledger.rows if row.asked], [*GROUPS])
        open_questions = self.ledger.questions(who)
        if len(open_questions) == 1:
            self.ledger.rate(who, open_questions[0], content=digit != 3)
        if len(open_questions) <= 1:
            self._says(who, str(digit))

    @rule(who=people, content=st.booleans(), data=st.data())
    def rate_in_words(self, who: str, content: bool, data: st.DataObject) -> None:
        self._begin()
        case = self._case(data, "awaiting_word", "closed")
        self._word(who, case, content=content)
        said = "满意" if content else "不满意，根本没解决"
        self._says(who, f"@小助手 {case.number} {said}")

    def _word(self, who: str, case: Case, *, content: bool) -> None:
        """A word on one case by its number, asked for or not, is about no other."""
        heard, case = self.ledger.may_hear(who, case), case.into or case
        if not heard or self.ledger.row_of(who, case) is None:
            return
        if case.state in ("answered", "awaiting_word") or (case.state == "closed" and not content):
            self.ledger.rate(who, case, content=content)
        elif case.state in (*TICKING, "suspended"):
            self.ledger.says_of_open(case)

    @rule(who=people, data=st.data())
    def withdraw(self, who: str, data: st.DataObject) -> None:
        self._begin()
        case = self._case(data)
        self.ledger.withdraw(who, case)
        self._says(who, f"@小助手 {case.number} 不用弄了")

    @rule(who=people)
    def correct(self, who: str) -> None:
        self._begin()
        case, _ = self.ledger.reported.get(who, (None, None))
        if case is None or case.into is not None or len(self.ledger.cases) > MOST_CASES:
            return  # what becomes of the place of a joined case is not for a model as simple as this
        text = TOPICS[case.topic.removesuffix(", corrected")][2]
        self.ledger.correct(who)
        self._says(who, text)

    @rule(span=st.sampled_from([*SPANS]))
    def time_passes(self, span: str) -> None:
        self._wait(timedelta(minutes=SPANS[span]))

    # what holds after every step

    @invariant()
    def the_ledger_is_as_the_model_says(self) -> None:
        self.agrees = False
        self.ledger.passes(self.world.clock.now())
        self.run(self._compare())
        assert self.run(self.world.failures()) == 0
        self.agrees = True

    async def _compare(self) -> None:
        async with self.world.assistant.database.reading() as db:
            found = list(await db.scalars(select(Complaint).order_by(Complaint.id)))
            numbers = {one.id: one.number for one in found}
            _same_cases(found, numbers, self.ledger)
            await _same_reporters(db, numbers, self.ledger)
            await self._same_steps(db, numbers)
            await _clocks_run(db, found, self.world.clock.now())
            await self._only_running_clocks_were_told_of(db)

    async def _same_steps(self, db: Db, numbers: dict[int, str | None]) -> None:
        """Each accepted move is one row of its verb, each refused one none."""
        rows = list(await db.scalars(select(AuditRow).where(AuditRow.id > self.seen[AuditRow]).order_by(AuditRow.id)))
        verbs = [(row.verb.removeprefix("complaints."), numbers[int(row.subject.split(":")[1])]) for row in rows]
        assert Counter(verbs) == Counter(self.ledger.verbs), f"{verbs}\n{self.ledger.verbs}"
        self.ledger.verbs.clear()
        self.seen[AuditRow] = max((row.id for row in rows), default=self.seen[AuditRow])

    async def _only_running_clocks_were_told_of(self, db: Db) -> None:
        """What is suspended, answered or over never becomes late."""
        rows = list(await db.scalars(select(OutboxRow).where(OutboxRow.id > self.seen[OutboxRow])))
        states = {one.number: one.state for one in self.ledger.cases}
        for row in rows:
            if row.reply_key in OVERDUE:
                [number] = re.findall(r"SQ\d{6}-\d\d(?= )", row.text)[:1]
                assert states[number] in TICKING, row.text
        self.seen[OutboxRow] = max((row.id for row in rows), default=self.seen[OutboxRow])

    def _no_group_heard_more_than_two_lines_in_ten_minutes(self) -> None:
        """By the case of which a line speaks first, whatever the row says that it is about. What was joined meanwhile became
        part of another trouble.
        """
        heard: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
        for group in {group for group in GROUPS.values() if group}:
            for sent in self.world.sent_to_group(group):
                text = sent.outbound.text
                for number in re.findall(r"SQ\d{6}-\d\d", text)[: 0 if "没查到" in text else 1]:
                    heard[group, number].append((sent.at, text))
        for lines in (lines for (_, number), lines in heard.items() if number not in self.ledger.joined):
            for first, second, third in zip(lines, lines[1:], lines[2:], strict=False):
                assert third[0] - first[0] >= WINDOW, (first, second, third)

    # how it is said

    def _begin(self) -> None:
        """Nobody says two things within twenty seconds: a gateway's repetition is not what is tried here."""
        self._wait(timedelta(seconds=20))

    def _wait(self, span: timedelta) -> None:
        self.run(self.world.passes(seconds=span.total_seconds()))
        self.ledger.passes(self.world.clock.now())

    def _case(self, data: st.DataObject, *states: str) -> Case:
        """One of all cases, more often one in these states."""
        return _rather(data, [case for case in self.ledger.cases if case.state in states], self.ledger.cases)

    def _says(self, who: str, text: str) -> None:
        self.run(self.residents[who].says(text, in_group=GROUPS[who]))

    def _commands(self, who: str, text: str) -> str:
        """The answer to a command; whatever else this person is told meanwhile comes after it."""
        return "\n".join(self.run(self.staff[who].commands(text)))


def _rest(word: str, name: str) -> str:
    """What follows the number."""
    return {"派": name, "延期": "6天 等配件", "转办": "12345", "受理": "", "签收": ""}.get(word, "已经看过了")


def _same_cases(found: list[Complaint], numbers: dict[int, str | None], ledger: Ledger) -> None:
    real = {
        one.number: (one.state, one.handler, numbers.get(one.merged_into or 0), one.suspended_at, one.due_by)
        for one in found
    }
    model = {
        one.number: (one.state, one.handler, one.into.number if one.into else None, one.suspended_at, one.due_by)
        for one in ledger.cases
    }
    assert real == model, f"{real}\n{model}"
    by_day: dict[str, list[int]] = defaultdict(list)
    for number in sorted(number for number in real if number is not None):
        by_day[number[2:8]].append(int(number[9:]))
    assert all(counted == list(range(1, len(counted) + 1)) for counted in by_day.values())


async def _same_reporters(db: Db, numbers: dict[int, str | None], ledger: Ledger) -> None:
    """Each person once a case; the question is open with whom the model says, once, and only while a word is awaited."""
    rows = list(await db.scalars(select(Reporter).order_by(Reporter.id)))
    real = Counter(
        (numbers[row.complaint_id], row.left_at is not None, row.asked_at is not None and row.rating is None)
        for row in rows
    )
    model = Counter((row.case.number, row.left, row.asked) for row in ledger.rows)
    assert real == model, f"{real}\n{model}"
    for row in ledger.rows:
        assert not row.asked or (row.case.into or row.case).state == "awaiting_word"
    asked = Counter(((row.case.into or row.case).number, row.who) for row in ledger.rows if row.asked)
    assert all(times == 1 for times in asked.values())


async def _clocks_run(db: Db, found: list[Complaint], now: datetime) -> None:
    """One moment of the clock waits where it runs and is not over; none where it stands still."""
    waiting = select(DueRow).where(DueRow.kind == "complaints.clock", DueRow.state == "waiting")
    planned = Counter(int(row.subject) for row in await db.scalars(waiting))
    runs = {one.id for one in found if one.state in TICKING and one.due_by is not None and one.due_by > now}
    assert planned == Counter(runs)


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not SOAK,
    database=None,
    suppress_health_check=list(HealthCheck),
)
