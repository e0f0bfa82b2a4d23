"""The addresses of sessions: the list, one of them, the form that makes one, and what staff do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.message import Refusal
from storage.sign_ups import MOST_PEOPLE
from web.faults import SessionNotThere
from web.pages.chat import printable
from web.pages.session_form import Form, FormFault, Text
from web.pages.sessions import AtDoor
from web.pages.site import Site

LARGEST_ID = 2**31 - 1
Number = Annotated[str, Path(max_length=24)]
Someone = Annotated[int | None, Query(ge=0, le=LARGEST_ID)]


class Asked(BaseModel):
    """What the page sends; `officer` is in whose name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    officer: int


class Sentence(Asked):
    text: Text = ""


class Filled(Asked):
    form: Form


class Going(Asked):
    token: Annotated[str, Field(max_length=64)]


class CalledOff(Asked):
    text: Text = ""


class Arrival(Asked):
    code: Annotated[str, Field(pattern="^[0-9]{3,8}$")]
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None
    undo: bool = False


def session_routes(site: Site) -> APIRouter:
    router = APIRouter()
    _pages(router, site)
    _making(router, site)

    @router.post("/sessions/{number}/cancel")
    async def cancel(number: Number, asked: CalledOff) -> JSONResponse:
        return _said(*await site.sessions.cancel(_written(number), site.officers.named(asked.officer), asked.text))

    @router.post("/sessions/{number}/check-in")
    async def check_in(number: Number, asked: Arrival) -> JSONResponse:
        given = AtDoor(asked.code, asked.people, asked.undo)
        return _said(*await site.sessions.check_in(_written(number), site.officers.named(asked.officer), given))

    return router


def _pages(router: APIRouter, site: Site) -> None:
    @router.get("/sessions")
    async def page() -> HTMLResponse:
        return HTMLResponse(await site.sessions_html())

    @router.get("/sessions/new")
    async def new() -> HTMLResponse:
        return HTMLResponse(await site.sessions_html(site.making.html(None)))

    @router.get("/sessions/{number}")
    async def session(number: Number) -> HTMLResponse:
        try:
            opened = await site.sessions.html(_written(number), None)
        except SessionNotThere as fault:
            return HTMLResponse(await site.sessions_html(missing=True), fault.status)
        return HTMLResponse(await site.sessions_html(opened))

    @router.get("/parts/sessions")
    async def rows() -> HTMLResponse:
        return HTMLResponse(await site.sessions.list_html())

    @router.get("/parts/sessions/new")
    async def part_new(officer: Someone = None) -> HTMLResponse:
        return HTMLResponse(site.making.html(officer))

    @router.get("/parts/sessions/{number}")
    async def part(number: Number, officer: Someone = None) -> HTMLResponse:
        return HTMLResponse(await site.sessions.html(_written(number), officer))


def _making(router: APIRouter, site: Site) -> None:
    @router.post("/sessions/new/read")
    async def read(asked: Sentence) -> JSONResponse:
        """One sentence fills the form in."""
        try:
            return JSONResponse({"html": site.making.read(site.officers.named(asked.officer), asked.text)})
        except Refusal as fault:
            return _refused(site, fault)

    @router.post("/sessions/new/review")
    async def review(asked: Filled) -> JSONResponse:
        try:
            return JSONResponse({"html": await site.making.review(site.officers.named(asked.officer), asked.form)})
        except (Refusal, FormFault) as fault:
            return _refused(site, fault)

    @router.post("/sessions/new/create")
    async def create(asked: Going) -> JSONResponse:
        line, number = await site.making.create(site.officers.named(asked.officer), asked.token)
        return JSONResponse({"said": line, "path": f"/sessions/{number}"}) if number else _said(line, False)


def _refused(site: Site, fault: Refusal | FormFault) -> JSONResponse:
    line, field = site.making.fault_of(fault)
    return JSONResponse({"fault": line, "field": field}, 409)


def _said(line: str, done: bool) -> JSONResponse:
    return JSONResponse({"said": line}) if done else JSONResponse({"fault": line}, 409)


def _written(number: str) -> str:
    """As people write it: in small letters."""
    return printable(number).upper()
