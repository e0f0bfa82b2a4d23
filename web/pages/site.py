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

    async def html(self, wanted: Wanted, opened: str = "", *, missing: bool = False) -> str: ...

    def refusal(self, fault: PageFault) -> Response: ...
