"""Doses of a vaccine: entered when somebody is checked in; the next is reminded of once it may be given, and not signed up for
sooner.

The interval of a first dose, or of one without a number, is how long to wait until the next. That of a later dose is, as its
notice says, how long after the one before; of those nobody is reminded, since nobody knows whether there is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bot.context import Post
from intents.errors import DoseTooEarly
from intents.sessions.reaching import CALLERS
from storage import calls, doses, due, sessions, sign_ups
from storage.accounts import Directory
from storage.base import Db
from storage.calls import Reminded, Way
from storage.doses import Dose
from storage.due import Due
from storage.session_plan import Kind, Plan
from storage.sessions import SessionView
from storage.sign_ups import SignUp, Who

DOSE_KIND: Final = "sessions.dose"
AT: Final = time(9)
USEFUL_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Given:
    """A dose that is entered. `again`: it was so already."""

    number: int | None
    slip: int | None
    next_on: date | None
    again: bool


class Dosing:
    def __init__(self, directory: Directory) -> None:
        self._community = directory.community
        self._directory = directory

    async def given(self, db: Db, session: SessionView, sign_up: SignUp, people: int, now: datetime) -> Given | None:
        """Who is checked in at a vaccination has it; None at any other session. The caller notes who checked them in."""
        plan = session.plan
        if plan.kind != Kind.VACCINATION:
            return None
        await sessions.held(db, session.id)  # slips run on, one after the other
        known = await doses.of_sign_up(db, sign_up.id)
        if known is not None:
            known.people = people
            return Given(known.number, known.slip, known.next_on, again=True)
        waits = plan.interval_days if (plan.dose or 1) == 1 else None
        given_on = now.date()
        next_on = given_on + timedelta(days=waits) if waits else None
        slip = await doses.next_slip(db, session.id) if plan.slip else None
        entered = await doses.enter(
            db,
            self._community,
            session=session.id,
            sign_up=sign_up.id,
            contact=sign_up.contact_id,
            name=sign_up.name,
            phone=sign_up.phone,
            door=(sign_up.building, sign_up.unit, sign_up.room),
            people=people,
            brand=plan.brand,
            number=plan.dose,
            slip=slip,
            given_on=given_on,
            next_on=next_on,
        )
        if next_on is not None:
            at = datetime.combine(next_on, AT, now.tzinfo)
            await due.plan(db, self._community, DOSE_KIND, str(entered), at, expires_at=at + USEFUL_FOR)
        return Given(plan.dose, slip, next_on, again=False)

    async def remind(self, db: Db, rows: Sequence[Due], now: datetime) -> list[Post]:
        """The next dose may be given from today: whoever had the one before hears it, alone, in private or by telephone."""
        posts: list[Post] = []
        by_telephone = 0
        for row in rows:
            dose = await doses.by_id(db, int(row.subject))
            if dose is None or dose.next_on is None or await self._had_next(db, dose):
                continue
            offered = await self._next_session(db, dose, now)
            if offered is not None and await self._is_in(db, dose, offered):
                continue
            sign_up = await sign_ups.look(db, dose.sign_up_id)
            way = self._way(dose, for_other=sign_up is not None and sign_up.for_other)
            if await calls.enter(db, self._community, self._reminded(dose, way, offered, row), now) is None:
                continue
            if way == Way.CALL:
                by_telephone += 1
                continue
            params = {**_said(dose), "session": offered, "name": dose.name if sign_up and sign_up.for_other else ""}
            posts.append(
                Post("sessions.dose_due", params, contact=dose.contact_id, kind="reminder", expires_at=row.expires_at)
            )
        return [*posts, *self._calls_wait(by_telephone, now)]

    def _calls_wait(self, count: int, now: datetime) -> list[Post]:
        officers = [one for one in self._directory.officers.values() if one.role in CALLERS and not one.is_away(now)]
        params = {"session": None, "count": count}
        return [Post("sessions.calls_wait", params, contact=one.contact, kind="reminder") for one in officers if count]

    def _way(self, dose: Dose, *, for_other: bool) -> Way:
        """Never in a group: who had which dose is nobody else's business."""
        contact = dose.contact_id
        if contact is None or self._directory.raw_contact(contact) is None or not self._directory.is_friend(contact):
            return Way.CALL
        return Way.CALL if for_other and dose.phone else Way.PRIVATE

    def _reminded(self, dose: Dose, way: Way, offered: SessionView | None, row: Due) -> Reminded:
        said = _said(dose)
        return Reminded(
            cause=DOSE_KIND,
            subject=f"dose:{dose.id}",
            person=f"dose:{dose.id}",
            name=dose.name,
            way=way,
            say={
                "key": "sessions.say_dose",
                "number": said["number"],
                "next_on": said["next_on"].isoformat(),
                "title": offered.plan.title if offered else "",
                "at": offered.plan.starts_at.isoformat() if offered else "",
            },
            contact=dose.contact_id,
            phone=dose.phone,
            session=dose.session_id,
            sign_up=dose.sign_up_id,
            until=row.expires_at,
        )

    async def _had_next(self, db: Db, dose: Dose) -> bool:
        who = Who(dose.contact_id, dose.name, dose.building, dose.unit, dose.room)
        found = await doses.of_person(db, self._community, who)
        return any(one.id > dose.id and one.name == dose.name and _follows(one, dose) for one in found)

    async def _next_session(self, db: Db, dose: Dose, now: datetime) -> SessionView | None:
        """The first vaccination that is open and gives the next dose."""
        rows = await sessions.open_ones(db, self._community, now)
        for view in await sessions.views(db, [row for row in rows if row.kind == Kind.VACCINATION], now):
            wanted = dose.number + 1 if dose.number is not None else None
            on_time = dose.next_on is not None and view.plan.starts_at.date() >= dose.next_on
            if view.plan.dose == wanted and _same_brand(view.plan.brand, dose.brand) and on_time:
                return view
        return None

    async def _is_in(self, db: Db, dose: Dose, session: SessionView) -> bool:
        """Whoever has signed up for it is reminded of that."""
        found = await sign_ups.of_contact(db, [session.id], dose.contact_id) if dose.contact_id is not None else []
        if dose.building is not None and dose.room is not None:
            found += await sign_ups.of_door(db, [session.id], dose.building, dose.unit, dose.room)
        return any(one.name == dose.name or (one.room is not None and one.room == dose.room) for one in found)


