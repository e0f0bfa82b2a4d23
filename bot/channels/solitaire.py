"""Group notes as WeChat's XML: an appmsg whose title is the whole note, with a `solitaire_info` that says what stands where.

Its offsets count UTF-16 units in the title, as `start-length`. Pure, and never an exception: XML that does not fit counts
as the text it holds.
"""

from __future__ import annotations

import html
import re
from typing import Final
from xml.etree import ElementTree

MARK: Final = "solitaire_info"
_TYPE: Final = "<type>53</type>"
LONGEST_XML: Final = 400_000
"""500 entries with their senders and places take some 80,000."""

_TITLE: Final = re.compile(r"<title>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?(?:</title>|\Z)", re.DOTALL)
_PLACES: Final = re.compile(r"<r>([0-9]{1,7})-([0-9]{1,7})</r>")
_UNIT: Final = "utf-16-le"


def is_structured(text: str) -> bool:
    return "<appmsg" in text and (MARK in text or _TYPE in text)


def unwrapped(text: str) -> str:
    """The note as people see it; what is no XML as it is. An entry over several lines becomes one line."""
    if "<appmsg" not in text:
        return text
    title, places = _read(text[:LONGEST_XML])
    return _flattened(title, places)


def _read(text: str) -> tuple[str, list[tuple[int, int]]]:
    start = text.find("<msg")
    start = start if start >= 0 else text.index("<appmsg")
    document = text[start:]
    try:
        if "<!DOCTYPE" in document or "<!ENTITY" in document:
            raise ElementTree.ParseError
        root = ElementTree.fromstring(document)  # noqa: S314  # it declares no entities
        title, found = root.findtext(".//title") or "", root.find(f".//{MARK}")
        info = "" if found is None else html.unescape(ElementTree.tostring(found, encoding="unicode"))
    except ElementTree.ParseError:
        match = _TITLE.search(document)
        title, info = html.unescape(match[1]) if match else "", html.unescape(document)
    return title, [(int(match[1]), int(match[2])) for match in _PLACES.finditer(info)]


def _flattened(title: str, places: list[tuple[int, int]]) -> str:
    """With a space for each line break within an entry, so that a list in somebody's entry is not taken for entries."""
    units = title.encode(_UNIT, "surrogatepass")
    parts, at = list[bytes](), 0
    for start, length in sorted(places):
        begin, end = 2 * start, 2 * (start + length)
        if begin < at or end > len(units) or not _follows_a_number(units[max(0, begin - 24) : begin]):
            return title
        entry = units[begin:end].decode(_UNIT, "replace")
        parts += (units[at:begin], " ".join(entry.splitlines()).encode(_UNIT))
        at = end
    return b"".join((*parts, units[at:])).decode(_UNIT, "replace")


def _follows_a_number(before: bytes) -> bool:
    return re.search(r"(?:^|\n)[^\n]{0,2}[0-9]{1,3}[^0-9\n]{1,3}$", before.decode(_UNIT, "replace")) is not None
