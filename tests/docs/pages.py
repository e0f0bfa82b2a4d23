"""The documents as tests read them: their code spans, blocks, tables and links."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
GUIDE = DOCS / "staff-guide.zh.md"
PAGES = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
ROOMS = ("bot", "intents", "scheduler", "storage", "web", "tests", "benchmarks")

_BLOCK = re.compile(r"^[ ]*```(.*)\n((?:.|\n)*?)^[ ]*```", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\s*\|(.+)\|\s*$", re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(page: Path, language: str | None = None) -> list[str]:
    """Fenced blocks, of one language where it is named."""
    return [content for info, content in _BLOCK.findall(text(page)) if language is None or info == language]


def spans(page: Path) -> list[str]:
    """What stands between backticks in running text."""
    return _SPAN.findall(_BLOCK.sub("", text(page)))


def code(page: Path) -> str:
    """Everything that is set as code, a line each."""
    return "\n".join([*spans(page), *blocks(page)])


def links(page: Path) -> list[str]:
    return [link for link in _LINK.findall(_BLOCK.sub("", text(page))) if "://" not in link]


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the tables under a heading (up to the next one), without their head. A pipe in a cell is written `\\|`."""
    _, _, rest = text(page).partition(f"\n{heading}\n")
    found = [_cells(row) for row in _ROW.findall(re.split(r"\n#+ ", rest)[0])]
    return [row for row in found[1:] if not set("".join(row)) <= set("- ")]


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]


def names(cell: str) -> list[str]:
    return _SPAN.findall(cell)


def anchors(page: Path) -> set[str]:
    """As the places that show Markdown make them: lower case, spaces as dashes, punctuation left out."""
    heads = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@cache
def words_in_code() -> frozenset[str]:
    """Every identifier of the project, tests and YAML included, this folder left out."""
    files = [PROJECT / name for name in ("Makefile", "pyproject.toml", "config.yaml", ".ci/run")]
    for room in ROOMS:
        files += [file for file in (PROJECT / room).rglob("*") if file.suffix in {".py", ".yaml"}]
    mine = Path(__file__).parent
    found: set[str] = set()
    for file in files:
        if mine not in file.parents:
            found.update(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text(file)))
    return frozenset(found)
