"""One connection to a Wechaty gateway. The only file that knows the gRPC stubs.

    GatewayError
    ├── Refused    the gateway answered with an error status
    ├── TimedOut   no answer before the deadline
    └── Lost       the connection is gone

What a refusal says may quote a token or what people wrote: `detail` is for deciding, never for logs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from ssl import SSLContext
from typing import Any, TypeVar

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.const import Status
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError
from h2.exceptions import H2Error
from wechaty_grpc.wechaty import PuppetStub, puppet

from bot.channels.base import ChannelRejected
from bot.channels.wechaty.settings import WechatySettings

_T = TypeVar("_T")

CHUNK_BYTES = 64 * 1024
IMAGE_HD = 2
OFFICIAL = 2


class Kind(IntEnum):
    """Types of the gateway's events that mean something here."""

    MESSAGE = 2
    FRIENDSHIP = 17
    ROOM_INVITE = 18
    ROOM_JOIN = 19
    ROOM_LEAVE = 20
    ROOM_TOPIC = 21
    SCAN = 22
    READY = 23
    LOGIN = 25
    LOGOUT = 26
    DIRTY = 27


class GatewayError(Exception):
    pass


class Refused(GatewayError):
    def __init__(self, status: Status, detail: str = "") -> None:
        super().__init__(status.name)
        self.status = status
        self.detail = detail


class TimedOut(GatewayError):
    pass


class Lost(GatewayError):
    pass


@dataclass(frozen=True, slots=True)
class Payload:
    """A message as the gateway has it; `type` is wechaty-puppet's number, which the stubs' enum misnames."""

    id: str
    type: int
    text: str
    filename: str
    talker: str
    room: str
    listener: str
    mentions: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Friendship:
    contact: str
    hello: str
    type: int


_GONE = {Status.UNAVAILABLE, Status.CANCELLED, Status.ABORTED}


def _from_status(error: GRPCError) -> Exception:
    if error.status is Status.UNAUTHENTICATED:
        return ChannelRejected("the gateway refused the token (UNAUTHENTICATED)")
    if error.status is Status.DEADLINE_EXCEEDED:
        return TimedOut("the gateway's deadline passed")
    if error.status in _GONE:
        return Lost(error.status.name)
    return Refused(error.status, error.message or "")


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of gRPC become ours; `from None`, because the gateway's wording may hold the token."""
    try:
        yield
    except GRPCError as error:
        raise _from_status(error) from None
    except TimeoutError:
        raise TimedOut("no answer before the deadline") from None
    except (OSError, StreamTerminatedError, ProtocolError, H2Error) as error:
        raise Lost(type(error).__name__) from None


