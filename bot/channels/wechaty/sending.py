"""One outbound message becomes one call; what a failed call proves decides between refused and uncertain."""

from __future__ import annotations

import re

from grpclib.const import Status

from bot.channels.base import ChannelRejected, SendRefused, SendUncertain
from bot.channels.texts import clean
from bot.channels.wechaty.boxes import pack
from bot.channels.wechaty.gateway import Gateway, GatewayError, Refused
from bot.message import File, Outbound

TEXT_MAX_CHARS = 100_000

# The statuses by which a server says that it did not even try; the second kind passes with time.
NEVER = {
    Status.INVALID_ARGUMENT,
    Status.NOT_FOUND,
    Status.PERMISSION_DENIED,
    Status.OUT_OF_RANGE,
    Status.UNIMPLEMENTED,
    Status.ALREADY_EXISTS,
}
LATER = {Status.FAILED_PRECONDITION, Status.RESOURCE_EXHAUSTED}

# Puppets throw plain errors, which arrive as UNKNOWN with their words.
SAYS_LATER = re.compile(r"not log(ged)? ?in|not (yet )?(started|ready|active)|logged ?out|offline", re.IGNORECASE)
SAYS_NEVER = re.compile(
    r"no payload|not (found|exist|a member)|no such|unknown (room|contact|conversation)|invalid|unsupported",
    re.IGNORECASE,
)
SAYS_UNCERTAIN = re.compile(r"time(d)? ?out|timeout|socket|connection|ECONN|EPIPE|aborted", re.IGNORECASE)


async def send(gateway: Gateway, outbound: Outbound) -> str | None:
    """The channel's id of what went, where it gives one."""
    conversation = outbound.group or outbound.contact or ""
    box = await _packed(gateway, outbound.file) if outbound.file is not None else None
    try:
        if box is not None:
            sent = await gateway.send_file(conversation, box)
        else:
            text = clean(outbound.text, max_chars=TEXT_MAX_CHARS)
            sent = await gateway.send_text(conversation, text, outbound.mentions)
    except Refused as error:
        raise judged(error) from None
    except ChannelRejected:
        raise SendRefused("the gateway refused the token", retryable=True) from None
    except GatewayError as error:
        raise SendUncertain(type(error).__name__) from None
    return sent or None


async def _packed(gateway: Gateway, file: File) -> str:
    """A failed upload has sent nothing."""
    try:
        return await pack(gateway, file)
    except (GatewayError, ChannelRejected) as error:
        raise SendRefused(f"upload: {type(error).__name__}", retryable=True) from None


def judged(error: Refused) -> SendRefused | SendUncertain:
    """An error thrown by a puppet proves that nothing went out, unless it speaks of time or of its own connection."""
    reason = error.status.name
    if error.status in NEVER:
        return SendRefused(reason, retryable=False)
    if error.status in LATER or SAYS_LATER.search(error.detail):
        return SendRefused(reason, retryable=True)
    if SAYS_UNCERTAIN.search(error.detail):
        return SendUncertain(reason)
    return SendRefused(reason, retryable=not SAYS_NEVER.search(error.detail))
