"""`linli export`: a ledger as Excel, streamed page by page, and beside it what the same period comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bot.app import load_replies
from bot.cli.activity_lines import activity_cells, activity_rows, task_cells
from bot.cli.ledger_lines import (
    Row,
    Words,
    asked_rows,
    asking_cells,
    case_cells,
    follow_up_cells,
    rates_rows,
    service_cells,
    service_rows,
)
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_existing, settings_of
from bot.cli.session_lines import dose_cells, dose_rows, session_cells, session_rows, sign_up_cells, sign_up_rows
from bot.settings import Settings
from storage import activities, ledgers, questions, services, session_ledgers, tasks
from storage.base import Db
from storage.rates import rates

if TYPE_CHECKING:
    from bot.cli import Options

# an apostrophe is not enough: what residents write must never become a formula or a link
CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
RISKY = ("=", "+", "-", "@")
"""What begins so would become a formula once somebody edits the cell, were it not marked as text."""
MOST_ENTRIES = 10_000
"""Of the entries that were asked for: more than a community has."""


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day up to and with the last; None: from the beginning, until today."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The same days, and the moments they span in the community's time zone."""

    days: Days
    start: datetime | None
    end: datetime | None


async def _rates(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    counted = await rates(db, community, period.start, period.end, words.now)
    return rates_rows(counted, period.days.first, period.days.last, words)


async def _asked(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    outcomes = await questions.count_asked(db, community, period.start, period.end)
    entries = await questions.most_asked(db, community, period.start, period.end, MOST_ENTRIES)
    return asked_rows(outcomes, entries, period.days.first, period.days.last, words)


async def _done(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    done = await services.count(db, community, period.start, period.end)
    return service_rows(done, period.days.first, period.days.last, words)


async def _counted(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    after = period.days.last + timedelta(days=1) if period.days.last else None
    kinds = await activities.count(db, community, period.days.first, after)
    return activity_rows(kinds, period.days.first, period.days.last, words)


async def _held(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    kinds = await session_ledgers.by_kind(db, community, period.start, period.end)
    return session_rows(kinds, period.days.first, period.days.last, words)


async def _signed_up(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    counted = await session_ledgers.count_sign_ups(db, community, period.start, period.end)
    return sign_up_rows(counted, period.days.first, period.days.last, words)


async def _given(db: Db, community: str, period: Period, words: Words) -> Iterator[Row]:
    counted = await session_ledgers.count_doses(db, community, period.start, period.end)
    return dose_rows(counted, period.days.first, period.days.last, words)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`read` gives a page of lines after an id, `cells` those of a line but for the first, its place; `counted` is what stands on
    the sheet beside, which is named by `beside`. `further`: other sheets of lines, by their names."""

    read: Callable[..., Awaitable[Sequence[Any]]]
    cells: Callable[[Any, Words], Row]
    beside: str
    counted: Callable[[Db, str, Period, Words], Awaitable[Iterator[Row]]]
    further: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines that stand with a ledger; `read` and `cells` as of that."""

    name: str
    read: Callable[..., Awaitable[Sequence[Any]]]
    cells: Callable[[Any, Words], Row]


LEDGERS: dict[str, Ledger] = {
    "complaints": Ledger(ledgers.cases, case_cells, "ledger.rates", _rates),
    "follow-ups": Ledger(ledgers.told_last_words, follow_up_cells, "ledger.rates", _rates),
    "questions": Ledger(ledgers.askings, asking_cells, "ledger.questions.counts", _asked),
    "services": Ledger(ledgers.services, service_cells, "ledger.services.counts", _done),
    "activities": Ledger(
        ledgers.activities_done,
        activity_cells,
        "ledger.activities.counts",
        _counted,
        (Sheet("ledger.tasks", tasks.everything, task_cells),),
    ),
    "sessions": Ledger(session_ledgers.sessions, session_cells, "ledger.sessions.counts", _held),
    "sign-ups": Ledger(session_ledgers.sign_ups, sign_up_cells, "ledger.sign_ups.counts", _signed_up),
    "doses": Ledger(session_ledgers.doses, dose_cells, "ledger.doses.counts", _given),
}


def export_ledger(options: Options, ledger: str, target: Path, days: Days) -> None:
    if days.first and days.last and days.first > days.last:
        raise CommandFault("export.days", first=days.first, last=days.last)
    rows = asyncio.run(_export(settings_of(options), ledger, target, days))
    say("export.done", rows=rows, path=target)


async def _export(settings: Settings, ledger: str, target: Path, days: Days) -> int:
    """Written beside the target and put in its place when it is whole."""
    part = target.with_name(target.name + ".part")
    database = await open_existing(settings)
    try:
        part.touch(mode=0o600)  # nobody else reads it; and where nothing can be written, that is known at once
        book = Book(part)
        async with database.reading() as db:
            count = await _write(db, book, settings, ledger, days)
        book.close()
        part.replace(target)
    except (OSError, FileCreateError) as fault:
        raise CommandFault("export.exists", path=target, reason=fault) from fault
    finally:
        part.unlink(missing_ok=True)
        await database.close()
    return count


async def _write(db: Db, book: Book, settings: Settings, name: str, days: Days) -> int:
    replies, ledger = load_replies(settings), LEDGERS[name]
    zone, community = settings.community.zone, settings.community.id
    start = datetime.combine(days.first, time.min, zone) if days.first else None
    end = datetime.combine(days.last + timedelta(days=1), time.min, zone) if days.last else None
    period = Period(days, start, end)
    words = Words(replies, zone, settings.channel.names[0], datetime.now(zone))
    title = f"ledger.{name.replace('-', '_')}"
    book.sheet(words(title), words(f"{title}.columns").split())
    count = await _numbered(book, _lines(db, community, ledger, period, words))
    book.sheet(words(ledger.beside), words(f"{ledger.beside}.columns").split())
    for row in await ledger.counted(db, community, period, words):
        book.row(row)
    for sheet in ledger.further:
        book.sheet(words(sheet.name), words(f"{sheet.name}.columns").split())
        await _numbered(book, _lines(db, community, sheet, period, words))
    return count


async def _numbered(book: Book, lines: AsyncIterator[Row]) -> int:
    count = 0
    async for cells in lines:
        count += 1
        book.row([count, *cells])
    return count


async def _lines(db: Db, community: str, ledger: Ledger | Sheet, period: Period, words: Words) -> AsyncIterator[Row]:
    after = 0
    while page := await ledger.read(db, community, after, period.start, period.end):
        for line in page:
            yield ledger.cells(line, words)
        after = page[-1].id


class Book:
    """An Excel file whose rows are written once, in order, and kept nowhere."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path), CELLS)
        self._text = self._book.add_format({"quote_prefix": True})
        self._sheet: Any = None
        self._rows = 0

    def sheet(self, name: str, columns: Sequence[str]) -> None:
        self._sheet, self._rows = self._book.add_worksheet(name), 0
        self.row(columns)

    def row(self, cells: Row) -> None:
        for column, cell in enumerate(cells):
            if not isinstance(cell, str):
                self._sheet.write_number(self._rows, column, cell)
            elif cell.startswith(RISKY):
                self._sheet.write_string(self._rows, column, cell, self._text)
            else:
                self._sheet.write_string(self._rows, column, cell)
        self._rows += 1

    def close(self) -> None:
        self._book.close()
