"""`linli check-in`: the sign-in sheet from the door, filled in while there was no network, typed back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineWorkbook

from bot.app import load_replies
from bot.cli.messages import CommandFault, text
from bot.cli.opening import open_existing, settings_of
from bot.expectations import Expectations
from bot.settings import Settings
from intents.policy.importing.excel import CONTENT, HEADER_WITHIN, SUFFIX, scanned
from intents.policy.importing.limits import LARGEST_EXCEL_XML
from intents.policy.importing.office import opened
from intents.policy.importing.outcomes import Unreadable
from intents.sessions.dosing import Dosing
from intents.sessions.signing_up import SigningUp
from intents.sessions.staff import NUMBER
from intents.sessions.typed_back import Entered, Paper, PaperRow, Refused, SheetRefused, TypingBack
from intents.understanding.normalise import normalise
from scheduler.clock import SystemClock
from storage import accounts
from storage.sessions import PREFIX

if TYPE_CHECKING:
    from bot.cli import Options

LONGEST_CELL: Final = 200
FIELDS: Final = ("code", "slot", "name", "door", "arrived")
NEEDED: Final = ("code", "arrived")
Word = Callable[[str], str]


class _Undone(Exception):
    """Carries out of a transaction that is not to be committed."""


def check_in(options: Options, path: Path, *, dry_run: bool) -> None:
    settings = settings_of(options)
    try:
        paper = read_paper(path, load_replies(settings).word)
        entered = asyncio.run(_enter(settings, paper, dry_run=dry_run))
    except Unreadable as fault:
        raise CommandFault("check_in.file", path=path, reason=text(fault.key, **fault.params)) from fault
    except SheetRefused as fault:
        raise CommandFault(fault.key, **fault.params) from fault
    lines = [_said(path, one) for one in entered.refused]
    if entered.is_empty_handed:
        raise CommandFault("check_in.nothing", count=len(lines), first=lines[0])
    for line in lines:
        print(line)  # noqa: T201
    counts = {name: getattr(entered, name) for name in ("marked", "added", "same", "people")}
    key = "check_in.would" if dry_run else "check_in.done"
    print(text(key, number=entered.session.number, refused=len(lines), **counts))  # noqa: T201


def read_paper(path: Path, word: Word) -> Paper:
    """Raises `Unreadable`, also where it is no sign-in sheet of ours."""
    if not path.is_file():
        raise Unreadable("importing.missing")
    checked = _checked(path)
    try:
        book = CalamineWorkbook.from_filelike(checked)
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except Exception as fault:  # whatever the library says to a broken file
        raise Unreadable("importing.not_office", suffix=SUFFIX) from fault
    for rows in sheets:
        found = _paper(rows, word)
        if found is not None:
            return found
    raise Unreadable("check_in.no_sheet")


def _checked(path: Path) -> BytesIO:
    """A copy that no library is misled by."""
    with opened(path, SUFFIX, CONTENT, LARGEST_EXCEL_XML) as office:
        scanned(office)
        return office.copy()


def _paper(rows: Sequence[Sequence[Any]], word: Word) -> Paper | None:
    """The number stands above the names of the columns."""
    number = None
    for at, cells in enumerate(rows[:HEADER_WITHIN]):
        columns = _columns([_text(cell) for cell in cells], word)
        if all(name in columns for name in NEEDED) and number is not None:
            return Paper(number, tuple(_rows(rows[at + 1 :], columns, at + 2)))
        for cell in cells:
            match = NUMBER.search(normalise(_text(cell)))
            number = number or (f"{PREFIX}{match[0].upper().removeprefix(PREFIX)}" if match else None)
    return None


def _columns(cells: Sequence[str], word: Word) -> Mapping[str, int]:
    names = {normalise(word(f"sessions.sheet.column.{name}")): name for name in FIELDS}
    return {names[normalise(cell)]: at for at, cell in enumerate(cells) if normalise(cell) in names}


def _rows(rows: Sequence[Sequence[Any]], columns: Mapping[str, int], first: int) -> Iterator[PaperRow]:
    for line, cells in enumerate(rows, start=first):
        said = {name: _text(cells[at])[:LONGEST_CELL] for name, at in columns.items() if at < len(cells)}
        if any(said.values()):
            code = said.get("code", "")
            yield PaperRow(line, **{**said, "code": code.zfill(3) if code.isascii() and code.isdigit() else code})


def _text(cell: object) -> str:
    """A number that Excel made of what was typed is that number again."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


async def _enter(settings: Settings, paper: Paper, *, dry_run: bool) -> Entered:
    database = await open_existing(settings)
    community, now = settings.community.id, SystemClock(settings.community.zone).now()
    entered: list[Entered] = []
    try:
        async with database.transaction() as db:
            directory = await accounts.look_up_directory(db, community, settings.channel.kind)
            if directory is None:
                raise SheetRefused("check_in.unknown", number=paper.number)
            signing_up = SigningUp(directory, Expectations(), settings.quiet_hours)
            entered.append(await TypingBack(community, signing_up, Dosing(directory)).enter(db, paper, now))
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    finally:
        await database.close()
    return entered[0]


def _said(path: Path, one: Refused) -> str:
    where = text("importing.line", file=path.name, line=one.line)
    return text("importing.row", where=where, reason=text(one.reason, **one.params))
