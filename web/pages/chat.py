"""The simulated chats: what is typed goes in as from a gateway, what the assistant sends comes back as bubbles."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog

from bot.channels.cast import Cast, CastGroup, Person
from bot.channels.simulator import Sent, SimulatedChat
from bot.channels.texts import split_mention
from bot.message import Inbound, Picture, Quote
from bot.pictures import UnusablePicture, clean
from scheduler.clock import Clock
from web.assistant import Assistant
from web.faults import BadPicture, Empty, TooLong, Unknown
from web.live import Event, Streams
from web.pages.reasons import Reasons
from web.pages.transcript import Line, Transcript, group_chat, private_chat
from web.rendering import Rendering

log = structlog.get_logger()

MOST_CHARACTERS = 4000
MOST_PIXELS = 40_000_000
WAITING_SENT = 1000


@dataclass(frozen=True, slots=True)
class Chat:
    """A group, or somebody's private chat with the assistant; one of the two is set."""

    key: str
    title: str
    group: CastGroup | None = None
    person: Person | None = None


class ChatPage:
    def __init__(
        self,
        assistant: Assistant,
        simulator: SimulatedChat,
        cast: Cast,
        clock: Clock,
        rendering: Rendering,
        streams: Streams,
    ) -> None:
        self._assistant = assistant
        self._simulator = simulator
        self._cast = cast
        self._clock = clock
        self._rendering = rendering
        self._streams = streams
        self._reasons = Reasons(assistant, rendering)
        self._names = assistant.settings.channel.names
        self._most_bytes = int(assistant.settings.limits.picture_mb * 2**20)
        self._sent: asyncio.Queue[Sent] = asyncio.Queue(WAITING_SENT)
        self.transcript = Transcript(clock.now())
        self.chats = {chat.key: chat for chat in _chats(cast)}
        simulator.listeners.append(self._hear)

    async def say(self, key: str, speaker: str, text: str, quoted: str | None) -> None:
        """Raises `PageFault`."""
        text = printable(text)
        if len(text) > MOST_CHARACTERS:
            raise TooLong()
        if not text.strip():
            raise Empty()
        mentioned, rest = split_mention(text, self._names)
        quote = self._quote(key, quoted) if quoted is not None else None
        await self._said(key, speaker, text, mentioned=mentioned, said=rest, quote=quote)

    async def show(self, key: str, speaker: str, content: bytes) -> None:
        """Somebody sends a photo. Raises `PageFault`."""
        try:
            seen = await asyncio.to_thread(clean, content, max_bytes=self._most_bytes, max_pixels=MOST_PIXELS)
        except UnusablePicture as fault:
            raise BadPicture() from fault
        await self._said(key, speaker, "", picture=Picture(content), seen=seen)

    async def _said(
        self,
        key: str,
        speaker: str,
        text: str,
        *,
        mentioned: bool = False,
        said: str = "",
        quote: Quote | None = None,
        picture: Picture | None = None,
        seen: bytes | None = None,
    ) -> None:
        chat, name = self._speaking(key, speaker)
        number, message = self.transcript.next()
        inbound = Inbound(
            message,
            speaker,
            said,
            self._clock.now(),
            group=chat.group.id if chat.group else None,
            group_name=chat.group.name if chat.group else "",
            sender_name=name,
            mentioned=mentioned and chat.group is not None,
            quote=quote,
            kind="image" if picture else "text",
            picture=picture,
        )
        if seen is not None:
            self.transcript.keep_photo(message, seen)
        photo = message if seen is not None else None
        self._add(Line(number, key, speaker, name, text, inbound.at, message, quote, photo, inbound=inbound))
        await self._simulator.say(inbound)

    async def why(self, key: str, message: str) -> str:
        """Why a message of a person was answered, or was not. Raises `Unknown`."""
        line = self.transcript.find(key, message)
        if line is None or line.inbound is None:
            raise Unknown()
        async with self._assistant.database.reading() as db:
            return await self._reasons.of_silence(db, line.inbound, self._clock.now())

    async def run(self) -> None:
        """Show what the assistant sends, in the order in which it was sent, for as long as the server runs."""
        while True:
            sent = await self._sent.get()
            try:
                await self._answered(sent)
            except Exception as fault:
                # the database may be away for a moment; the next line may fare better
                log.error("chat.line_lost", fault=type(fault).__name__)

    def missed(self, place: str) -> list[Event]:
        """What a page that stands at this place has not seen yet."""
        lines = self.transcript.since(place)
        return [Event("reload", {})] if lines is None else [self._event(line) for line in lines]

    def _hear(self, sent: Sent) -> None:
        """Called by the simulator in the middle of sending: it must neither wait nor fail."""
        if self._sent.full():
            self._sent.get_nowait()
        self._sent.put_nowait(sent)

    async def _answered(self, sent: Sent) -> None:
        outbound = sent.outbound
        key = group_chat(outbound.group) if outbound.group else private_chat(outbound.contact or "")
        if key not in self.chats:
            return
        reason = await self._reasons.of_answer(outbound)
        number, name = self.transcript.next()
        line = Line(number, key, None, self._names[0], outbound.text, sent.at, sent.id, reason=reason)
        if outbound.file is not None:
            self.transcript.keep_file(name, outbound.file)
            line = replace(line, file=name, size=len(outbound.file.content))
        self._add(line)

    def _add(self, line: Line) -> None:
        self.transcript.add(line)
        self._streams.publish(self._event(line))

    def _event(self, line: Line) -> Event:
        content = {
            "chat": line.chat,
            "sender": line.sender,
            "preview": line.text[:40],
            "html": self._rendering("message.html", line=line),
        }
        return Event("message", content, self.transcript.place(line.number))

    def _speaking(self, key: str, speaker: str) -> tuple[Chat, str]:
        """The chat, and the speaker's name in it. Raises `Unknown` for whoever has no part in it."""
        chat = self.chats.get(key)
        if chat is not None and chat.group is not None and speaker in chat.group.members:
            return chat, chat.group.members[speaker]
        if chat is not None and chat.person is not None and chat.person.contact == speaker:
            return chat, chat.person.name
        raise Unknown()

    def _quote(self, key: str, message: str) -> Quote:
        line = self.transcript.find(key, message)
        if line is None:
            raise Unknown()
        return Quote(line.name, line.inbound.text if line.inbound else line.text, line.message)


def printable(text: str) -> str:
    """Without what UTF-8 and databases refuse, as a channel gives it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _chats(cast: Cast) -> list[Chat]:
    groups = [Chat(group_chat(group.id), group.name, group=group) for group in cast.groups.values()]
    return groups + [
        Chat(private_chat(person.contact), person.called, person=person) for person in cast.people.values()
    ]
