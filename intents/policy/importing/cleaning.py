"""Text as it is kept: without what nobody sees, and with lines that end in one way."""

from __future__ import annotations

import re
from typing import Final

# controls, halves of characters, byte order marks, marks without width and marks that turn the direction of writing
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_ESCAPED: Final = re.compile("_x00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])_")
_LINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS: Final = " \t\xa0\u3000"
_EMPTY_LINES: Final = re.compile("\n{3,}")


def seen(text: str) -> str:
    """What can be seen of it, line for line."""
    return _UNSEEN.sub("", _LINES.sub("\n", text))


def clean(text: str) -> str:
    lines = (line.rstrip(_BLANKS) for line in seen(_ESCAPED.sub("", text)).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())
