"""What staff look at: what needs doing today, the open cases, one case whole. Each sees what `visibility` lets them see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from intents.complaints.lifecycle import FOLLOWED_UP, OPEN, TICKING, State
from intents.complaints.visibility import hears_names, is_masked, sight_of, without_names
from intents.understanding.address import split_nickname
from intents.understanding.digits import digit_of
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from intents.understanding.segmenting import search_words
from storage import accounts, audit, case_lists, complaints, problems, reporters
from storage.accounts import Directory, Officer
from storage.audit import Step
from storage.base import Db
from storage.case_lists import Queue
from storage.complaints import Case, Complaint, case_of
from storage.follow_ups import NO_ANSWER
from storage.reporters import Reporter

LINES = 20
LINES_A_SECTION = 10
MOST_OPEN = 5000
MOST_WORDS = 5
"""So many of the later reporters' own words stand with a case; the rest is counted."""
LONG_SUSPENDED = timedelta(days=7)
LEADS_COUNTED = timedelta(days=7)
"""An older lead is still shown, after the others, but no longer counted among what is to be done."""
RULE_NAMES = frozenset({"complaints.file", "complaints.keep_lead", "complaints.enter"})
"""Steps whose reason is the name of a rule, which is nothing to read in a story."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """Each case in the first list it fits. Every list is complete; a reply shows the first lines and says how many there are."""

    emergencies: list[Case] = field(default_factory=list)
    overdue: list[Case] = field(default_factory=list)
    today: list[Case] = field(default_factory=list)
    unaccepted: list[Case] = field(default_factory=list)
    to_receive: list[Case] = field(default_factory=list)
    """Given to whoever looks, who has not said yet that they have it."""
    suspended: list[Case] = field(default_factory=list)
    to_call: list[Case] = field(default_factory=list)
    awaiting_place: list[Case] = field(default_factory=list)
    passed_on: list[Case] = field(default_factory=list)
    """Given to another office, from which nothing has come back."""
    open: list[Case] = field(default_factory=list)
    """Everything under way, whether it is in a list above or not."""
    leads: int = 0
    older_leads: int = 0

    @property
    def is_empty(self) -> bool:
        urgent = (self.emergencies, self.overdue, self.today, self.unaccepted, self.to_receive)
        waiting = (self.suspended, self.to_call, self.awaiting_place, self.passed_on)
        return not any((*urgent, *waiting, self.leads, self.older_leads))


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a story: who did what, and why. `who` is empty where `actor` says it all."""

    at: datetime
    actor: str
    who: str
    verb: str
    why: str
    rating: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One case as one staff member may read it; what they may not see is not in here."""

    case: Case
    words: str
    place_with_door: bool
    phones: tuple[str, ...]
    names: tuple[str, ...]
    unnamed: int
    others: tuple[tuple[str, str], ...]
    """What later reporters said: name, words."""
    into: str | None
    joined: tuple[str, ...]
    problem: str | None
    ratings: tuple[tuple[str, int], ...]
    story: tuple[Line, ...]


class Desk:
    def __init__(self, community: str, directory: Directory) -> None:
        self._community = community
        self._directory = directory

    async def agenda(self, db: Db, officer: Officer, now: datetime) -> Agenda:
        """What needs doing today."""
        within, since = sight_of(officer), now - LEADS_COUNTED
        states = (*OPEN, State.ANSWERED, State.AWAITING_PLACE, State.TRANSFERRED)
        leads = [Queue(State.LEAD, since=since), Queue(State.LEAD, before=since)]
        counted, older = [await case_lists.count_waiting(db, self._community, one, within) for one in leads]
        agenda = Agenda(leads=counted, older_leads=older)
        for case in await case_lists.listed(db, self._community, states, within=within, limit=MOST_OPEN):
            found = _section(agenda, case, officer, now)
            if found is not None:
                found.append(case)
            if case.state in OPEN:
                agenda.open.append(case)
        return agenda

    async def open_cases(self, db: Db, officer: Officer, search: str = "") -> list[Case]:
        """Open cases, and those that another office has; with words to search for, cases of any state that hold them all."""
        within = sight_of(officer)
        if not search:
            states = [str(state) for state in (*OPEN, State.TRANSFERRED)]
            return await case_lists.listed(db, self._community, states, within=within, limit=LINES + 1)
        where, rest = split_nickname(search)  # an address and what is left of it
        return await case_lists.listed(
            db,
            self._community,
            words=await search_words(rest),
            building=where.building if where else None,
            unit=where.unit if where else None,
            within=within,
            limit=LINES + 1,
        )

    async def overdue(self, db: Db, officer: Officer, now: datetime) -> list[Case]:
        """Whatever should have been done by now, the longest overdue first."""
        ticking = await case_lists.listed(db, self._community, TICKING, within=sight_of(officer), limit=MOST_OPEN)
        late = [case for case in ticking if is_overdue(case, now)]
        return sorted(late, key=lambda case: (case.due_by or now, case.id))

    async def of_handler(self, db: Db, officer: Officer) -> list[Case]:
        """What was given to this one, and is not at its end."""
        states = (*OPEN, *FOLLOWED_UP, State.TRANSFERRED)
        found = await case_lists.listed(
            db, self._community, states, within=case_lists.Within(officer.contact), limit=MOST_OPEN
        )
        return sorted(found, key=lambda case: (case.state not in OPEN, case.urgency, case.due_by or case.said_at))

    async def whole(self, db: Db, officer: Officer, complaint: Complaint) -> Whole:
        people = await reporters.of_all(db, [complaint.id])
        case = case_of(complaint, *people.get(complaint.id, ([], 0)))
        told = await reporters.of(db, complaint.id)
        story = await audit.story(db, self._community, f"complaint:{complaint.id}")
        own = await accounts.names_of(db, [one.contact_id for one in told if one.contact_id is not None])
        hidden = [name for one in told if not self._is_named(officer, case, one) for name in self._names_of(one, own)]
        named = [one for one in told if self._is_named(officer, case, one)]
        into = await complaints.by_id(db, complaint.merged_into) if complaint.merged_into else None
        joined = [one.number for one in await complaints.merged_with(db, complaint.id) if one.number]
        problem = await problems.by_id(db, complaint.problem_id) if complaint.problem_id else None
        closed = is_masked(officer)
        return Whole(
            case=_without_people(case) if closed else case,
            words=_with_or_without(complaint.wording if closed else complaint.original, hidden),
            place_with_door=not closed,
            phones=self._phones(officer, complaint, named),
            names=tuple(dict.fromkeys(name for one in named if (name := self._name_of(one, own)))),
            unnamed=sum(one.anonymous for one in told) if not closed else 0,
            others=() if closed else self._words(told, named, own, hidden),
            into=into.number if into else None,
            joined=tuple(joined),
            problem=problem.number if problem else None,
            ratings=_ratings(story),
            story=() if closed else tuple(self._line(step, hidden) for step in story),
        )

    def _is_named(self, officer: Officer, case: Case, reporter: Reporter) -> bool:
        return hears_names(officer, case.handler_id, anonymous=reporter.anonymous)

    def _name_of(self, reporter: Reporter, own: Mapping[int, str]) -> str:
        """What a reporter is called: as staff wrote it down, or the nickname without the address."""
        if reporter.name or reporter.contact_id is None:
            return reporter.name or ""
        shown = self._directory.name_in(reporter.group_id, reporter.contact_id) or own.get(reporter.contact_id, "")
        return split_nickname(shown)[1].strip() or shown

    def _names_of(self, reporter: Reporter, own: Mapping[int, str]) -> list[str]:
        """Everything that would tell who it was; never an empty list, so that it also says that somebody wants no name."""
        name = own.get(reporter.contact_id or 0, "")
        return [self._name_of(reporter, own), name, split_nickname(name)[1]]

    def _phones(self, officer: Officer, complaint: Complaint, named: Sequence[Reporter]) -> tuple[str, ...]:
        first = complaint.phone if hears_names(officer, complaint.handler_id, anonymous=complaint.anonymous) else None
        return tuple(dict.fromkeys(phone for phone in (first, *(one.phone for one in named)) if phone))

    def _words(
        self, told: Sequence[Reporter], named: Sequence[Reporter], own: Mapping[int, str], hidden: Sequence[str]
    ) -> tuple[tuple[str, str], ...]:
        return tuple(
            (self._name_of(one, own) if one in named else "", _with_or_without(one.words, hidden))
            for one in told
            if one.words
        )[:MOST_WORDS]

    def _line(self, step: Step, hidden: Sequence[str]) -> Line:
        officer = self._directory.officers.get(step.contact or 0)
        by_staff = step.actor not in ("resident", "assistant")
        why = "" if step.verb in RULE_NAMES else step.why
        if step.verb == "complaints.assign":
            why = str(step.after.get("handler") or "")
        outcome = str(step.after.get("rating") or step.after.get("outcome") or "")
        if outcome and digit_of(why) is not None:
            why = ""  # the digit that was asked for, and the rating says it
        who = officer.name if officer is not None and by_staff else ""
        return Line(step.at, step.actor, who, step.verb, _with_or_without(why, hidden), outcome)


def is_overdue(case: Case, now: datetime) -> bool:
    """While a case is suspended its clock stands still."""
    return case.state in TICKING and case.due_by is not None and case.due_by <= now


def is_due_today(case: Case, now: datetime) -> bool:
    tonight = datetime.combine(now.date(), time.max, now.tzinfo)
    return case.state in TICKING and case.due_by is not None and now < case.due_by <= tonight


def _section(agenda: Agenda, case: Case, officer: Officer, now: datetime) -> list[Case] | None:
    stopped = case.suspended_at if case.state == State.SUSPENDED else None
    sections = (
        (agenda.awaiting_place, case.state == State.AWAITING_PLACE),
        (agenda.passed_on, case.state == State.TRANSFERRED),
        (agenda.to_call, case.state == State.ANSWERED),  # nobody can be asked in WeChat: somebody has to telephone
        (agenda.emergencies, case.urgency == "P0"),
        (agenda.overdue, is_overdue(case, now)),
        (agenda.today, is_due_today(case, now)),
        (agenda.unaccepted, case.state == State.FILED),
        (agenda.to_receive, case.state == State.ASSIGNED and case.handler_id == officer.contact),
        (agenda.suspended, stopped is not None and now - stopped >= LONG_SUSPENDED),
    )
    return next((section for section, fits in sections if fits), None)


def _without_people(case: Case) -> Case:
    result = masked(without_doors(normalise(case.result))) if case.result else None
    return replace(case, room=None, phone=None, result=result, reporters=())


def _with_or_without(text: str, hidden: Sequence[str]) -> str:
    return without_names(text, hidden) if hidden else text


def _ratings(story: Sequence[Step]) -> tuple[tuple[str, int], ...]:
    """The last word of everybody who gave one since the case was last opened again, counted."""
    last: dict[str, str] = {}
    for step in story:
        if step.verb == "complaints.reopen":
            last.clear()
        said = step.after.get("rating") or step.after.get("outcome")
        if said and said != NO_ANSWER:
            last[f"{step.verb}:{step.contact if step.actor == 'resident' else ''}"] = str(said)
    counted = {rating: list(last.values()).count(rating) for rating in ("satisfied", "mostly", "dissatisfied")}
    return tuple((rating, count) for rating, count in counted.items() if count)
