"""What styles and numbering of a Word document say of a paragraph: how high a heading it is, what stands before it in a list."""

from __future__ import annotations

import re
from typing import Any, Final

from docx.oxml.ns import qn

from intents.policy.importing.sections import TEXT, TITLE
from intents.policy.importing.words import plain, words

DEEPEST: Final = 9
_LEVELED: Final = re.compile(r"(\D+)([1-9])")
_VALUE: Final = qn("w:val")
_MOST_BASES: Final = 10


class Styles:
    def __init__(self, document: Any) -> None:
        self._styles = {one.get(qn("w:styleId")): one for one in document.styles.element.iterchildren(qn("w:style"))}
        self._levels: dict[str, int] = {}
        self._bullets = _bullets(document)
        self._counts: dict[tuple[str, str], int] = {}

    def level(self, paragraph: Any) -> int:
        """Of a heading 1 to 9, `TITLE`, or `TEXT`."""
        outline = _in(paragraph, "pPr", "outlineLvl")
        if outline is not None and outline.isdecimal() and int(outline) < DEEPEST:
            return int(outline) + 1
        style = _in(paragraph, "pPr", "pStyle")
        if style is None:
            return TEXT
        if style not in self._levels:
            self._levels[style] = self._level_of(style)
        return self._levels[style]

    def _level_of(self, style: str) -> int:
        for one in self._with_bases(style):
            name = plain(_in(one, "name") or "")
            leveled = _LEVELED.fullmatch(name)
            if leveled and leveled[1] in words()["heading_styles"]:
                return int(leveled[2])
            if name in words()["title_styles"]:
                return TITLE
            outline = _in(one, "pPr", "outlineLvl")
            if outline is not None and outline.isdecimal() and int(outline) < DEEPEST:
                return int(outline) + 1
        return TEXT

    def _with_bases(self, style: str | None) -> list[Any]:
        found: list[Any] = []
        while style in self._styles and len(found) < _MOST_BASES:
            found.append(self._styles[style])
            style = _in(found[-1], "basedOn")
        return found

    def label(self, paragraph: Any) -> str:
        """The mark or number that Word itself writes before a paragraph of a list."""
        number, depth = self._list_of(paragraph)
        if number is None or number == "0":
            return ""
        if (number, depth) in self._bullets:
            return str(words()["bullet"])
        count = self._counts.get((number, depth), 0) + 1
        self._counts[number, depth] = count
        for known in [one for one in self._counts if one[0] == number and one[1] > depth]:
            del self._counts[known]
        return f"{count}. "

    def _list_of(self, paragraph: Any) -> tuple[str | None, str]:
        for one in (paragraph, *self._with_bases(_in(paragraph, "pPr", "pStyle"))):
            number = _in(one, "pPr", "numPr", "numId")
            if number is not None:
                return number, _in(one, "pPr", "numPr", "ilvl") or "0"
        return None, "0"


def _bullets(document: Any) -> set[tuple[str, str]]:
    """Lists, with their depth, whose paragraphs have a mark and no number."""
    try:
        numbering = document.part.numbering_part.element
    except (KeyError, NotImplementedError):  # a document need not have any
        return set()
    formats: dict[str, list[str]] = {}
    for one in numbering.iterchildren(qn("w:abstractNum")):
        marked = [
            level.get(qn("w:ilvl"), "0")
            for level in one.iterchildren(qn("w:lvl"))
            if _in(level, "numFmt") in {"bullet", "none"}
        ]
        formats[one.get(qn("w:abstractNumId"))] = marked
    return {
        (one.get(qn("w:numId")), depth)
        for one in numbering.iterchildren(qn("w:num"))
        for depth in formats.get(_in(one, "abstractNumId") or "", ())
    }


def _in(element: Any, *path: str) -> str | None:
    """The value of an element below this one."""
    for name in path:
        element = element.find(qn(f"w:{name}"))
        if element is None:
            return None
    value: str | None = element.get(_VALUE)
    return value
