"""The lines of the activity ledger and of tasks as cells; telephone numbers and doors masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.cli.ledger_lines import Row, Words, of_what
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from storage.activities import Activity, Counted
from storage.tasks import Task


def activity_cells(line: Activity, words: Words) -> Row:
    done = line.done
    return [
        line.number,
        f"{done.happened_on}",
        done.kind,
        _said(done.text),
        "" if done.amount is None else done.amount,
        done.unit or "",
        _said(done.place or ""),
        line.photos or "",
        line.by,
        words("ledger.note.undone") if line.undone else "",
    ]


def activity_rows(kinds: Sequence[Counted], first: date | None, last: date | None, words: Words) -> Iterator[Row]:
    """What it is of, then of each kind its lines and what their numbers come to, without what was taken back."""
    yield from of_what(first, last, words)
    yield [words("ledger.activities.all"), sum(kind.lines for kind in kinds)]
    for kind in kinds:
        yield [
            kind.kind,
            kind.lines,
            words("activities.agenda.between").join(f"{number}{unit}" for unit, number in kind.sums),
        ]


def task_cells(task: Task, words: Words) -> Row:
    late = task.is_overdue(words.now.date())
    return [
        task.number,
        _said(task.text),
        task.officer_name,
        f"{task.due_on}",
        words("ledger.tasks.overdue") if late else words(f"task.state.{task.state}"),
        words(f"task.source.{task.source}") + (f" {task.reference}" if task.reference else ""),
        task.made_by,
        words.moment(task.made_at),
        words.moment(task.ended_at),
        _said(task.result or ""),
    ]


def _said(text: str) -> str:
    """As a group might hear it."""
    return masked(without_doors(normalise(text)))
