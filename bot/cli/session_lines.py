"""The lines of the ledgers of sessions, sign-ups and doses as cells; names masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.cli.ledger_lines import Row, Words, masked_name, of_what, percent
from storage.session_ledgers import DoseLine, OfKind, SessionLine, SignUpLine
from storage.sessions import CANCELLED


def session_cells(line: SessionLine, words: Words) -> Row:
    turnout, counted = line.turnout, line.turnout.counted
    return [
        line.number,
        words(f"session.kind.{line.kind}"),
        line.title,
        words.moment(line.starts_at),
        line.place,
        words("ledger.sessions.unlimited") if line.capacity is None else line.capacity,
        turnout.signed if line.sign_up else words("ledger.sessions.no_sign_up"),
        turnout.waiting or "",
        turnout.cancelled or "",
        turnout.came if counted else "",
        turnout.absent if counted and line.state != CANCELLED else "",
        percent(turnout.share, words) if counted else "",
        words(f"session.state.{line.state}"),
        line.by,
    ]


def session_rows(kinds: Sequence[OfKind], first: date | None, last: date | None, words: Words) -> Iterator[Row]:
    """What it is of, then of each kind how many were held, called off, who came, and the rate of those who were counted."""
    yield from of_what(first, last, words)
    for one in kinds:
        share = one.turnout.share
        kind = words(f"session.kind.{one.kind}")
        yield [kind, one.held, one.called_off, one.turnout.came, percent(share, words), share.part, share.whole]


def sign_up_cells(line: SignUpLine, words: Words) -> Row:
    return [
        line.number,
        line.title,
        words.moment(line.slot_at),
        masked_name(line.name),
        _door(line.door),
        line.people,
        words(f"sign_up.{line.state}"),
        words(f"sign_up.source.{line.source}"),
        words.moment(line.created_at),
        "" if line.arrived is None else line.arrived,
    ]


def sign_up_rows(
    counted: Mapping[str, Mapping[str, tuple[int, int]]], first: date | None, last: date | None, words: Words
) -> Iterator[Row]:
    """What it is of, then how many by state and by the way they came in."""
    yield from of_what(first, last, words)
    for state, (count, people) in counted["state"].items():
        yield [words(f"sign_up.{state}"), count, people]
    for source, (count, people) in counted["source"].items():
        yield [words("ledger.sign_ups.by").format(words(f"sign_up.source.{source}")), count, people]


def dose_cells(line: DoseLine, words: Words) -> Row:
    return [
        f"{line.given_on}",
        masked_name(line.name),
        _door(line.door),
        line.brand,
        "" if line.dose is None else line.dose,
        line.people,
        "" if line.slip is None else line.slip,
        f"{line.next_on}" if line.next_on else "",
        line.number,
    ]


def dose_rows(
    counted: Sequence[tuple[str, int | None, int]], first: date | None, last: date | None, words: Words
) -> Iterator[Row]:
    yield from of_what(first, last, words)
    yield [words("ledger.doses.all"), "", sum(people for _, _, people in counted)]
    for brand, number, people in counted:
        yield [brand or words("ledger.doses.unnamed"), "" if number is None else number, people]


def _door(door: tuple[str | None, str | None, str | None]) -> str:
    return "-".join(part for part in door if part)
