"""All rows of some files, in order, as they are read: entries, answers, and what is refused or left aside and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from intents.policy.importing.cleaning import one_line
from intents.policy.importing.dates import a_day
from intents.policy.importing.fields import draft_of, long, short
from intents.policy.importing.limits import MOST_ROWS
from intents.policy.importing.outcomes import Answered, Refused, Row, Taken, Tell, Unfit, Unreadable, Warned
from storage.policy_entry import LONGEST_ANSWER, LONGEST_LABEL, LONGEST_PART, LONGEST_TITLE

Outcome = Taken | Answered | Refused | Warned
Read = Callable[[Path, str, Tell], Iterator[Row | Refused | Warned]]


def _jsonl() -> Read:
    from intents.policy.importing.jsonl import read_jsonl  # noqa: PLC0415 - only what a file needs is loaded

    return read_jsonl


def _markdown() -> Read:
    from intents.policy.importing.markdown import read_markdown  # noqa: PLC0415

    return read_markdown


def _word() -> Read:
    from intents.policy.importing.word import read_word  # noqa: PLC0415

    return read_word


def _excel() -> Read:
    from intents.policy.importing.excel import read_excel  # noqa: PLC0415

    return read_excel


FORMATS: Final[dict[str, Callable[[], Read]]] = {
    ".jsonl": _jsonl,
    ".md": _markdown,
    ".docx": _word,
    ".xlsx": _excel,
}


def read_files(paths: Sequence[Path], tell: Tell = lambda _: None) -> Iterator[Outcome]:
    """`tell` hears how much of all files is read."""
    reading = _Reading()
    for at, path in enumerate(paths):
        yield from reading.file(path, _part_of(tell, at, len(paths)))
        tell((at + 1) / len(paths))


def _part_of(tell: Tell, at: int, files: int) -> Tell:
    return lambda share: tell((at + min(share, 1.0)) / files)


class _Reading:
    """Remembers what was taken, so that nothing is taken twice in one import."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, int | None]] = {}
        self._questions: dict[int, tuple[str, int | None]] = {}
        self._warned: set[tuple[str, str]] = set()

    def file(self, path: Path, tell: Tell) -> Iterator[Outcome]:
        file = str(path)
        try:
            read = _reader(path)
            for row in read(path, file, tell):
                if isinstance(row, Row):
                    yield from self._row(row)
                else:
                    yield row
        except Unreadable as fault:
            yield Refused(file, fault.line, None, fault.key, fault.params)
        except OSError as fault:
            yield Refused(file, None, None, "importing.unopened", {"reason": fault.strerror or type(fault).__name__})

    def _row(self, row: Row) -> Iterator[Outcome]:
        try:
            outcome = self._outcome(row)
        except Unfit as fault:
            line = row.lines.get(fault.name or "", row.line)
            written = row.names.get(fault.name or "", fault.name)
            yield Refused(row.file, line, written, fault.key, fault.params)
            return
        if outcome is None:
            return
        yield outcome
        for name in row.unknown:
            if (row.file, name) not in self._warned and len(self._warned) < MOST_ROWS:
                self._warned.add((row.file, name))
                yield Warned(row.file, row.line, name, "importing.unknown_field")

    def _outcome(self, row: Row) -> Outcome | None:
        if one_line(str(row.values.get("question_number", ""))):
            answered = _answered(row)
            if answered is None:
                return None
            if answered.question in self._questions:
                first = self._questions[answered.question]
                raise Unfit("question_number", "importing.twice", code=answered.question, first=first)
            self._questions[answered.question] = (row.file, row.line)
            return answered
        draft = draft_of(_with_reply(row))
        if draft.code in self._codes:
            raise Unfit("id", "importing.twice", code=draft.code, first=self._codes[draft.code])
        self._codes[draft.code] = (row.file, row.line)
        return Taken(row.file, row.line, draft)


def _reader(path: Path) -> Read:
    if path.is_dir():
        raise Unreadable("importing.folder")
    if not path.exists():
        raise Unreadable("importing.missing")
    if not path.is_file():
        raise Unreadable("importing.no_file")
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise Unreadable("importing.unknown_format", suffix=path.suffix or path.name)
    return known()


def _with_reply(row: Row) -> Row:
    """An answer beside no number of a question is the entry's own: said as it is where it is short, and its text otherwise."""
    if not row.values.get("reply"):
        return row
    values = dict(row.values)
    reply = values.pop("reply")
    is_short = len(one_line(str(reply))) <= LONGEST_ANSWER and not values.get("answer")
    name = "answer" if is_short else "body"
    if values.get(name):
        raise Unfit("reply", "importing.two_texts")
    values[name] = reply
    return Row(row.file, row.line, values, {name: "", **row.names}, row.lines)


def _answered(row: Row) -> Answered | None:
    """None where nobody has answered yet."""
    values = row.values
    answer = long(values, "reply", LONGEST_PART)
    if not answer:
        return None
    said = short(values, "question_number", LONGEST_LABEL).lstrip("#")
    if not said.isdecimal() or len(said) > 9:
        raise Unfit("question_number", "importing.no_question_number", value=said[:20])
    title = short(values, "title", LONGEST_TITLE) or short(values, "question", 4_000)[:LONGEST_TITLE]
    source = short(values, "source", LONGEST_LABEL)
    return Answered(row.file, row.line, int(said), answer, title, source, a_day(values.get("review_on"), "review_on"))
