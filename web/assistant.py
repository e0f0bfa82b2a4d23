"""What the pages need of the assistant that `bot.app` puts together."""

from __future__ import annotations

from typing import Protocol

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
