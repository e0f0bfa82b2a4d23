"""What was said in the simulated chats since the start: in memory only, since ordinary chatter is kept nowhere."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime

from bot.message import File, Inbound, Quote

KEPT_LINES = 600
KEPT_PHOTOS = 30
KEPT_FILES = 10


def group_chat(group: str) -> str:
    return f"group:{group}"


def private_chat(contact: str) -> str:
    return f"private:{contact}"


@dataclass(frozen=True, slots=True)
class Line:
    """One message in one chat. `sender` is None and `reason` is set for the assistant's own."""

    number: int
    chat: str
    sender: str | None
    name: str
    text: str
    at: datetime
    message: str
    quote: Quote | None = None
    photo: str | None = None
    file: str | None = None
    size: int = 0
    """Of the file, in bytes."""
    reason: str | None = None
    inbound: Inbound | None = None


class Transcript:
    """`run` tells one start of the server from another."""

    def __init__(self, started: datetime) -> None:
        self.run = f"{int(started.timestamp() * 1_000_000):x}"
        self.last = 0
        self._lines: deque[Line] = deque(maxlen=KEPT_LINES)
        self._photos: OrderedDict[str, bytes] = OrderedDict()
        self._files: OrderedDict[str, File] = OrderedDict()

    def next(self) -> tuple[int, str]:
        """The next line's number, and an id for what a person says in it that no other start gives."""
        self.last += 1
        return self.last, f"web-{self.run}-{self.last}"

    def add(self, line: Line) -> None:
        self._lines.append(line)

    def keep_photo(self, name: str, content: bytes) -> None:
        self._photos[name] = content
        while len(self._photos) > KEPT_PHOTOS:
            self._photos.popitem(last=False)

    def photo(self, name: str) -> bytes | None:
        return self._photos.get(name)

    def keep_file(self, name: str, file: File) -> None:
        self._files[name] = file
        while len(self._files) > KEPT_FILES:
            self._files.popitem(last=False)

    def file(self, name: str) -> File | None:
        return self._files.get(name)

    def of(self, chat: str) -> list[Line]:
        return [line for line in self._lines if line.chat == chat]

    def find(self, chat: str, message: str) -> Line | None:
        return next((line for line in self._lines if line.chat == chat and line.message == message), None)

    def place(self, number: int) -> str:
        """Where a page stands that has seen everything up to this line."""
        return f"{self.run}-{number}"

    def since(self, place: str) -> list[Line] | None:
        """What came after that place; None where it is of another start, or too long ago."""
        run, _, number = place.partition("-")
        if run != self.run or not number.isascii() or not number.isdigit() or len(number) > 12:
            return None
        if self._lines and self._lines[0].number > int(number) + 1:
            return None
        return [line for line in self._lines if line.number > int(number)]
