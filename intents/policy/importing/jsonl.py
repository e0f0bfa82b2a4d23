"""A policy a line, as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intents.policy.importing.encodings import MARK, encoding_of, lines_of
from intents.policy.importing.fields import Gathered
from intents.policy.importing.limits import LONGEST_LINE
from intents.policy.importing.outcomes import Refused, Row, Tell, Unreadable
from storage.policy_entry import LONGEST_BODY


def read_jsonl(path: Path, file: str, tell: Tell) -> Iterator[Row | Refused]:
    encoding = encoding_of(path, is_rows=True)
    size, done, found = path.stat().st_size, 0, False
    with path.open("rb") as lines:
        for number, line in lines_of(lines):
            done = lines.tell()
            tell(done / size)
            text = line.removeprefix(MARK) if line is not None and number == 1 else line
            if text is not None and not text.strip():
                continue
            found = True
            yield _row(text, encoding, file, number)
    if not found:
        raise Unreadable("importing.empty_file")


def _row(line: bytes | None, encoding: str, file: str, number: int) -> Row | Refused:
    if line is None:
        params = {"most": LONGEST_LINE // 1_000_000, "body": LONGEST_BODY}
        return Refused(file, number, None, "importing.line_too_long", params)
    try:
        said: Any = json.loads(line.decode(encoding), parse_int=str, parse_float=str, parse_constant=str)
    except UnicodeDecodeError:
        return Refused(file, number, None, "importing.line_encoding")
    except json.JSONDecodeError as fault:
        return Refused(file, number, None, "importing.bad_json", {"column": fault.colno})
    except RecursionError:
        return Refused(file, number, None, "importing.bad_json", {"column": 1})
    if not isinstance(said, dict):
        return Refused(file, number, None, "importing.bad_json", {"column": 1})
    gathered = Gathered().take(said.items())
    return Row(file, number, gathered.values, gathered.names, unknown=tuple(gathered.unknown))
