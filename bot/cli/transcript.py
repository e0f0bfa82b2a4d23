"""A transcript as `linli replay` reads it: one JSON object a line, sorted by `at`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from bot.channels.texts import split_mention
from bot.cli.messages import CommandFault
from bot.message import Inbound, Picture, Quote

FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST_LINE = 4_000_000
SHAPES: dict[str, type] = {"room": str, "name": str, "id": str, "mentions": list, "quote": dict, "image": str}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: something said, or (without `inbound`) only time passing. `quotes` is an id to look up when it is reached."""

    number: int
    at: datetime
    inbound: Inbound | None = None
    quotes: str | None = None


class Transcript:
    """Reads a file into lines; raises `CommandFault` naming file, line and field."""

    def __init__(self, path: Path, zone: tzinfo, names: Sequence[str]) -> None:
        self._path = path
        self._zone = zone
        self._names = tuple(names)

    def read(self) -> list[Line]:
        try:
            content = self._path.read_text("utf-8-sig", errors="replace")
        except OSError as fault:
            raise CommandFault("replay.missing", path=self._path) from fault
        lines: list[Line] = []
        for number, text in enumerate(content.split("\n"), start=1):
            if not text.strip():
                continue
            line = self._line(number, text)
            if lines and line.at < lines[-1].at:
                raise CommandFault("replay.unsorted", path=self._path, line=number)
            lines.append(line)
        return lines

    def _line(self, number: int, text: str) -> Line:
        try:
            said = json.loads(text[:LONGEST_LINE])
        except ValueError as fault:
            raise CommandFault("replay.bad_json", path=self._path, line=number) from fault
        if not isinstance(said, dict):
            raise CommandFault("replay.bad_json", path=self._path, line=number)
        at = self._moment(number, said)
        if said.get("tick"):
            return Line(number, at)
        self._check_shapes(number, said)
        quote = said.get("quote") or {}
        return Line(number, at, self._inbound(number, said, at), quotes=quote.get("id"))

    def _check_shapes(self, number: int, said: dict[str, Any]) -> None:
        for field, shape in SHAPES.items():
            if said.get(field) is not None and not isinstance(said[field], shape):
                raise self._fault(number, field, said[field])

    def _moment(self, number: int, said: dict[str, Any]) -> datetime:
        try:
            at = datetime.fromisoformat(said["at"])
        except (KeyError, TypeError, ValueError) as fault:
            raise self._fault(number, "at", said.get("at")) from fault
        if not FIRST_YEAR <= at.year <= LAST_YEAR:  # a clock cannot go on from there
            raise self._fault(number, "at", said["at"])
        return at if at.tzinfo else at.replace(tzinfo=self._zone)

    def _inbound(self, number: int, said: dict[str, Any], at: datetime) -> Inbound:
        for field in ("sender", "text"):
            if not isinstance(said.get(field, "" if field == "text" and said.get("image") else None), str):
                raise self._fault(number, field, said.get(field))
        named, text = split_mention(said.get("text", ""), self._names)
        room = said.get("room")
        quote = said.get("quote") or {}
        return Inbound(
            id=str(said.get("id") or f"in-{number}"),
            sender=said["sender"],
            text=text,
            at=at,
            group=str(room) if room is not None else None,
            group_name=str(room or ""),
            sender_name=str(said.get("name") or ""),
            mentioned=named or "bot" in (said.get("mentions") or ()),
            quote=Quote(str(quote["sender"]), str(quote["text"])) if "text" in quote and "sender" in quote else None,
            kind="image" if said.get("image") else "text",
            picture=self._picture(number, said["image"]) if said.get("image") else None,
            friend=bool(said.get("friend", True)),
        )

    def _picture(self, number: int, name: str) -> Picture:
        path = self._path.parent / name
        try:
            return Picture(path.read_bytes(), path.name)
        except OSError as fault:
            raise CommandFault("replay.picture", path=self._path, line=number, picture=name) from fault

    def _fault(self, number: int, field: str, value: object) -> CommandFault:
        return CommandFault("replay.bad_field", path=self._path, line=number, field=field, problem=repr(value)[:60])
