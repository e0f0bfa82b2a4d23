"""How many statements a database was asked, counted where SQLAlchemy hands them to the driver."""

from __future__ import annotations

from collections import Counter
from typing import Any, Self

from sqlalchemy import event

from storage.database import Database

_AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


class Statements:
    """Counts while it is entered; `kinds` tells which."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.sync_engine
        self.kinds: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return sum(self.kinds.values())

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(_AROUND):
            self.kinds[" ".join(statement.split()[:12])] += 1