class Gateway:
    def __init__(self, settings: WechatySettings, trust: SSLContext | None) -> None:
        host, port = settings.address
        name = settings.tls.server_name if settings.tls else None
        self._channel = Channel(
            host,
            port,
            ssl=trust,
            config=Configuration(ssl_target_name_override=name),
        )
        self._stub = PuppetStub(self._channel, metadata={"authorization": f"Wechaty {settings.token}"})
        self._timeout_s = settings.call_timeout_s
        self._start_timeout_s = settings.start_timeout_s
        self._send_timeout_s = settings.send_timeout_s
        self._calls: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def close(self) -> None:
        """Ends every call under way with `Lost`."""
        self._closed = True
        self._channel.close()
        for call in self._calls:
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)
        # A call that was just connecting has opened the channel again.
        self._channel.close()

    async def _apart(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Runs a call in a task of its own.

        grpclib cancels the task it runs in to report its own errors, and a cancel from outside that races with them is
        lost. Here only the call's own task suffers; whoever waits is cancelled by its owner alone.
        """
        if self._closed:
            work.close()
            raise Lost("closed")
        call = asyncio.create_task(work)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            await asyncio.wait({call})
        except asyncio.CancelledError:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            raise
        if call.cancelled():
            raise Lost("closed")
        with _translated():
            return call.result()

    async def events(self) -> AsyncGenerator[tuple[int, str], None]:
        """Each event's type and JSON payload, without a deadline. To be read in a task of its own (see `_apart`)."""
        with _translated():
            async with aclosing(self._stub.event(puppet.EventRequest())) as stream:
                async for event in stream:
                    yield int(event.type), str(event.payload)

    async def start(self) -> None:
        await self._apart(self._stub.start(puppet.StartRequest(), timeout=self._start_timeout_s))

    async def version(self, timeout_s: float) -> str:
        answer = await self._apart(self._stub.version(puppet.VersionRequest(), timeout=timeout_s))
        return str(answer.version)

    async def message(self, message: str) -> Payload:
        request = puppet.MessagePayloadRequest(id=message)
        answer = await self._apart(self._stub.message_payload(request, timeout=self._timeout_s))
        return Payload(
            id=answer.id or message,
            type=int(answer.type),
            text=answer.text,
            filename=answer.filename,
            talker=answer.talker_id,
            room=answer.room_id,
            listener=answer.listener_id,
            mentions=tuple(answer.mention_ids),
            received_at=answer.receive_time,
        )

    async def image(self, message: str) -> str:
        """The image as a file box, in JSON."""
        request = puppet.MessageImageRequest(id=message, type=puppet.ImageType(IMAGE_HD))
        answer = await self._apart(self._stub.message_image(request, timeout=self._timeout_s))
        return str(answer.file_box)

    async def file(self, message: str) -> str:
        request = puppet.MessageFileRequest(id=message)
        answer = await self._apart(self._stub.message_file(request, timeout=self._timeout_s))
        return str(answer.file_box)

    async def download(self, uuid: str, *, max_bytes: int) -> bytes | None:
        """The bytes behind a uuid box; None once they exceed `max_bytes`."""
        return await self._apart(self._download(uuid, max_bytes))

    async def _download(self, uuid: str, max_bytes: int) -> bytes | None:
        content = bytearray()
        chunks = self._stub.download(puppet.DownloadRequest(id=uuid), timeout=self._timeout_s)
        async with aclosing(chunks) as stream:
            async for part in stream:
                content += part.chunk
                if len(content) > max_bytes:
                    return None
        return bytes(content)

    async def upload(self, content: bytes) -> str:
        parts = [
            puppet.UploadRequest(chunk=content[at : at + CHUNK_BYTES]) for at in range(0, len(content), CHUNK_BYTES)
        ]
        answer = await self._apart(self._stub.upload(parts, timeout=self._send_timeout_s))
        return str(answer.id)

    async def send_text(self, conversation: str, text: str, mentions: tuple[str, ...]) -> str:
        request = puppet.MessageSendTextRequest(conversation_id=conversation, text=text, mentional_ids=list(mentions))
        answer = await self._apart(self._stub.message_send_text(request, timeout=self._send_timeout_s))
        return str(answer.id)

    async def send_file(self, conversation: str, box: str) -> str:
        request = puppet.MessageSendFileRequest(conversation_id=conversation, file_box=box)
        answer = await self._apart(self._stub.message_send_file(request, timeout=self._send_timeout_s))
        return str(answer.id)

    async def rooms(self) -> tuple[str, ...]:
        answer = await self._apart(self._stub.room_list(puppet.RoomListRequest(), timeout=self._start_timeout_s))
        return tuple(answer.ids)

    async def topic(self, room: str) -> str:
        request = puppet.RoomPayloadRequest(id=room)
        answer = await self._apart(self._stub.room_payload(request, timeout=self._timeout_s))
        return str(answer.topic)

    async def members(self, room: str) -> tuple[str, ...]:
        request = puppet.RoomMemberListRequest(id=room)
        answer = await self._apart(self._stub.room_member_list(request, timeout=self._timeout_s))
        return tuple(answer.member_ids)

    async def member(self, room: str, contact: str) -> tuple[str, str]:
        """Name and name in that group of one member."""
        request = puppet.RoomMemberPayloadRequest(id=room, member_id=contact)
        answer = await self._apart(self._stub.room_member_payload(request, timeout=self._timeout_s))
        return str(answer.name), str(answer.room_alias)

    async def contacts(self) -> tuple[str, ...]:
        answer = await self._apart(self._stub.contact_list(puppet.ContactListRequest(), timeout=self._start_timeout_s))
        return tuple(answer.ids)

    async def contact(self, contact: str) -> tuple[str, bool, bool]:
        """Name of a contact, whether it is a friend, and whether an official account."""
        request = puppet.ContactPayloadRequest(id=contact)
        answer = await self._apart(self._stub.contact_payload(request, timeout=self._timeout_s))
        return str(answer.name), bool(answer.friend), int(answer.type) == OFFICIAL

    async def friendship(self, friendship: str) -> Friendship:
        request = puppet.FriendshipPayloadRequest(id=friendship)
        answer = await self._apart(self._stub.friendship_payload(request, timeout=self._timeout_s))
        return Friendship(contact=answer.contact_id, hello=answer.hello, type=int(answer.type))

    async def accept_friendship(self, friendship: str) -> None:
        request = puppet.FriendshipAcceptRequest(id=friendship)
        await self._apart(self._stub.friendship_accept(request, timeout=self._timeout_s))

    async def accept_invitation(self, invitation: str) -> None:
        request = puppet.RoomInvitationAcceptRequest(id=invitation)
        await self._apart(self._stub.room_invitation_accept(request, timeout=self._timeout_s))
