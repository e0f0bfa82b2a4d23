"""What the pages need of the assistant that `bot.app` puts together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.acting import Acting
from bot.settings import Settings
from intents.replies import Replies
from intents.understanding.judge import Judge
from storage.accounts import Directory
from storage.database import Database


class Assistant(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def judge(self) -> Judge: ...

    @property
    def replies(self) -> Replies: ...

    @property
    def acting(self) -> Acting: ...

    @property
    def services(self) -> Mapping[str, Any]: ...
