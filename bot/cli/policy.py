"""`linli policy import`: entries out of files into the knowledge base, with a report by row. `linli policy template`: a file to
fill in."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xlsxwriter.exceptions import FileCreateError

from bot.app import load_replies, open_database
from bot.cli.messages import CommandFault, say, text
from bot.cli.opening import open_vault_and_database, settings_of, sqlite_file
from bot.settings import Settings
from intents.policy.filed_answers import keep_filed
from intents.policy.importing.outcomes import Answered, Refused, Taken, Tell, Warned
from intents.policy.importing.rows import Outcome, read_files
from intents.policy.importing.template import write_template
from scheduler.clock import SystemClock
from storage import policy, schema
from storage.base import Db
from storage.database import Database
from storage.secrets import KEY_BYTES, Vault

if TYPE_CHECKING:
    from bot.cli import Options

ORIGIN: Final = "import"
BATCH: Final = 200
"""Entries of one transaction: the running assistant never waits long for the database."""
BATCH_CHARACTERS: Final = 2_000_000
PARAGRAPHS: Final = ".docx"


@dataclass(frozen=True, slots=True)
class Wishes:
    dry_run: bool = False
    all_or_nothing: bool = False
    as_json: bool = False


class _Undone(Exception):
    """Carries out of a transaction that is not to be committed."""


@dataclass(slots=True)
class _Report:
    """What came of the rows, said in their order. Of the first row that is refused it remembers why."""

    as_json: bool
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "replaced", "same", "refused", "answered"), 0)
    )
    first: str | None = None

    def taken(self, row: Taken, took: str) -> None:
        self._count(row, took, row.draft.code, None)

    def answered(self, row: Answered) -> None:
        self._count(row, "answered", None, None)

    def refused(self, row: Refused) -> None:
        reason = said(row)
        self.first = self.first or reason
        self._count(row, "refused", None, reason)
        if not self.as_json:
            _print(reason)

    def _count(self, row: Taken | Answered | Refused, result: str, code: str | None, reason: str | None) -> None:
        self.counts[result] += 1
        if self.as_json:
            line = {"file": row.file, "line": row.line, "policy": code, "result": result, "reason": reason}
            _print(json.dumps(line, ensure_ascii=False))

    @property
    def is_empty_handed(self) -> bool:
        """Nothing could be taken, and something should have been."""
        return self.counts["refused"] > 0 and self.counts["refused"] == sum(self.counts.values())

    def summary(self, *, dry_run: bool) -> str:
        key = "importing.would" if dry_run else "importing.done"
        line = text(key, **self.counts)
        return line + text("importing.answers", **self.counts) if self.counts["answered"] else line


def import_policies(options: Options, paths: Sequence[Path], wishes: Wishes) -> None:
    settings = settings_of(options)
    report = asyncio.run(_Import(settings, paths, wishes).run())
    if report.is_empty_handed and report.first is not None:
        raise CommandFault("importing.nothing", first=report.first, count=report.counts["refused"])
    summary = report.summary(dry_run=wishes.dry_run)
    if wishes.as_json:
        print(summary, file=sys.stderr)  # noqa: T201
    else:
        _print(summary)


def template(path: Path) -> None:
    if path.exists():
        raise CommandFault("importing.template_exists", path=path)
    try:
        write_template(path)
    except (OSError, FileCreateError) as fault:
        raise CommandFault("export.exists", path=path, reason=fault) from fault
    say("importing.template_done", path=path)


class _Import:
    def __init__(self, settings: Settings, paths: Sequence[Path], wishes: Wishes) -> None:
        self._settings = settings
        self._paths = paths
        self._wishes = wishes
        self._word = load_replies(settings).word
        self._report = _Report(wishes.as_json)

    async def run(self) -> _Report:
        if self._wishes.all_or_nothing:
            self._refuse_any()
        async with _opened(self._settings, dry_run=self._wishes.dry_run) as database:
            if self._wishes.all_or_nothing:
                await self._all(database)
            else:
                await self._what_can_be(database)
        return self._report

    def _refuse_any(self) -> None:
        """Everything is read once before anything is written."""
        with _progress() as tell:
            for row in read_files(self._paths, tell):
                if isinstance(row, Refused):
                    self._report.refused(row)
        if self._report.first is not None:
            raise CommandFault("importing.all_refused", first=self._report.first, count=self._report.counts["refused"])

    async def _all(self, database: Database) -> None:
        done: list[Callable[[], None]] = []
        async with self._transaction(database) as db:
            for batch in self._batches():
                done += await self._put(db, batch)
            if self._report.first is not None:  # no such question, or the file has changed since it was read first
                raise CommandFault("importing.all_refused", first=self._report.first, count=1)
        _say_all(done)

    async def _what_can_be(self, database: Database) -> None:
        # on one terminal the lines would be written into the bar
        waits = sys.stdout.isatty() and sys.stderr.isatty()
        done: list[Callable[[], None]] = []
        try:
            for batch in self._batches():
                async with self._transaction(database) as db:
                    written = await self._put(db, batch)
                done += written
                if not waits:
                    _say_all(done)
        finally:
            _say_all(done)

    @asynccontextmanager
    async def _transaction(self, database: Database) -> AsyncIterator[Db]:
        try:
            async with database.transaction() as db:
                yield db
                if self._wishes.dry_run:
                    raise _Undone
        except _Undone:
            return

    def _batches(self) -> Iterator[list[Outcome]]:
        batch: list[Outcome] = []
        characters = 0
        with _progress() as tell:
            for row in read_files(self._paths, tell):
                batch.append(row)
                characters += len(row.draft.body) if isinstance(row, Taken) else 0
                if len(batch) >= BATCH or characters > BATCH_CHARACTERS:
                    yield batch
                    batch, characters = [], 0
        if batch:
            yield batch

    async def _put(self, db: Db, batch: Sequence[Outcome]) -> list[Callable[[], None]]:
        """Write what can be taken; returns what is to be said of each row once that is committed."""
        taken = [row for row in batch if isinstance(row, Taken)]
        now = SystemClock(self._settings.community.zone).now()
        community = self._settings.community.id
        drafts = [row.draft for row in taken]
        results = iter(await policy.put_all(db, community, drafts, now, origin=ORIGIN, in_force=True) if drafts else [])
        done: list[Callable[[], None]] = []
        for row in batch:
            if isinstance(row, Taken):
                done.append(partial(self._report.taken, row, str(next(results)[1])))
            elif isinstance(row, Answered):
                done += await self._answer(db, row, now)
            elif isinstance(row, Refused):
                done.append(partial(self._report.refused, row))
            else:
                print(said(row), file=sys.stderr)  # noqa: T201
        return done

    async def _answer(self, db: Db, row: Answered, now: datetime) -> list[Callable[[], None]]:
        review_on = now.date() + timedelta(days=self._settings.policy.review_after_days)
        if await keep_filed(db, self._settings.community.id, row, self._word, review_on, now):
            return [partial(self._report.answered, row)]
        unknown = Refused(row.file, row.line, None, "importing.no_such_question", {"question": row.question})
        if self._wishes.all_or_nothing:
            self._report.refused(unknown)  # at once: nothing may be committed
            return []
        return [partial(self._report.refused, unknown)]


def _say_all(done: list[Callable[[], None]]) -> None:
    for tell in done:
        tell()
    done.clear()


def said(row: Refused | Warned) -> str:
    """Where it is and what to do about it, in one line."""
    where = _place(row.file, row.line)
    if row.field:
        where = text("importing.field", where=where, field=row.field)
    params = dict(row.params)
    if row.reason == "importing.twice":
        params["first"] = _place(*params["first"])
    return text("importing.row", where=where, reason=text(row.reason, **params))


def _place(file: str, line: int | None) -> str:
    if line is None:
        return file
    is_word = Path(file).suffix.lower() == PARAGRAPHS
    return text("importing.paragraph" if is_word else "importing.line", file=file, line=line)


@asynccontextmanager
async def _opened(settings: Settings, *, dry_run: bool) -> AsyncIterator[Database]:
    """The database, made where there is none. A dry run makes none, and changes none that is there."""
    file = sqlite_file(settings)
    if dry_run and file is not None and not (file.exists() and file.stat().st_size):
        database = Database("sqlite://", Vault(bytes(KEY_BYTES)))
    else:
        database = await open_vault_and_database(settings, create_key=not dry_run)
    try:
        if dry_run and not database.in_memory and await schema.version(database) != schema.HEAD:
            raise CommandFault("database.not_migrated")
        await open_database(database)
        yield database
    finally:
        await database.close()


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on the terminal, and nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("importing.reading"), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _print(line: str) -> None:
    sys.stdout.buffer.write((line + "\n").encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
