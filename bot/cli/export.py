"""`linli export complaints`: the ledger 诉求台账 as Excel, streamed page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bot.app import load_replies
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of
from bot.settings import Settings
from intents.replies import Replies
from intents.understanding.address import split_nickname
from intents.understanding.masks import masked
from storage import accounts, complaints, schema
from storage.complaints import Case

if TYPE_CHECKING:
    from bot.cli import Options

PAGE = 500
# an apostrophe is not enough: what residents write must never become a formula or a link
CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}


def export_complaints(options: Options, target: Path) -> None:
    settings = settings_of(options)
    rows = asyncio.run(_export(settings, target))
    say("export.done", rows=rows, path=target)


async def _export(settings: Settings, target: Path) -> int:
    database = await open_vault_and_database(settings, create_key=False)
    replies = load_replies(settings)
    partial = target.with_name(target.name + ".part")
    book = xlsxwriter.Workbook(str(partial), CELLS)
    sheet = book.add_worksheet(replies.word("ledger.complaints"))
    sheet.write_row(0, 0, replies.word("ledger.complaints.columns").split())
    count = 0
    try:
        if await schema.version(database) != schema.HEAD:
            raise CommandFault("database.not_migrated")
        async with database.reading() as db:
            directory = await accounts.look_up_directory(db, settings.community.id, settings.channel.kind)
            after = 0
            while page := await complaints.everything(db, settings.community.id, after, PAGE):
                for case in page:
                    count += 1
                    sheet.write_row(count, 0, _row(count, case, directory, replies, settings.community.zone))
                after = page[-1].id
    finally:
        await database.close()
        _close(book, target)
    partial.replace(target)
    return count


def _close(book: Any, target: Path) -> None:
    try:
        book.close()
    except FileCreateError as fault:
        raise CommandFault("export.exists", path=target, reason=fault) from fault


def _row(
    number: int, case: Case, directory: accounts.Directory | None, replies: Replies, zone: tzinfo
) -> Sequence[str | int]:
    """In the order of the ledger's columns; names and telephone numbers masked."""

    def moment(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""

    reporter = replies.word("ledger.anonymous")
    if not case.anonymous:
        reporter = masked_name(directory.name_in(case.group, case.reporters[0])) if directory and case.reporters else ""
    late = case.due_by is not None and (case.resolved_at or datetime.now(zone)) > case.due_by
    return [
        number,
        case.number or "",
        moment(case.filed_at),
        replies.word(f"source.{case.source}"),
        reporter,
        masked(case.phone or ""),
        "-".join(part for part in (case.building, case.unit, case.room) if part) or (case.place or ""),
        case.category,
        case.subcategory,
        case.urgency,
        case.wording,
        case.handler or "",
        moment(case.assigned_at),
        "",
        moment(case.due_by),
        case.result or replies.word(f"state.{case.state}"),
        moment(case.resolved_at),
        replies.word("yes" if late else "no"),
        "",
        "",
    ]


def masked_name(name: str) -> str:
    """The first character of what is left of a nickname without its address."""
    _, rest = split_nickname(name)
    return rest[:1] + "*" if rest else ""
