"""A session made on the page: one sentence fills the form in, the form is said back in full, and then it goes out, once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from bot.context import Said
from bot.message import Refusal, Reply
from intents.groups import Groups
from intents.notices.broadcasting import Broadcasting
from intents.sessions.draft_reading import cautions, check
from intents.sessions.draft_words import of_kind
from intents.sessions.drafting import Known
from intents.sessions.editing import Editing
from intents.sessions.noticing import Noticing
from intents.sessions.staff import Drafts
from scheduler.calendar import Calendar
from scheduler.clock import Clock
from storage import sessions
from storage.accounts import Officer
from storage.base import Db
from storage.session_plan import LONGEST_DETAIL, LONGEST_PLACE, LONGEST_TITLE, MOST_PLACES, Kind, Plan
from storage.sessions import OPEN, SessionView
from web.assistant import Assistant
from web.faults import ReviewGone
from web.pages.officers import Officers
from web.pages.session_form import SPLITS, Form, FormFault, blank, form_of, plan_of
from web.pages.sessions import CREATE, told_of
from web.rendering import Rendering

MOST_REVIEWED = 200
FIELD_OF = {
    "sessions.in_the_past": "date",
    "sessions.ends_before": "end",
    "sessions.capacity_impossible": "capacity",
    "sessions.building_unknown": "batches",
    "sessions.batches_unclear": "batches",
    "sessions.slots_unclear": "slots",
}
"""Beside which field a refusal belongs."""


@dataclass(slots=True)
class Reviewed:
    """What was said back. `made`: what came of it, so that pressing again does not make another."""

    plan: Plan
    groups: tuple[int, ...]
    receipt: bool
    made: tuple[str, str] | None = None


class SessionMaking:
    def __init__(self, assistant: Assistant, rendering: Rendering, officers: Officers, clock: Clock) -> None:
        services = assistant.services
        self._assistant = assistant
        self._community = assistant.settings.community.id
        self._rendering = rendering
        self._words = rendering.words["session"]
        self._officers = officers
        self._clock = clock
        self._calendar: Calendar = services["calendar"]
        self._known: Known = services["session_known"]
        self._groups: Groups = services["groups"]
        self._drafts: Drafts = services["drafts"]
        self._broadcasts: Broadcasting = services["broadcasts"]
        self._noticing: Noticing = services["noticing"]
        self._editing: Editing = services["session_editing"]
        self._reviewed: OrderedDict[str, Reviewed] = OrderedDict()
        self._started = f"{int(clock.now().timestamp() * 1_000_000):x}"
        self._count = 0
        self._one_by_one = asyncio.Lock()

    def html(self, officer: int | None) -> str:
        """The form with nothing in it."""
        by = self._officers.chosen(officer)
        return self._rendering(
            "session_new.html",
            officers=self._officers.all(),
            officer=by,
            may=by is not None and self._officers.may(by, CREATE),
            fields=self._fields(blank(self._known, [group.id for group in self._groups.all()])),
        )

    def read(self, officer: Officer, text: str) -> str:
        """The form as one sentence fills it in. Raises `Refusal`."""
        self._officers.check(officer, CREATE)
        draft, groups = self._drafts.read(text, self._clock.now())
        form = form_of(draft, groups, self._assistant.replies)
        return self._fields(form, [self._words[f"assumed_{one}"] for one in draft.assumed])

    async def review(self, officer: Officer, form: Form) -> str:
        """All of it said back, before anything goes out. Raises `Refusal` and `FormFault`."""
        self._officers.check(officer, CREATE)
        now = self._clock.now()
        plan, assumed = plan_of(form, now, self._known)
        known = {group.id for group in self._groups.all()}
        groups = tuple(group for group in dict.fromkeys(form.groups) if group in known)
        async with self._assistant.database.reading() as db:
            planned = await self._broadcasts.plan(db, groups, now) if groups else None
            twin = await self._twin(db, plan, now)
        if planned is not None:
            self._broadcasts.check(planned, officer, now)
        return self._rendering(
            "session_review.html",
            plan=plan,
            planned=planned,
            notice=self._broadcasts.as_read(self._noticing.whole(_unborn(plan, groups, now))) if groups else "",
            receipt=form.receipt,
            warnings=[
                *(self._words[f"assumed_{one}"] for one in assumed),
                *([] if plan.place else [self._words["no_place"]]),
                *([self._words["twin"].format(number=twin)] if twin else []),
                *(
                    self._assistant.replies(one.key, one.params, public=False)
                    for one in cautions(plan, self._calendar, self._known)
                ),
            ],
            token=self._keep(Reviewed(plan, groups, form.receipt)),
        )

    async def create(self, officer: Officer, token: str) -> tuple[str, str | None]:
        """One line, and the number of what was made; None where it was refused. Raises `ReviewGone`."""
        async with self._one_by_one:
            reviewed = self._reviewed.get(token)
            if reviewed is None:
                raise ReviewGone()
            if reviewed.made is None:
                line, number = await self._create(officer, reviewed)
                if number is None:
                    return line, None
                reviewed.made = line, number
            return reviewed.made

    async def _create(self, officer: Officer, reviewed: Reviewed) -> tuple[str, str | None]:
        numbers: list[str] = []

        async def deed(db: Db, now: datetime) -> list[Said]:
            self._officers.check(officer, CREATE)
            check(reviewed.plan, now)  # time has passed since it was said back
            made = await self._editing.create(
                db, reviewed.plan, reviewed.groups, officer, now, receipt=reviewed.receipt
            )
            numbers.append(made.session.number)
            return [Reply("sessions.created", told_of(made)), *made.posts]

        done = await self._assistant.acting.do(deed)
        return "\n".join(done.said), None if done.refused else numbers[0]

    def fault_of(self, fault: FormFault | Refusal) -> tuple[str, str]:
        """One line, and the field it belongs to."""
        if isinstance(fault, Refusal):
            field = FIELD_OF.get(fault.key, str(fault.params.get("field", "")))
            return self._assistant.replies(fault.key, fault.params, public=False), field
        params = dict(fault.params)
        if "missing" in params:
            params["missing"] = self._words["and"].join(self._words[f"field_{one}"] for one in params["missing"])
        name = self._words.get(f"field_{fault.field}", "")
        return self._words[f"fault_{fault.word}"].format(name=name, **params), fault.field

    def _fields(self, form: Form, assumed: list[str] | None = None) -> str:
        return self._rendering(
            "session_fields.html",
            form=form,
            kinds=[(kind, self._sign_up(kind)) for kind in Kind],
            splits=SPLITS,
            groups=self._groups.all(),
            assumed=assumed or [],
            today=self._clock.now().date().isoformat(),
            longest={"title": LONGEST_TITLE, "place": LONGEST_PLACE, "detail": LONGEST_DETAIL},
            most_places=MOST_PLACES,
        )

    def _sign_up(self, kind: Kind) -> bool:
        return bool(of_kind(kind).get("sign_up", True))

    async def _twin(self, db: Db, plan: Plan, now: datetime) -> str | None:
        """One of the same name at the same time that there is already."""
        for row in await sessions.open_ones(db, self._community, now):
            if row.title == plan.title and row.starts_at == plan.starts_at and row.place == plan.place:
                return row.number
        return None

    def _keep(self, reviewed: Reviewed) -> str:
        """Told apart from what another start of the server gave out."""
        self._count += 1
        token = f"{self._started}-{self._count}"
        self._reviewed[token] = reviewed
        while len(self._reviewed) > MOST_REVIEWED:
            self._reviewed.popitem(last=False)
        return token


def _unborn(plan: Plan, groups: tuple[int, ...], now: datetime) -> SessionView:
    """The session as it would be, for its notice."""
    return SessionView(0, "", plan, (), groups, OPEN, 0, now, now, None, None)
