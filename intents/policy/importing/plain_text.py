"""Markdown as a person reads it aloud: marks of lists stay, marks of emphasis, links and pictures go."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from intents.policy.importing.cleaning import clean
from intents.policy.importing.sections import Block

LONGEST_MARKED: Final = 10_000
"""Characters of a line in which marks are looked for."""
_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*")
_RULE: Final = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_TABLE_RULE: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_LINK: Final = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:[ \t]+\"[^\"\n]*\")?\)")
_ADDRESS: Final = re.compile(r"<(https?://[^<>\s]+)>")
_STRONG: Final = re.compile(r"(\*\*|__|~~|`)(?=\S)([^*_~`\n]*[^*_~`\s])\1")
_EMPHASIS: Final = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?!\*)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>")
_ESCAPE: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_QUOTE: Final = re.compile(r"^[ \t]*(?:>[ \t]?)+")


def blocks_of(text: str, first: int) -> list[Block]:
    """Headings and lines; `first` is the number of the text's first line in its file."""
    return list(_blocks(_without_comments(text).split("\n"), first))


def _without_comments(text: str) -> str:
    """Their lines stay, empty, so that lines can still be counted."""
    pieces: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start)) >= 0:
        pieces += [text[done:start], "\n" * text.count("\n", start, end)]
        done = end + len("-->")
    return "".join([*pieces, text[done:]])


def _blocks(lines: list[str], first: int) -> Iterator[Block]:
    fence = ""
    passed = False
    for at, line in enumerate(lines):
        number = first + at
        if len(line) > LONGEST_MARKED:
            yield Block(number, line)
            continue
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        elif fence:
            yield Block(number, line)
        elif passed:
            passed = False
        elif heading := _heading(line):
            yield Block(number, spoken(heading[1]), heading[0])
        elif _is_underlined(lines, at):
            passed = True
            yield Block(number, spoken(line), 1 if lines[at + 1].strip().startswith("=") else 2)
        elif not _RULE.fullmatch(line) and not ("|" in line and _TABLE_RULE.fullmatch(line)):
            yield Block(number, spoken(line))


def _heading(line: str) -> tuple[int, str] | None:
    match = _HEADING.match(line)
    return (len(match[1]), line[match.end() :].strip().rstrip("#").rstrip()) if match else None


def _is_underlined(lines: list[str], at: int) -> bool:
    """A line of words, alone in its paragraph, over a line of = or -."""
    line = lines[at].strip()
    alone = at == 0 or not lines[at - 1].strip()
    return bool(line) and alone and at + 1 < len(lines) and _UNDERLINE.fullmatch(lines[at + 1]) is not None


def spoken(line: str) -> str:
    line = _TAG.sub("", _QUOTE.sub("", line))
    line = _ADDRESS.sub(r"\1", _LINK.sub(r"\1", line))
    line = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", line))
    if line.strip().startswith("|"):
        line = line.strip().strip("|").replace("|", " | ")
        line = " ".join(line.split())
    return clean(html.unescape(_ESCAPE.sub(r"\1", line)))
