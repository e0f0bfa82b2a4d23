"""In which encoding a text file is written, found by reading all of it once, a line at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from intents.policy.importing.limits import LONGEST_LINE, MOST_ROWS
from intents.policy.importing.outcomes import Unreadable

MARK: Final = codecs.BOM_UTF8
UTF_8: Final = "utf-8"
CHINESE: Final = "gb18030"


def encoding_of(path: Path, *, is_rows: bool) -> str:
    """UTF-8, or GB18030 where all of it reads cleanly so. A few broken lines of UTF-8 are left to whoever reads the rows.

    Most UTF-8 also reads as GB18030, as nonsense: so lines that are good UTF-8 outweigh what GB18030 makes of the file.
    """
    seen = _Seen()
    with path.open("rb") as file:
        for _, line in lines_of(file):
            seen.look(line)
            if is_rows and seen.rows > MOST_ROWS:
                raise Unreadable("importing.too_many_rows", most=MOST_ROWS)
    if not seen.broken:
        return UTF_8
    if seen.is_chinese and seen.good < seen.broken:
        return CHINESE
    if seen.has_nul or not seen.good or not is_rows:
        raise Unreadable("importing.not_a_text_file", seen.first_broken)
    return UTF_8


def lines_of(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """The number and bytes of each line; None for one that is too long, which is never held whole."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield number, None


@dataclass(slots=True)
class _Seen:
    lines: int = 0
    rows: int = 0
    good: int = 0
    broken: int = 0
    first_broken: int | None = None
    has_nul: bool = False
    is_chinese: bool = True

    def look(self, line: bytes | None) -> None:
        self.lines += 1
        self.rows += line is None or bool(line.strip())
        if line is None or (line.isascii() and b"\0" not in line):
            return
        self.has_nul = self.has_nul or b"\0" in line
        if not _reads(line, UTF_8):
            self.broken += 1
            self.first_broken = self.first_broken or self.lines
        elif not line.isascii():
            self.good += 1
        # no character of GB18030 holds the byte that ends a line
        self.is_chinese = self.is_chinese and _reads(line, CHINESE)


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
