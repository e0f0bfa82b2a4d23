"""Which field of an entry a name means, as staff write it on columns, in headings and before a colon."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.yaml_source import load_yaml
from storage.policy_entry import PARTS, Kind

LONGEST_NAME: Final = 40
LONGEST_FIELD_LINE: Final = 500


@cache
def words() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(Path(__file__).with_name("words.yaml"))
    return loaded


def field_of(name: str) -> str | None:
    """The field or part that a name means; None for a name that means none."""
    if len(name) > LONGEST_NAME:
        return None
    return _fields().get(plain(name)) or _fields().get(plain(_bare(name)))


def part_of(name: str) -> str | None:
    """The part of a guide entry that a heading names."""
    found = field_of(name)
    return found if found in PARTS else None


def kind_of(name: str) -> Kind | None:
    said = plain(name)
    for kind in Kind:
        if said == kind or said in words()["kinds"][kind]:
            return kind
    return None


def is_chapter(heading: str) -> bool:
    """A chapter of one document, not an entry of its own."""
    return _pattern("chapter").match(heading) is not None


def is_left_aside(name: str) -> bool:
    return plain(name) in words()["left_aside"]


def field_line(text: str) -> tuple[str, str, str] | None:
    """Field, name and value of a line such as `文号：鲁民〔2025〕3号`."""
    match = _pattern("field_line").match(text) if len(text) <= LONGEST_FIELD_LINE else None
    found = field_of(match[1]) if match else None
    return (found, match[1].strip(), match[2].strip()) if match and found else None


def plain(name: str) -> str:
    """Width folded, without blanks: what names are compared by."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def _bare(name: str) -> str:
    """Without numbering in front, and without a mark, a colon or a remark in brackets behind."""
    name = _pattern("numbering").sub("", name, count=1)
    name = _pattern("remark").sub("", name.rstrip(" *:" + words()["separator"]))
    return name.strip(" *:" + words()["separator"])


@cache
def _fields() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in ("fields", "parts"):
        for key, names in words()[group].items():
            found.update((plain(name), key) for name in (key, *names))
    return found


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(words()[name])