async def check_interval(db: Db, community: str, plan: Plan, who: Who, day: date) -> None:
    """Raises `DoseTooEarly` where this person's dose before lies too near; `own`: the speaker had signed up for that one.

    Of several of one household that nothing tells apart, the earliest counts: nobody is sent away by mistake.
    """
    if plan.kind != Kind.VACCINATION:
        return
    found = [one for one in await doses.of_person(db, community, who) if _is_before(one, plan)]
    found = [one for one in found if one.name == who.name] or found
    allowed = [(_allowed_from(one, plan), one) for one in found]
    if not allowed:
        return
    allowed_from, dose = min(allowed, key=lambda one: one[0])
    if day < allowed_from:
        own = dose.contact_id is not None and dose.contact_id == who.contact
        raise DoseTooEarly(number=dose.number, given_on=dose.given_on, allowed_from=allowed_from, own=own)


def _is_before(dose: Dose, plan: Plan) -> bool:
    if plan.dose is None:
        return dose.number is None and bool(plan.brand) and plan.brand == dose.brand
    return dose.number == plan.dose - 1 and _same_brand(plan.brand, dose.brand)


def _allowed_from(dose: Dose, plan: Plan) -> date:
    own = dose.given_on + timedelta(days=plan.interval_days or 0)
    return max(own, dose.next_on) if dose.next_on is not None else own


def _follows(one: Dose, dose: Dose) -> bool:
    return _same_brand(one.brand, dose.brand) and (dose.number is None or (one.number or 0) > dose.number)


def _same_brand(one: str, other: str) -> bool:
    return not one or not other or one == other


def _said(dose: Dose) -> dict[str, Any]:
    return {
        "number": dose.number + 1 if dose.number is not None else None,
        "next_on": dose.next_on,
        "brand": dose.brand,
    }
