"""`linli export`: a ledger as Excel, streamed page by page, and beside it the rates of the same period."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bot.app import load_replies
from bot.cli.ledger_lines import Row, Words, case_cells, follow_up_cells, rates_rows
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of
from bot.settings import Settings
from storage import ledgers, schema
from storage.base import Db
from storage.rates import rates

if TYPE_CHECKING:
    from bot.cli import Options

# an apostrophe is not enough: what residents write must never become a formula or a link
CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
RISKY = ("=", "+", "-", "@")
"""What begins so would become a formula once somebody edits the cell, were it not marked as text."""
_Read = Callable[..., Awaitable[Sequence[Any]]]
_Cells = Callable[[Any, Words], Row]
LEDGERS: dict[str, tuple[_Read, _Cells]] = {
    "complaints": (ledgers.cases, case_cells),
    "follow-ups": (ledgers.told_last_words, follow_up_cells),
}
"""A page of lines after an id, and a line's cells but for the first, its place."""


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day up to and with the last; None: from the beginning, until today."""

    first: date | None = None
    last: date | None = None


def export_ledger(options: Options, ledger: str, target: Path, days: Days) -> None:
    if days.first and days.last and days.first > days.last:
        raise CommandFault("export.days", first=days.first, last=days.last)
    rows = asyncio.run(_export(settings_of(options), ledger, target, days))
    say("export.done", rows=rows, path=target)


async def _export(settings: Settings, ledger: str, target: Path, days: Days) -> int:
    """Written beside the target and put in its place when it is whole."""
    part = target.with_name(target.name + ".part")
    database = await open_vault_and_database(settings, create_key=False)
    try:
        if await schema.version(database) != schema.HEAD:
            raise CommandFault("database.not_migrated")
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


async def _write(db: Db, book: Book, settings: Settings, ledger: str, days: Days) -> int:
    replies = load_replies(settings)
    zone, community = settings.community.zone, settings.community.id
    start = datetime.combine(days.first, time.min, zone) if days.first else None
    end = datetime.combine(days.last + timedelta(days=1), time.min, zone) if days.last else None
    words = Words(replies, zone, settings.channel.names[0], datetime.now(zone))
    title = f"ledger.{ledger.replace('-', '_')}"
    book.sheet(replies.word(title), replies.word(f"{title}.columns").split())
    count = 0
    async for cells in _lines(db, community, ledger, start, end, words):
        count += 1
        book.row([count, *cells])
    book.sheet(replies.word("ledger.rates"), replies.word("ledger.rates.columns").split())
    counted = await rates(db, community, start, end, words.now)
    for row in rates_rows(counted, days.first, days.last, words):
        book.row(row)
    return count


async def _lines(
    db: Db, community: str, ledger: str, start: datetime | None, end: datetime | None, words: Words
) -> AsyncIterator[Row]:
    read, cells = LEDGERS[ledger]
    after = 0
    while page := await read(db, community, after, start, end):
        for line in page:
            yield cells(line, words)
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
