"""The page as a FastAPI application: what it is put together from, and what runs beside it while it is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from bot.channels.cast import Cast
from bot.channels.simulator import SimulatedChat
from scheduler.clock import Clock
from web.assistant import Assistant
from web.faults import PageFault, Unreadable
from web.guard import BodyTooLarge, Guard
from web.live import Streams
from web.pages.acts import Acts
from web.pages.case import CasePage
from web.pages.case_routes import case_routes
from web.pages.chat import MOST_CHARACTERS, ChatPage
from web.pages.complaints import LONGEST_SEARCH, ComplaintList, Wanted
from web.pages.officers import Officers
from web.pages.routes import routes
from web.pages.session_making import SessionMaking
from web.pages.session_routes import session_routes
from web.pages.sessions import SessionPages
from web.rendering import Rendering

STATIC = Path(__file__).parent / "static"


def create_app(assistant: Assistant, simulator: SimulatedChat | None, cast: Cast | None, clock: Clock) -> FastAPI:
    """Without a simulator there is no chat: a real channel runs, and the page shows the ledger only."""
    site = Site(assistant, simulator, cast, clock)
    app = FastAPI(title="Linli", docs_url=None, redoc_url=None, openapi_url=None, lifespan=site.lifespan)
    app.state.streams = site.streams
    app.include_router(case_routes(site))
    app.include_router(session_routes(site))
    app.include_router(routes(site))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(Guard, words=site.faults, most_bytes=site.most_bytes)
    app.add_exception_handler(PageFault, site.on_fault)
    app.add_exception_handler(RequestValidationError, site.on_unreadable)
    app.add_exception_handler(HTTPException, site.on_http)
    app.add_exception_handler(BodyTooLarge, site.on_too_large)
    app.add_exception_handler(Exception, site.on_crash)
    return app


class Site:
    """The whole page. Its words for refusals have their numbers filled in once."""

    def __init__(self, assistant: Assistant, simulator: SimulatedChat | None, cast: Cast | None, clock: Clock) -> None:
        settings = assistant.settings
        self._settings = settings
        self._cast = cast
        self._rendering = Rendering(assistant.replies, settings.community.zone)
        self.streams = Streams()
        self.list = ComplaintList(assistant, self._rendering, self.streams, clock)
        self.officers = Officers(assistant.directory)
        self.acts = Acts(assistant, self._rendering, self.officers)
        self.case = CasePage(assistant, self._rendering, self.officers, self.acts, clock)
        self.sessions = SessionPages(assistant, self._rendering, self.officers, self.streams, clock)
        self.making = SessionMaking(assistant, self._rendering, self.officers, clock)
        self.chat: ChatPage | None = None
        if simulator is not None and cast is not None:
            self.chat = ChatPage(assistant, simulator, cast, clock, self._rendering, self.streams)
        self.most_bytes = int(settings.limits.picture_mb * 2**20)
        limits = {"megabytes": f"{settings.limits.picture_mb:g}", "most": MOST_CHARACTERS}
        self.faults = {key: text.format(**limits) for key, text in self._rendering.words["fault"].items()}

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self.list.run()), tasks.create_task(self.sessions.run())]
            if self.chat is not None:
                running.append(tasks.create_task(self.chat.run()))
            yield
            for task in running:
                task.cancel()

    async def html(self, wanted: Wanted, opened: str = "", *, missing: bool = False) -> str:
        """The page with the ledger."""
        return self._page(
            room="ledger",
            list=await self.list.html(wanted),
            wanted=wanted,
            longest_search=LONGEST_SEARCH,
            opened=opened,
            missing=missing,
        )

    async def sessions_html(self, opened: str = "", *, missing: bool = False) -> str:
        """The page with the sessions."""
        return self._page(room="sessions", list=await self.sessions.list_html(), opened=opened, missing=missing)

    def _page(self, **room: Any) -> str:
        settings = self._settings
        chat = self.chat
        return self._rendering(
            "page.html",
            community=settings.community.name,
            channel=self._rendering.words["channel"][settings.channel.kind],
            me=settings.channel.names[0],
            most=MOST_CHARACTERS,
            most_bytes=self.most_bytes,
            faults=self.faults,
            chat=chat,
            cast=self._cast,
            after=chat.transcript.place(chat.transcript.last) if chat else "",
            **room,
        )

    def refusal(self, fault: PageFault) -> Response:
        return self._fault(fault.status, fault.word)

    async def on_fault(self, _request: Request, fault: Exception) -> Response:
        return self.refusal(fault if isinstance(fault, PageFault) else Unreadable())

    async def on_unreadable(self, _request: Request, _fault: Exception) -> Response:
        return self.refusal(Unreadable())

    async def on_http(self, _request: Request, fault: Exception) -> Response:
        status = fault.status_code if isinstance(fault, HTTPException) else 400
        return self._fault(status, "not_found" if status == 404 else "unreadable")

    async def on_too_large(self, _request: Request, _fault: Exception) -> Response:
        return self._fault(413, "too_large")

    async def on_crash(self, _request: Request, _fault: Exception) -> Response:
        """The page says so in one line; what it was goes to the log as it always does."""
        return self._fault(500, "crashed")

    def _fault(self, status: int, word: str) -> Response:
        return JSONResponse({"fault": self.faults[word]}, status)
