"""A session as a notice: whole, only what changed, or that it is off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.settings import Community
from intents import notice_format
from intents.notice_format import Batch, NoticeFields
from intents.replies import Replies
from storage.session_plan import Plan
from storage.sessions import SessionView


class Noticing:
    def __init__(self, replies: Replies, community: Community) -> None:
        self._replies = replies
        self._community = community

    def whole(self, session: SessionView, *, receipt: bool = False) -> str:
        """`receipt`: everybody is asked to say that they have read it."""
        fields = self._fields(session.plan, session)
        if receipt:
            asked = self._replies.word("session.receipt")
            fields = replace(
                fields, note=self._replies.word("session.note_break").join(filter(None, (fields.note, asked)))
            )
        return self._said(*notice_format.whole(fields))

    def changed(self, before: SessionView, after: SessionView) -> str:
        """Only what changed; empty where nothing did that residents need to know."""
        return self._said(*notice_format.changed(self._brief(before.plan, before), self._brief(after.plan, after)))

    def cancelled(self, session: SessionView) -> str:
        return self._said(*notice_format.cancelled(self._fields(session.plan, session), session.reason or ""))

    def changes(self, before: Plan, after: Plan) -> str:
        """A line for each thing that changes; empty where nothing does."""
        found = notice_format.changes(self._brief(before), self._brief(after))
        return self._said("notice.change_lines", {"changes": found})

    def _fields(self, plan: Plan, session: SessionView | None = None) -> NoticeFields:
        return NoticeFields(
            plan.title,
            for_whom=plan.for_whom,
            start=plan.starts_at,
            end=plan.ends_at,
            batches=self._parts(plan),
            place=plan.place,
            bring=plan.bring,
            exempt=plan.not_for,
            at_home=plan.assistance,
            sign_up=self._how(plan),
            note=self._note(plan),
            contact=plan.phone or self._community.phones.office,
            signature=self._community.name,
            signed_on=session.changed_at if session is not None else None,
        )

    def _brief(self, plan: Plan, session: SessionView | None = None) -> NoticeFields:
        """For a change: how to sign up was told before, how many places there are may be new."""
        places = self._said("sessions.places", {"plan": plan}) if plan.sign_up else ""
        return replace(self._fields(plan, session), sign_up=places)

    def _parts(self, plan: Plan) -> tuple[Batch, ...]:
        """Who comes when: the parts of it, and which buildings when."""
        slots = [
            Batch(self._replies.word("session.part").format(number), slot.starts_at, slot.ends_at)
            for number, slot in enumerate(plan.slots, start=1)
        ]
        batches = [Batch(self._replies.buildings(one.buildings), one.starts_at) for one in plan.batches]
        return (*slots, *batches)

    def _how(self, plan: Plan) -> str:
        if not plan.sign_up:
            return ""
        return self._said("sessions.how_to_sign_up", {"plan": plan})

    def _note(self, plan: Plan) -> str:
        vaccine = self._said("sessions.vaccine", {"plan": plan}) if plan.brand or plan.dose else ""
        between = self._replies.word("session.note_break")
        return between.join(part for part in (vaccine, plan.note) if part)

    def _said(self, key: str, params: Mapping[str, Any]) -> str:
        return self._replies(key, params, public=False)
