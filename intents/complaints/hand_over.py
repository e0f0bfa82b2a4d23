"""Hand-over 交接: whoever goes on leave or changes post gives their open cases to somebody else. With a date, new cases go there
too until then. The reporters hear nothing: for them nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.context import Answer, Context, Post, Said
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from bot.router import Router
from intents.complaints.handling import Actor, Handling
from intents.complaints.lifecycle import FOLLOWED_UP, OPEN, Move, State
from intents.complaints.moves import URGENT
from intents.complaints.place_answers import words
from intents.complaints.visibility import is_masked
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CannotReceive, CommandIncomplete, HandsOverForOthers, NotHandedOver
from intents.understanding.normalise import normalise
from intents.understanding.until import until
from scheduler.calendar import Calendar
from storage import accounts, audit, complaints, problems
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Complaint, case_of

HAND_OVER = "complaints.hand_over"
LISTED = 20
LONGEST_NAME = 20
ADMIN = "admin"
USAGE = "complaints.hand_over"
FROM_AND_TO = 2
_DIGIT = re.compile("[0-9]")
_BETWEEN = re.compile(r"[\s,\uff0c\u3001]+")

router = Router("complaints")


@dataclass(frozen=True, slots=True)
class Wish:
    """What `交接` asks for: whose cases, to whom, until when that person is away; or, without a taker, that they are back."""

    giver: Officer
    taker: Officer | None
    until: datetime | None = None


class HandOver:
    def __init__(self, community: str, directory: Directory, handling: Handling, calendar: Calendar) -> None:
        self._community = community
        self._directory = directory
        self._handling = handling
        self._calendar = calendar

    def wish(self, officer: Officer, rest: str, now: datetime) -> Wish:
        """Raises a `Refusal` for whom nobody knows, for oneself, and for whom that is none of their business."""
        names, rest = self._names(rest, now)
        is_back = rest in words("back")
        if not names and not is_back:
            raise CommandIncomplete(missing="colleague", usage=USAGE)
        if is_back:
            return Wish(self._known(names[0]) if names else officer, None)
        giver = self._known(names[0]) if len(names) > 1 else officer
        taker = self._known(names[-1])
        day = until(rest, now, self._calendar.is_working) if rest else None
        if rest and (day is None or day[1]):
            raise CommandIncomplete(missing="until", usage=USAGE)
        if giver.contact != officer.contact and officer.role != ADMIN:
            raise HandsOverForOthers()
        if is_masked(taker):
            raise CannotReceive(name=taker.name)
        if giver.contact == taker.contact:
            raise NotHandedOver(why="same", name=giver.name)
        if taker.is_away(now):
            raise NotHandedOver(why="away", name=taker.name)
        return Wish(giver, taker, day[0] if day else None)

    def back_at_work(self, officer: Officer, rest: str, now: datetime) -> Officer:
        """Who is back: the one named, or who says so."""
        names, _ = self._names(rest, now)
        return self._known(names[0]) if names else officer

    async def would_do(self, db: Db, wish: Wish, taker: Officer) -> tuple[Reply, dict[str, Any]]:
        """What would happen, in words and as data; nothing is changed."""
        found = await complaints.of_handler(db, self._community, wish.giver.contact, OPEN)
        if not found and wish.until is None:
            raise NotHandedOver(why="nothing", name=wish.giver.name)
        waiting = await complaints.of_handler(db, self._community, wish.giver.contact, FOLLOWED_UP)
        params = {
            "giver": wish.giver.name,
            "taker": taker.name,
            "until": wish.until,
            "cases": [case_of(one) for one in found[:LISTED]],
            "count": len(found),
            "waiting": len(waiting),
            "problems": [one.number for one in await problems.of_owner(db, self._community, wish.giver.contact)],
        }
        data = {
            "giver": wish.giver.contact,
            "taker": taker.contact,
            "cases": [one.id for one in found],
            "until": wish.until.isoformat() if wish.until else None,
        }
        return Reply("complaints.hand_over_would_do", params), data

    async def do(self, db: Db, officer: Officer, data: Mapping[str, Any], now: datetime) -> list[Said]:
        """Give what was shown, where it is still with that person."""
        giver = self._directory.officers.get(int(data["giver"]))
        taker = self._directory.officers.get(int(data["taker"]))
        if giver is None or taker is None or taker.is_away(now):
            return [Reply("complaints.hand_over_lapsed")]
        still_theirs = await complaints.of_handler(db, self._community, giver.contact, OPEN)
        found = [one for one in still_theirs if one.id in data["cases"]]
        for one in found:
            await self._give(db, one, officer, taker, now)
        for problem in await problems.of_owner(db, self._community, giver.contact):
            problem.owner, problem.owner_id = taker.name, taker.contact
        away_until = datetime.fromisoformat(data["until"]) if data["until"] else None
        if away_until is not None:
            await accounts.go_on_leave(db, self._directory, giver, taker.contact, away_until)
        after = {"to": taker.name, "until": data["until"], "cases": [one.number for one in found]}
        await self._note(db, officer, giver, "complaints.hand_over", now, after)
        params = {
            "giver": giver.name,
            "taker": taker.name,
            "until": away_until,
            "cases": [case_of(one) for one in found],
            "missed": len(data["cases"]) - len(found),
        }
        kind = "alert" if any(one.urgency in URGENT for one in found) else "notice"
        said: list[Said] = [Reply("complaints.handed_over", params)]
        if taker.contact != officer.contact:
            said.append(Post("complaints.handed_to_you", params, contact=taker.contact, kind=kind))
        if giver.contact != officer.contact:
            said.append(Post("complaints.handed_from_you", params, contact=giver.contact, kind="notice"))
        return said

    async def back(self, db: Db, officer: Officer, gone: Officer, now: datetime) -> list[Said]:
        """The leave ends; cases stay where they are."""
        if gone.contact != officer.contact and officer.role != ADMIN:
            raise HandsOverForOthers()
        if not gone.is_away(now):
            raise NotHandedOver(why="here", name=gone.name)
        await accounts.go_on_leave(db, self._directory, gone, None, None)
        await self._note(db, officer, gone, "complaints.back", now, {"until": None})
        said: list[Said] = [Reply("complaints.back", {"name": gone.name})]
        if gone.contact != officer.contact:
            said.append(Post("complaints.you_are_back", contact=gone.contact, kind="notice"))
        return said

    async def _give(self, db: Db, complaint: Complaint, officer: Officer, taker: Officer, now: datetime) -> None:
        """As `派`; but what is suspended stays so: another handler does not start its clock again."""
        if complaint.state != State.SUSPENDED:
            await self._handling.assign(db, complaint, officer, taker.name, now)
            return
        values: dict[str, Any] = {
            "handler": taker.name,
            "handler_id": taker.contact,
            "assigned_at": now,
            "received_at": None,
        }
        actor = Actor.of(officer)
        await self._handling.move(db, complaint, Move.ASSIGN, actor, now, target=State.SUSPENDED, **values)

    def _names(self, rest: str, now: datetime) -> tuple[list[str], str]:
        """The one or two names at the beginning, and what follows them: a day, or that somebody is back."""
        parts = [part for part in _BETWEEN.split(normalise(rest).strip()) if part]
        names: list[str] = []
        while parts and len(names) < FROM_AND_TO and self._may_be_name(parts[0], now):
            names += self._apart(parts.pop(0))
        return names[:FROM_AND_TO], "".join(parts)

    def _may_be_name(self, word: str, now: datetime) -> bool:
        """Anything but a day, or a word for being back."""
        if self._named(word):
            return True
        is_day = until(word, now) is not None or word.startswith(tuple(words("until"))) or _DIGIT.search(word)
        return not is_day and word not in words("back")

    def _apart(self, word: str) -> list[str]:
        """Two names with only a "to" between them."""
        if self._named(word):
            return [word]
        parts = next((word.split(to, 1) for to in sorted(words("to"), key=len, reverse=True) if to in word), [word])
        return [part for part in parts if part]

    def _named(self, name: str) -> list[Officer]:
        return [one for one in self._directory.officers.values() if normalise(one.name) == name]

    def _known(self, name: str) -> Officer:
        found = self._named(name)
        if len(found) != 1:
            raise NotHandedOver(why="twice" if found else "unknown", name=name[:LONGEST_NAME])
        return found[0]

    async def _note(
        self, db: Db, officer: Officer, gone: Officer, verb: str, now: datetime, after: dict[str, Any]
    ) -> None:
        before = {"cover": gone.cover, "until": gone.away_until.isoformat() if gone.away_until else None}
        await audit.note(
            db,
            self._community,
            at=now,
            actor=officer.role,
            verb=verb,
            subject=f"staff:{gone.contact}",
            contact=officer.contact,
            before=before,
            after=after,
        )


@router.command("complaints.hand_over")
async def hand_over_cases(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, dialogs: Dialogs, hand_over: HandOver
) -> Answer:
    """`交接 A B 到哪天`, `交接 B`: shown first. `交接 A 回来` ends it."""
    wish = hand_over.wish(officer, rest, now)
    if wish.taker is None:
        return await hand_over.back(db, officer, wish.giver, now)
    shown, data = await hand_over.would_do(db, wish, wish.taker)
    return await ask_first(context, dialogs, HAND_OVER, data, shown)


@router.on(*confirmed(HAND_OVER))
async def hand_over_confirmed(
    context: Context, db: Db, now: datetime, officer: Officer, dialog: Dialog, dialogs: Dialogs, hand_over: HandOver
) -> Answer:
    await dialogs.close(db, in_private(context))
    return await hand_over.do(db, officer, dialog.data, now)


@router.command("complaints.back")
async def back(db: Db, now: datetime, rest: str, officer: Officer, hand_over: HandOver) -> Answer:
    """`销假`, `销假 A`."""
    return await hand_over.back(db, officer, hand_over.back_at_work(officer, rest, now), now)
