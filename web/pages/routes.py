"""The addresses of the simulated chats: what is said there for somebody; and the one stream of events of every page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from web.faults import FileGone, NotSimulated, StreamsFull, Unknown
from web.live import EventStream
from web.pages.chat import ChatPage
from web.pages.site import Site

Key = Annotated[str, Field(max_length=300)]
JPEG = b"\xff\xd8"


class Spoken(BaseModel):
    """What the page sends when somebody presses Enter."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    chat: Key
    speaker: Key
    text: str
    quote: Key | None = None


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/events")
    async def events(after: Key = "", last_event_id: Annotated[str, Header(max_length=100)] = "") -> Response:
        cases = site.list.news()
        place = last_event_id or after
        full = site.refusal(StreamsFull())
        return EventStream(site.streams, lambda: [cases, *(site.chat.missed(place) if site.chat else ())], full)

    @router.post("/say", status_code=204)
    async def say(spoken: Spoken) -> None:
        await _simulated(site).say(spoken.chat, spoken.speaker, spoken.text, spoken.quote)

    @router.post("/photos", status_code=204)
    async def show(request: Request, chat: Key, speaker: Key) -> None:
        await _simulated(site).show(chat, speaker, await request.body())

    @router.get("/photos/{name}")
    async def photo(name: str) -> Response:
        content = _simulated(site).transcript.photo(name)
        if content is None:
            raise Unknown()
        return Response(content, media_type="image/jpeg" if content.startswith(JPEG) else "image/png")

    @router.get("/files/{name}")
    async def file(name: str) -> Response:
        found = _simulated(site).transcript.file(name)
        if found is None:
            raise FileGone()
        # saved under its own name and never opened here, whatever it is
        kept_as = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        return Response(found.content, media_type="application/octet-stream", headers={"Content-Disposition": kept_as})

    @router.get("/why")
    async def why(chat: Key, message: Key) -> JSONResponse:
        return JSONResponse({"why": await _simulated(site).why(chat, message)})

    return router


def _simulated(site: Site) -> ChatPage:
    if site.chat is None:
        raise NotSimulated()
    return site.chat
