"""One case, whole: what was said, where, how far it is, who reported it, photos, what happened; and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intents.complaints.desk import is_overdue
from intents.complaints.lifecycle import TICKING, State
from intents.complaints.visibility import hears_names, is_masked, may_see, without_names
from intents.understanding.address import split_nickname
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from scheduler.clock import Clock
from storage import accounts, audit, complaints, photos, problems, reporters
from storage.accounts import Officer
from storage.audit import Step
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.reporters import Reporter
from web.assistant import Assistant
from web.faults import CaseNotThere, NoReason, NotShown
from web.pages.acts import OUTCOMES, Acts, held
from web.pages.officers import Officers
from web.pages.story import Story
from web.rendering import Rendering

REVEAL = "complaints.reveal"
LONGEST_REASON = 200
A_DAY, AN_HOUR, A_MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True)
class Report:
    """Who reported it, without a name. `apart`: this one may become a case of its own."""

    id: int
    at: datetime
    channel: str
    group: str
    building: str | None
    unit: str | None
    words: str | None
    rating: str | None
    anonymous: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Private:
    """One reporter as only somebody with a reason sees them; no name where theirs is not to be told."""

    name: str | None
    channel: str
    place: str
    phone: str | None
    words: str | None


class CasePage:
    def __init__(
        self, assistant: Assistant, rendering: Rendering, officers: Officers, acts: Acts, clock: Clock
    ) -> None:
        self._assistant = assistant
        self._community = assistant.settings.community.id
        self._rendering = rendering
        self._officers = officers
        self._acts = acts
        self._clock = clock
        self._story = Story(rendering, assistant.directory)

    async def html(self, number: str | int, officer: int | None) -> str:
        """By its number, or by its id where it has none. Raises `CaseNotThere`."""
        async with self._assistant.database.reading() as db:
            return await self._html(db, await self._found(db, number), self._officers.chosen(officer))

    async def photo(self, identity: int, photo: int) -> bytes:
        """Raises `CaseNotThere`."""
        async with self._assistant.database.reading() as db:
            await self._found(db, identity)
            content = await photos.content(db, identity, photo)
        if content is None:
            raise CaseNotThere()
        return content

    async def reveal(self, identity: int, officer: Officer, reason: str) -> str:
        """What is masked: shown only once it is written down who looked, and why. Raises `PageFault`."""
        if not 1 < len(reason) <= LONGEST_REASON:
            raise NoReason()
        if is_masked(officer):
            raise NotShown()
        async with self._assistant.database.transaction() as db:
            complaint = await held(db, self._community, identity, officer)
            shown = await self._private(db, complaint, officer)
            await audit.note(
                db,
                self._community,
                at=self._clock.now(),
                actor=officer.role,
                verb=REVEAL,
                subject=f"complaint:{complaint.id}",
                contact=officer.contact,
                why=reason,
            )
        return shown

    async def _found(self, db: Db, number: str | int) -> Complaint:
        if isinstance(number, int):
            found = await complaints.by_id(db, number)
        else:
            found = await complaints.by_number(db, self._community, number)
        if found is None or found.community != self._community:
            raise CaseNotThere()
        return found

    async def _html(self, db: Db, complaint: Complaint, officer: Officer | None) -> str:
        now = self._clock.now()
        people = await reporters.of_all(db, [complaint.id])
        case = case_of(complaint, *people.get(complaint.id, ([], 0)))
        steps = await audit.story(db, self._community, f"complaint:{case.id}")
        into = await complaints.by_id(db, case.merged_into) if case.merged_into else None
        told = await reporters.of(db, case.id)
        joined = [case_of(one) for one in await complaints.merged_with(db, case.id)]
        problem = await problems.by_id(db, case.problem) if case.problem else None
        in_sight = officer is not None and may_see(officer, complaint)
        return self._rendering(
            "case.html",
            case=case,
            due=self._due(case, now),
            ticking=TICKING,
            into=case_of(into) if into else None,
            joined=joined,
            problem=problem.number if problem else None,
            reports=[self._report(one, case) for one in told],
            photos=await photos.of_case(db, case.id),
            story=self._story.told(steps, await self._numbers(db, steps)),
            officers=self._officers.all(),
            officer=officer,
            in_sight=in_sight,
            buttons=await self._acts.buttons(db, case, officer, now) if officer and in_sight else [],
            may_part=officer is not None and in_sight and self._officers.may(officer, "part"),
            may_reveal=officer is not None and in_sight and not is_masked(officer),
            own=officer is not None and case.handler_id == officer.contact,
            outcomes=OUTCOMES,
            longest_reason=LONGEST_REASON,
            tomorrow=(now + timedelta(days=1)).date().isoformat(),
        )

    async def _numbers(self, db: Db, steps: list[Step]) -> dict[int, str]:
        """Of the cases that this one was joined into; hardly ever more than one."""
        into = {step.after.get("merged_into") for step in steps} - {None}
        found = [await complaints.by_id(db, identity) for identity in into if isinstance(identity, int)]
        return {one.id: one.number for one in found if one is not None and one.number is not None}

    def _report(self, one: Reporter, case: Case) -> Report:
        group = self._assistant.directory.group_name(one.group_id) if one.group_id else ""
        return Report(
            one.id,
            one.at,
            one.channel,
            group,
            one.building,
            one.unit,
            masked(without_doors(normalise(one.words))) if one.words else None,
            one.rating,
            one.anonymous,
            apart=one.complaint_id == case.id and one.words is not None and case.merged_into is None,
        )

    async def _private(self, db: Db, complaint: Complaint, officer: Officer) -> str:
        """Who wants no name is named to whoever handles the case, and to nobody else."""
        told = await reporters.of(db, complaint.id)
        known = await accounts.names_of(db, [one.contact_id for one in told if one.contact_id is not None])
        unnamed = {one.id for one in told if not hears_names(officer, complaint.handler_id, anonymous=one.anonymous)}
        hidden = [name for one in told if one.id in unnamed for name in self._names(one, known)]
        of_case = hears_names(officer, complaint.handler_id, anonymous=complaint.anonymous)
        return self._rendering(
            "private.html",
            words=_without(complaint.original, hidden),
            earlier=[_without(line, hidden) for line in complaint.context],
            phone=complaint.phone if of_case else None,
            people=[
                Private(
                    None if one.id in unnamed else self._names(one, known)[0],
                    one.channel,
                    self._rendering.place(one, door=one.id not in unnamed),
                    None if one.id in unnamed else one.phone,
                    _without(one.words, hidden) if one.words else None,
                )
                for one in told
            ],
        )

    def _names(self, one: Reporter, known: dict[int, str]) -> list[str]:
        """What somebody is called, as it is shown first; and whatever else would tell who it was."""
        own = known.get(one.contact_id or 0, "")
        shown = one.name or self._assistant.directory.name_in(one.group_id, one.contact_id or 0) or own
        return [shown, own, split_nickname(shown)[1], split_nickname(own)[1]]

    def _due(self, case: Case, now: datetime) -> tuple[str, bool] | None:
        """How long there still is, and whether it is or was too late."""
        words = self._rendering.words["due"]
        if case.due_by is None:
            return None
        if case.state in TICKING:
            late = is_overdue(case, now)
            return words["over" if late else "left"].format(span=self._span(abs(case.due_by - now))), late
        if case.state == State.SUSPENDED:
            return words["paused"], False
        ended = case.resolved_at or case.closed_at
        if ended is None:
            return None
        return words["late" if ended > case.due_by else "in_time"], ended > case.due_by

    def _span(self, length: timedelta) -> str:
        seconds, words = int(length.total_seconds()), self._rendering.words["span"]
        if seconds >= A_DAY:
            return words["days"].format(days=seconds // A_DAY, hours=seconds % A_DAY // AN_HOUR)
        if seconds >= AN_HOUR:
            return words["hours"].format(hours=seconds // AN_HOUR, minutes=seconds % AN_HOUR // A_MINUTE)
        return words["minutes"].format(minutes=max(1, seconds // A_MINUTE))


def _without(text: str, hidden: list[str]) -> str:
    return without_names(text, hidden) if hidden else text
