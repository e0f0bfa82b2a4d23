"""The lines of the exported ledgers as cells, in the order of their columns; names, telephone numbers and doors masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from intents.replies import Replies
from intents.understanding.address import split_nickname
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from storage.complaints import Case
from storage.ledgers import AskingLine, CaseLine, FollowUpLine, Person, ServiceLine
from storage.questions import Asked, Outcome
from storage.rates import Rates, Share, is_late

Row = Sequence[str | int | float]
MASKED_FROM = 7
"""A telephone number in a form that nobody knows is masked too, from so many characters on."""
SHARES = ("response", "on_time", "solved", "satisfied", "again")
HOURS = ("median_hours", "p90_hours")
COUNTS = ("unreached", "withdrawn", "explained", "transferred", "overdue", "problems")
SOLVED = {"satisfied": "yes", "mostly": "yes", "dissatisfied": "no"}
DONE_AGAIN = "dissatisfied"


@dataclass(frozen=True, slots=True)
class Words:
    """What turns a line into words. `me`: what the assistant calls itself."""

    replies: Replies
    zone: tzinfo
    me: str
    now: datetime

    def __call__(self, key: str) -> str:
        return self.replies.word(key)

    def moment(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" if at else ""


def case_cells(line: CaseLine, words: Words) -> Row:
    case, hidden = line.case, line.case.anonymous or line.by.anonymous
    phone = case.phone or line.by.phone
    address = (case.building, case.unit, None if hidden else case.room)
    late = is_late(case, words.now)
    return [
        case.number or "",
        words.moment(case.filed_at),
        words(f"source.{case.source}"),
        _name(line.by, words, hidden=hidden),
        (words("ledger.anonymous") if hidden else masked_phone(phone)) if phone else "",
        "-".join(part for part in address if part) or (case.place or ""),
        case.category,
        case.subcategory,
        case.urgency,
        case.wording,
        case.handler or "",
        words.moment(case.assigned_at),
        words.moment(case.received_at),
        words.moment(case.due_by),
        _handled(case, words),
        words.moment(case.closed_at or case.resolved_at),
        "" if late is None else words("yes" if late else "no"),
        line.into or "",
        words("ledger.note.between").join(_notes(line, words, hidden=hidden)),
    ]


def _handled(case: Case, words: Words) -> str:
    """Its result; where there is none, or none any more, how it stands."""
    ended = case.resolved_at is not None or case.state == "explained"
    return masked(case.result) if ended and case.result else words(f"state.{case.state}")


def _notes(line: CaseLine, words: Words, *, hidden: bool) -> Iterator[str]:
    case = line.case
    if hidden:
        yield words("ledger.note.anonymous")
    if case.people > 1:
        yield words("ledger.note.people").format(case.people)
    if case.mediation:
        yield words("ledger.note.mediation")
    if case.reopened:
        yield words("ledger.note.again").format(case.reopened)
    if case.suspended_at is not None:
        yield words("ledger.note.suspended")
    if case.closing == "unreached":
        yield words("ledger.note.unreached")
    if case.passed_to:
        yield words("ledger.note.passed").format(masked(case.passed_to))
    if line.problem:
        yield words("ledger.note.problem").format(line.problem)


def follow_up_cells(line: FollowUpLine, words: Words) -> Row:
    row, case = line.follow_up, line.case
    hidden = case.anonymous or line.by.anonymous
    solved = SOLVED.get(row.outcome)
    return [
        row.number or "",
        words.moment(row.at),
        words(f"by.{row.channel}"),
        row.by_name or words.me,
        _name(line.by, words, hidden=hidden),
        case.category,
        case.subcategory,
        words(f"rating.{row.outcome}"),
        words(solved) if solved else "",
        _said(row.words or "", line.by),
        words("move.reopen" if row.outcome == DONE_AGAIN else f"state.{row.state}"),
    ]


def asking_cells(line: AskingLine, words: Words) -> Row:
    number, title = line.entry or ("", "")
    return [
        words.moment(line.at),
        line.group if line.group is not None else words("source.private"),
        _name(line.by, words, hidden=False),
        _said(line.words or line.question, line.by),
        words(f"policy.outcome.{line.outcome}"),
        number,
        title,
        "" if line.number is None else line.number,
        line.answered_by or "",
        words.moment(line.answered_at),
        _told(line, words),
    ]


def _told(line: AskingLine, words: Words) -> str:
    """Of what waited for an answer."""
    if line.number is None:
        return ""
    if line.state == "dropped":
        return words("ledger.questions.dropped")
    return words("yes" if line.told_at is not None else "no")


def service_cells(line: ServiceLine, words: Words) -> Row:
    door = (line.door.building, line.door.unit, line.door.room)
    return [
        words.moment(line.done_at),
        line.number,
        line.name,
        "-".join(part for part in door if part),
        line.by,
        words("ledger.note.undone") if line.undone else "",
    ]


def of_what(first: date | None, last: date | None, words: Words) -> Iterator[Row]:
    whole = words("ledger.rates.all")
    yield [words("ledger.rates.period"), f"{first or ''} – {last or ''}" if first or last else whole]
    yield [words("ledger.rates.asked"), words.moment(words.now)]


def asked_rows(
    outcomes: Mapping[str, int], entries: Sequence[Asked], first: date | None, last: date | None, words: Words
) -> Iterator[Row]:
    """What it is of, how many askings came to what, then how often each entry was asked for."""
    yield from of_what(first, last, words)
    yield [words("ledger.questions.all"), sum(outcomes.values())]
    for outcome in Outcome:
        yield [words(f"policy.outcome.{outcome}"), outcomes.get(outcome, 0)]
    for entry in entries:
        yield [entry.title, entry.count, entry.number]


def service_rows(done: Mapping[str, int], first: date | None, last: date | None, words: Words) -> Iterator[Row]:
    """What it is of, then how often each was done, without what was taken back."""
    yield from of_what(first, last, words)
    yield [words("ledger.services.all"), sum(done.values())]
    for name, count in done.items():
        yield [name, count]


def rates_rows(rates: Rates, first: date | None, last: date | None, words: Words) -> Iterator[Row]:
    """What it is of, then each rate with its part and whole; of nothing there is none."""
    yield from of_what(first, last, words)
    yield [words("rate.cases"), rates.cases]
    yield [words("rate.people"), rates.people]
    for name in SHARES:
        share: Share = getattr(rates, name)
        yield [words(f"rate.{name}"), percent(share, words), share.part, share.whole]
    for name in HOURS:
        hours: float | None = getattr(rates, name)
        yield [words(f"rate.{name}"), words("rate.none") if hours is None else round(hours, 1), "", rates.timed]
    for name in COUNTS:
        yield [words(f"rate.{name}"), getattr(rates, name)]


def percent(share: Share, words: Words) -> str:
    return words("rate.none") if share.percent is None else f"{share.percent}%"


def _name(person: Person, words: Words, *, hidden: bool) -> str:
    return words("ledger.anonymous") if hidden else masked_name(person.name)


def _said(text: str, person: Person) -> str:
    """What somebody answered, as a group might hear it, without the names of who said it."""
    names = [split_nickname(name)[1] for name in person.known]
    return masked(without_doors(normalise(text)), [name for name in names if name])


def masked_name(name: str) -> str:
    """The first character of what is left of a nickname without its address."""
    _, rest = split_nickname(name)
    return rest[:1] + "*" if rest else ""


def masked_phone(phone: str) -> str:
    hidden = masked(normalise(phone))
    if hidden != normalise(phone) or len(phone) < MASKED_FROM:
        return hidden
    return f"{phone[:3]}****{phone[-2:]}"
