"""A ledger in memory, written by hand from the community's rules, to be compared with the real one.

It knows nothing of `intents.complaints.lifecycle`: states and commands are spelled out here once more, as `civic.md` has them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

OPEN = ("filed", "accepted", "assigned", "received", "working", "suspended")
TICKING = OPEN[:-1]
UNDER_WAY = ("accepted", "assigned", "received", "working")
JOINED_WITHIN = timedelta(hours=72)
CLOSED_AFTER = timedelta(days=3)
UNDONE_WITHIN = timedelta(hours=1)
CORRECTED_WITHIN = timedelta(hours=1)
MOST_CALLS = 3

TABLE: dict[str, dict[str, str]] = {
    "受理": {"filed": "accepted"},
    "派": dict.fromkeys(OPEN, "assigned"),
    "签收": {"assigned": "received"},
    "退单": dict.fromkeys(("assigned", "received", "working"), "accepted"),
    "进展": dict.fromkeys((*UNDER_WAY, "suspended"), "working"),
    "挂起": dict.fromkeys(UNDER_WAY, "suspended"),
    "延期": {state: state for state in TICKING},
    "转办": dict.fromkeys(OPEN, "transferred"),
    "解释": dict.fromkeys((*UNDER_WAY, "suspended"), "explained"),
    "办结": dict.fromkeys((*UNDER_WAY, "suspended", "transferred"), "awaiting_word"),
    "重办": dict.fromkeys(("answered", "awaiting_word", "closed", "transferred", "explained"), "working"),
}
"""State by state what a command leads to; what is not here is refused."""
VERBS = {
    "受理": "accept",
    "派": "assign",
    "签收": "receive",
    "退单": "give_back",
    "进展": "note",
    "挂起": "suspend",
    "延期": "extend",
    "转办": "transfer",
    "解释": "explain",
    "办结": "resolve",
    "重办": "reopen",
}
TAKEN_BACK = {*VERBS.values(), "merge", "part"} - {"reopen"}
WITHDRAWABLE = (*OPEN, "transferred")


@dataclass(eq=False)
class Row:
    """One report of one person; a later one of the same person on the same case is none."""

    who: str
    case: Case
    at: datetime
    asked: bool = False
    left: bool = False


@dataclass(eq=False)
class Case:
    number: str
    topic: str
    urgency: str
    state: str
    due_by: datetime
    in_group: bool
    last_report: datetime
    handler: str | None = None
    suspended_at: datetime | None = None
    into: Case | None = None
    before_merge: str = ""
    along: tuple[Case, ...] = ()
    """What had been joined into it, and went with it into another."""
    closes_at: datetime | None = None
    calls: int = 0
    touched: int = 0
    """How often a person has done anything to it."""


@dataclass
class Step:
    """The last thing a staff member did."""

    verb: str
    case: Case
    at: datetime
    touched: int
    before: Case


@dataclass
class Ledger:
    now: datetime
    cases: list[Case] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    reported: dict[str, tuple[Case, datetime]] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    """Numbers of cases that were ever joined into another."""
    verbs: list[tuple[str, str]] = field(default_factory=list)
    """Verb and number of every step since somebody last looked."""

    def passes(self, until: datetime) -> None:
        self.now = until
        for case in self.cases:
            if case.state == "awaiting_word" and case.closes_at is not None and case.closes_at <= until:
                self._end(case)

    # what residents do

    def report(self, who: str, topic: str, urgency: str, *, in_group: bool) -> None:
        found = self.match(topic)
        if found is not None:
            self._join(who, found)
        else:
            found = self._file(topic, urgency, in_group=in_group)
            self.rows.append(Row(who, found, self.now))
            self._note("file", found)
        self.reported[who] = (found, self.now)

    def match(self, topic: str) -> Case | None:
        alike = [
            one
            for one in self.cases
            if one.topic == topic and one.state in OPEN and self.now - one.last_report <= JOINED_WITHIN
        ]
        return max(alike, key=lambda one: one.last_report, default=None)

    def second(self, who: str, case: Case) -> None:
        whole = case.into or case
        if self.may_hear(who, case) and whole.state in OPEN:
            self._join(who, whole)

    def may_hear(self, who: str, case: Case) -> bool:
        return case.in_group or self.row_of(who, case.into or case) is not None

    def rate(self, who: str, case: Case, *, content: bool) -> None:
        """A last word, by number or by a digit, of somebody who may give one."""
        whole = case.into or case
        row = self.row_of(who, whole)
        if row is None:
            return
        row.asked = False
        whole.calls = 0
        self._note("rate", whole)
        self._concluded(whole, content=content, by_phone=False)

    def says_of_open(self, case: Case) -> None:
        self._note("say", case)

    def withdraw(self, who: str, case: Case) -> None:
        """Of many one leaves; the only one ends it. What is answered or over is not taken back."""
        whole = case.into or case
        row = self.row_of(who, whole) if self.may_hear(who, case) else None
        if row is None or whole.state not in WITHDRAWABLE:
            return
        if any(one is not row for one in self.told(whole)):
            row.left = True
            self._note("leave", whole)
        else:
            self._leave_pause(whole)
            whole.state = "withdrawn"
            self._note("withdraw", whole)
        self.reported.pop(who, None)

    def correct(self, who: str) -> None:
        case, at = self.reported.get(who, (None, self.now))
        if case is None or self.now - at > CORRECTED_WITHIN or case.state not in OPEN:
            return
        row = self.row_of(who, case)
        if row is None:
            return
        if any(one.who != who for one in self.told(case)):
            own = self._file(f"{case.topic}, corrected", case.urgency, in_group=row.who != "private")
            own.last_report, row.case = row.at, own
            self._note("part_out", own)
            self._note("part_out", case)
        else:
            case.topic = f"{case.topic.removesuffix(', corrected')}, corrected"
            self._note("correct", case)

    # what staff do

    def command(self, who: str, word: str, case: Case, name: str = "") -> bool:
        """Whether it is allowed; what an extension is until, the caller looks up."""
        after = TABLE[word].get(case.state)
        if after is None:
            return False
        before = replace(case)
        if word != "挂起":
            self._leave_pause(case)
        match word:
            case "派":
                case.handler = name
            case "退单":
                case.handler = None
            case "受理" | "进展" | "办结":
                case.handler = case.handler or who
            case "挂起":
                case.suspended_at = self.now
            case "重办":
                self._close_questions(case)
                case.due_by = due_by(case.urgency, self.now)
        case.state = after
        self._step(who, VERBS[word], case, before)
        if word == "办结":
            self._ask(case)
        return True

    def merge(self, who: str, one: Case, other: Case) -> bool:
        into, later = sorted((one, other), key=self.cases.index)
        if one is other or into.state not in OPEN or later.state not in OPEN:
            return False
        before = replace(later)
        later.along = tuple(case for case in self.cases if case.into is later)
        for case in later.along:
            case.into = into
        later.before_merge = later.state
        self._leave_pause(later)
        later.state, later.into = "merged", into
        self.joined.add(later.number)
        into.last_report = max(into.last_report, later.last_report)
        self._step(who, "merge", later, before)
        return True

    def part(self, who: str, case: Case) -> bool:
        if case.state != "merged":
            return False
        before = replace(case)
        self._close_questions(case)
        case.state, case.into = case.before_merge, None
        case.suspended_at = self.now if case.state == "suspended" else None
        self._take_back(case)
        self._step(who, "part", case, before)
        return True

    def phone(self, who: str, case: Case, outcome: str) -> bool:
        if case.state not in ("answered", "awaiting_word", "closed") or case.handler == who:
            return False
        self._step(who, "follow_up", case, replace(case))
        if outcome == "没打通":
            case.calls += 1
            if case.state != "closed" and case.calls >= MOST_CALLS:
                self._end(case)
            return True
        case.calls = 0
        content = outcome != "不满意"
        if content:
            self._concluded(case, content=True, by_phone=True)
        else:
            self._reopen(case, by=who)
        return True

    def undo(self, who: str) -> bool:
        step = self.steps.get(who)
        if step is None or step.verb not in TAKEN_BACK or self.now - step.at > UNDONE_WITHIN:
            return False
        case = step.case
        if case.touched != step.touched:
            return False
        if step.verb in ("resolve", "merge"):
            self._close_questions(case)
        for name in ("state", "handler", "due_by", "suspended_at", "into"):
            setattr(case, name, getattr(step.before, name))
        if step.verb == "merge":
            self._take_back(case)
        self._step(who, "undo", case, step.before)
        return True

    # what follows

    def told(self, case: Case) -> list[Row]:
        """Everybody who reported a case or one that was joined into it, and still wants it."""
        return [row for row in self.rows if not row.left and case in (row.case, row.case.into)]

    def row_of(self, who: str, case: Case) -> Row | None:
        return next((row for row in self.told(case) if row.who == who), None)

    def questions(self, who: str) -> list[Case]:
        """The cases on which this person is asked for a word."""
        return [row.case.into or row.case for row in self.rows if row.who == who and row.asked]

    def _file(self, topic: str, urgency: str, *, in_group: bool) -> Case:
        day = f"{self.now:%y%m%d}"
        number = f"SQ{day}-{1 + sum(one.number[2:8] == day for one in self.cases):02}"
        case = Case(number, topic, urgency, "filed", due_by(urgency, self.now), in_group, self.now)
        self.cases.append(case)
        return case

    def _join(self, who: str, case: Case) -> None:
        case.last_report = self.now
        if self.row_of(who, case) is not None:
            return
        gone = next((row for row in self.rows if row.who == who and row.case is case), None)
        if gone is not None:  # took it back, and wants it again
            gone.left, gone.at = False, self.now
        else:
            self.rows.append(Row(who, case, self.now))
        self._note("support", case)

    def _ask(self, case: Case) -> None:
        told = self.told(case)
        if not told:
            case.state = "answered"
            return
        case.closes_at = self.now + CLOSED_AFTER
        self.verbs.append(("ask", case.number))
        for row in told:
            row.asked = row is self.row_of(row.who, case)

    def _concluded(self, case: Case, *, content: bool, by_phone: bool) -> None:
        if not content:
            self._reopen(case, by=None)
        elif case.state in ("answered", "awaiting_word") and (
            by_phone or not any(row.asked for row in self.told(case))
        ):
            self._end(case)

    def _reopen(self, case: Case, by: str | None) -> None:
        before = replace(case)
        self._close_questions(case)
        case.state = "working"
        case.due_by = due_by(case.urgency, self.now)
        if by is None:
            self._note("reopen", case)
        else:
            self._step(by, "reopen", case, before)

    def _end(self, case: Case) -> None:
        self._close_questions(case)
        case.state = "closed"
        self.verbs.append(("close", case.number))

    def _close_questions(self, case: Case) -> None:
        case.closes_at = None
        for row in self.told(case):
            row.asked = False

    def _leave_pause(self, case: Case) -> None:
        if case.suspended_at is not None:
            case.due_by += timedelta(seconds=int((self.now - case.suspended_at).total_seconds()))
            case.suspended_at = None

    def _take_back(self, case: Case) -> None:
        for one in case.along:
            if one.state == "merged":
                one.into = case

    def _note(self, verb: str, case: Case) -> None:
        case.touched += 1
        self.verbs.append((verb, case.number))

    def _step(self, who: str, verb: str, case: Case, before: Case) -> None:
        self._note(verb, case)
        self.steps[who] = Step(verb, case, self.now, case.touched, before)


def due_by(urgency: str, at: datetime) -> datetime:
    """Urgent: a day. Else the end of the fifth working day."""
    if urgency == "P1":
        return at + timedelta(days=1)
    day, left = at.date(), 5
    while left:
        day += timedelta(days=1)
        left -= day.isoweekday() <= 5
    return datetime.combine(day, time(18, 0), at.tzinfo)
