"""The whole page, as its addresses know it; `web.app` puts it together."""

from __future__ import annotations

from typing import Protocol

from fastapi.responses import Response

from web.faults import PageFault
from web.live import Streams
from web.pages.acts import Acts
from web.pages.case import CasePage
from web.pages.chat import ChatPage
from web.pages.complaints import ComplaintList, Wanted
from web.pages.officers import Officers
from web.pages.session_making import SessionMaking
from web.pages.sessions import SessionPages


class Site(Protocol):
    @property
    def streams(self) -> Streams: ...

    @property
    def chat(self) -> ChatPage | None: ...

    @property
    def list(self) -> ComplaintList: ...

    @property
    def case(self) -> CasePage: ...

    @property
    def acts(self) -> Acts: ...

    @property
    def officers(self) -> Officers: ...

    @property
    def sessions(self) -> SessionPages: ...

    @property
    def making(self) -> SessionMaking: ...

    async def html(self, wanted: Wanted, opened: str = "", *, missing: bool = False) -> str: ...

    async def sessions_html(self, opened: str = "", *, missing: bool = False) -> str: ...

    def refusal(self, fault: PageFault) -> Response: ...
