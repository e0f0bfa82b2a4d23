"""What every request passes: our own host name, our own page as the origin, a body of bounded size; and strict headers.

Plain ASGI, since Starlette's BaseHTTPMiddleware would stand between a stream and the end of its connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
READING = frozenset({"GET", "HEAD"})
MOST_DRAINED = 2**26
DRAINED_FOR_S = 3
SAME_SITE = frozenset({"same-origin", "none"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class BodyTooLarge(Exception):
    pass


class Guard:
    def __init__(self, app: ASGIApp, *, words: Mapping[str, str], most_bytes: int) -> None:
        self._app = app
        self._words = words
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refused = self._refusal(Request(scope))
        if refused is not None:
            status, fault = refused
            await _drain(receive)
            answer = JSONResponse({"fault": self._words[fault]}, status)
            await answer(scope, receive, send_guarded)
        else:
            await self._app(scope, self._bounded(receive), send_guarded)

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        """Status and word. A page elsewhere, or a name pointed at this machine, has no business here."""
        if request.headers.get("host", "").rsplit(":", 1)[0] not in HOSTS:
            return 421, "host"
        if not _is_ours(request.headers, reading=request.method in READING):
            return 403, "origin"
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or len(length) > 12 or int(length) > self._most_bytes:
            return 413, "too_large"
        return None

    def _bounded(self, receive: Receive) -> Receive:
        """A body without a length is counted as it comes."""
        read = 0

        async def count() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most_bytes:
                await _drain(receive)
                raise BodyTooLarge()
            return message

        return count


async def _drain(receive: Receive) -> None:
    """Read on for a while and forget it: a browser that is still sending would see a broken line, not our answer."""
    read = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAINED_FOR_S):
            while read < MOST_DRAINED:
                message = await receive()
                read += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _is_ours(headers: Headers, *, reading: bool) -> bool:
    """Browsers say where a request comes from; one that says nothing of it is not sent by a page. A link may lead here."""
    if reading and headers.get("sec-fetch-mode") == "navigate":
        return True
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in SAME_SITE:
        return False
    return origin is None or origin == f"http://{headers.get('host', '')}"
