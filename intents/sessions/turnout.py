"""What a session came to: who came, who did not. Two hours after its end it is over, and whoever made it hears so in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.context import Answer, Post
from bot.message import File
from bot.router import Router
from intents.sessions.board import Board
from intents.sessions.reminding import OVER_KIND
from intents.sessions.sheets import Made, Sheets
from storage import audit, calls, sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.due import Due
from storage.session_ledgers import UNASKED, Turnout, turnouts
from storage.sessions import OPEN, OVER, SessionView
from storage.sign_ups import SignedUp, SignUp, State, signed_up

router = Router("sessions")


async def turnout_of(db: Db, session: int) -> Turnout:
    return (await turnouts(db, [session])).get(session, Turnout())


def absent_of(people: Iterable[SignedUp]) -> list[SignedUp]:
    """Households that had signed up and of whom nobody came."""
    return [one for one in people if one.state == State.CONFIRMED and one.source not in UNASKED and not one.arrived]


def by_building(people: Iterable[SignedUp]) -> list[tuple[str | None, list[SignedUp]]]:
    """In the order of the buildings, those without one last."""
    groups: dict[str | None, list[SignedUp]] = {}
    for one in sorted(people, key=_in_order):
        groups.setdefault(one.building, []).append(one)
    return list(groups.items())


def _in_order(one: SignedUp) -> tuple[bool, int, str, int, str, str]:
    building = one.building or ""
    return one.building is None, _count(building), building, _count(one.unit), (one.room or "").rjust(8), one.code


def _count(text: str | None) -> int:
    digits = "".join(letter for letter in text or "" if letter.isdigit())
    return int(digits or 0)


class Closing:
    """`sheets`: None where no file is made."""

    def __init__(self, directory: Directory, board: Board, sheets: Sheets | None) -> None:
        self._directory = directory
        self._board = board
        self._sheets = sheets

    async def end(self, db: Db, session: int, now: datetime) -> list[Post]:
        """It is over. Nobody is told of what people only came to, and nobody was written down."""
        row = await sessions.held(db, session)
        if row.state != OPEN or row.ends_at > now:
            return []
        await sessions.end(db, row, OVER, now)
        view, turnout = await sessions.view(db, row, now), await turnout_of(db, session)
        rows = await sign_ups.of_session(db, session, tuple(State))
        absent = absent_of(signed_up(one) for one in rows)
        if turnout.counted:
            await sign_ups.stayed_away(db, [one.id for one in absent])
        await self._note(db, view, turnout, now)
        self._board.put(db, row)
        if not any(one.state in sign_ups.LIVE for one in rows):
            return []
        said = {"session": view, "turnout": turnout, "households": len(absent)}
        files = await self._files(db, view, rows, now)
        return [
            Post("sessions.turnout", said, contact=one.contact, kind="reminder", file=files.get(one.contact))
            for one in self._told(view, now)
        ]

    async def _files(self, db: Db, view: SessionView, rows: Sequence[SignUp], now: datetime) -> dict[int, File]:
        """The list of everybody, for each with their name in it."""
        if self._sheets is None:
            return {}
        reminded = await calls.of_session(db, view.id)
        name, files = self._sheets.name("list", view), dict[int, File]()
        for one in self._told(view, now):
            files[one.contact] = File(
                name, self._sheets.sign_ups(view, rows, reminded, Made(one.name, now), phones=False)
            )
        return files

    def _told(self, view: SessionView, now: datetime) -> list[Officer]:
        """Whoever made it, or stands in for them; else all who may make one."""
        maker = self._directory.on_duty(view.created_by, now)
        if maker is not None:
            return [maker]
        return [one for one in self._directory.officers.values() if one.role in ("admin", "worker")]

    async def _note(self, db: Db, view: SessionView, turnout: Turnout, now: datetime) -> None:
        after: dict[str, Any] = {"signed_up": turnout.signed, "waiting": turnout.waiting}
        if turnout.counted:
            after |= {"came": turnout.came, "came_of_them": turnout.came_of_them}
        await audit.note(
            db,
            self._directory.community,
            at=now,
            actor="assistant",
            verb="sessions.over",
            subject=view.number,
            after=after,
        )


@router.due(OVER_KIND)
async def over(db: Db, due: Due, now: datetime, session_closing: Closing) -> Answer:
    return [*await session_closing.end(db, int(due.subject), now)]
