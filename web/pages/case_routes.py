"""The addresses of the ledger: its rows, one case, its photos, and what staff do with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from intents.understanding.case_number import case_number
from web.faults import CaseNotThere
from web.pages.acts import Given
from web.pages.chat import printable
from web.pages.complaints import LONGEST_SEARCH, MOST_SHOWN, PAGE, Wanted
from web.pages.site import Site

LARGEST_ID = 2**31 - 1
JPEG = b"\xff\xd8"
Identity = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Someone = Annotated[int | None, Query(ge=0, le=LARGEST_ID)]
Number = Annotated[str, Path(max_length=40)]


class Act(BaseModel):
    """What the page sends with a button."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    officer: int
    act: Annotated[str, Field(max_length=24)]
    text: Annotated[str, Field(max_length=4000)] = ""
    until: Annotated[str, Field(max_length=10)] = ""
    outcome: Annotated[str, Field(max_length=24)] = ""
    reporter: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None


class Look(BaseModel):
    """Somebody wants to see what is masked."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    officer: int
    reason: Annotated[str, Field(max_length=4000)] = ""


def wanted(
    state: Annotated[str, Query(max_length=24)] = "", q: Annotated[str, Query(max_length=LONGEST_SEARCH)] = ""
) -> Wanted:
    return Wanted(state, printable(q))


Looked = Annotated[Wanted, Depends(wanted)]


def case_routes(site: Site) -> APIRouter:
    router = APIRouter()
    _pages(router, site)
    _parts(router, site)

    @router.post("/cases/id/{identity}/acts")
    async def act(identity: Identity, asked: Act) -> JSONResponse:
        given = Given(asked.act, printable(asked.text).strip(), asked.until, asked.outcome, asked.reporter)
        line, done = await site.acts.do(identity, site.officers.named(asked.officer), given)
        return JSONResponse({"said": line}) if done else JSONResponse({"fault": line}, 409)

    @router.post("/cases/id/{identity}/reveal")
    async def reveal(identity: Identity, asked: Look) -> JSONResponse:
        officer = site.officers.named(asked.officer)
        return JSONResponse({"html": await site.case.reveal(identity, officer, printable(asked.reason).strip())})

    return router


def _pages(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def page(looked: Looked) -> HTMLResponse:
        return HTMLResponse(await site.html(looked))

    @router.get("/cases/{number}")
    async def case(number: Number, looked: Looked) -> HTMLResponse:
        return await _opened(site, looked, number)

    @router.get("/cases/id/{identity}")
    async def unnumbered(identity: Identity, looked: Looked) -> HTMLResponse:
        return await _opened(site, looked, identity)

    @router.get("/cases/id/{identity}/photos/{photo}")
    async def photo(identity: Identity, photo: Identity) -> Response:
        content = await site.case.photo(identity, photo)
        return Response(content, media_type="image/jpeg" if content.startswith(JPEG) else "image/png")


def _parts(router: APIRouter, site: Site) -> None:
    """Of the same pages, what changes on them."""

    @router.get("/parts/list")
    async def rows(
        looked: Looked,
        many: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = PAGE,
        before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    ) -> HTMLResponse:
        return HTMLResponse(await site.list.html(looked, many=many, before=before))

    @router.get("/parts/cases/{number}")
    async def part(number: Number, officer: Someone = None) -> HTMLResponse:
        return HTMLResponse(await site.case.html(_written(number), officer))

    @router.get("/parts/cases/id/{identity}")
    async def part_unnumbered(identity: Identity, officer: Someone = None) -> HTMLResponse:
        return HTMLResponse(await site.case.html(identity, officer))


async def _opened(site: Site, looked: Wanted, number: str | int) -> HTMLResponse:
    """The whole page with this case open; of one that is not there, a line where it would stand."""
    try:
        opened = await site.case.html(_written(number) if isinstance(number, str) else number, None)
    except CaseNotThere as fault:
        return HTMLResponse(await site.html(looked, missing=True), fault.status)
    return HTMLResponse(await site.html(looked, opened))


def _written(number: str) -> str:
    """As people write it: in small letters, without the dash."""
    return case_number(number) or number
