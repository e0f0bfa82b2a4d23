"""What became of the rows of some files, as a person reads it."""

from __future__ import annotations

from pathlib import Path

from bot.cli.policy import said
from intents.policy.importing.outcomes import Refused, Taken, Warned
from intents.policy.importing.rows import Outcome, read_files
from storage.policy_entry import Draft


def read(*paths: Path) -> list[Outcome]:
    return list(read_files(paths))


def taken(rows: list[Outcome]) -> list[Draft]:
    return [row.draft for row in rows if isinstance(row, Taken)]


def refusals(rows: list[Outcome]) -> list[str]:
    return [said(row) for row in rows if isinstance(row, Refused)]


def warned(rows: list[Outcome]) -> list[str]:
    return [said(row) for row in rows if isinstance(row, Warned)]


def only_draft(path: Path) -> Draft:
    rows = read(path)
    assert refusals(rows) == []
    assert warned(rows) == []
    [draft] = taken(rows)
    return draft
