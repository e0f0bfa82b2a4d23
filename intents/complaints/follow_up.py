"""Follow-up 回访: after the result everybody who reported is asked whether they are content; their word closes the case or opens
it again. Silence after two questions closes it, counted apart. Staff enter what they heard by telephone; nobody does so for a
case of their own.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from bot.context import Post
from bot.expectations import Expectations
from bot.message import Conversation
from intents.complaints.calling_out import said_of
from intents.complaints.handling import Handling
from intents.complaints.lifecycle import FOLLOWED_UP, Move, State
from intents.complaints.telephoning import Telephoning
from intents.complaints.telling import Telling, about, spoken
from intents.errors import FollowsOwnCase
from storage import audit, complaints, due, follow_ups, lines, reporters
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.database import after_commit
from storage.due import Due
from storage.reporters import Reporter

FOLLOW_UP_KIND = "complaints.follow_up"
QUESTION = "complaints.rate"
ASKED_AGAIN_AFTER = timedelta(hours=24)
CLOSED_AFTER = timedelta(days=3)
MOST_ATTEMPTS = 3


class Rating(StrEnum):
    SATISFIED = "satisfied"
    MOSTLY = "mostly"
    DISSATISFIED = "dissatisfied"


class FollowUp:
    def __init__(
        self,
        community: str,
        directory: Directory,
        expectations: Expectations,
        handling: Handling,
        telling: Telling,
        telephoning: Telephoning,
    ) -> None:
        self._community = community
        self._directory = directory
        self._expectations = expectations
        self._handling = handling
        self._telling = telling
        self._telephoning = telephoning

    async def rebuild(self, db: Db) -> None:
        """At start: which questions are open, from the tables."""
        for one in await reporters.all_asked(db, self._community):
            if one.contact_id is not None:
                for where in self._places(one):
                    self._expectations.ask(where, QUESTION, one.id)

    async def begin(self, db: Db, complaint: Complaint, result: str, now: datetime) -> list[Post]:
        """The result is there: tell it, and ask whoever can be asked. Where nobody can, staff follow up by telephone."""
        told, asked = await self.ask(db, complaint, now)
        return self._questions(case_of(complaint), told, asked, "complaints.update_resolved", result)

    async def ask(self, db: Db, complaint: Complaint, now: datetime) -> tuple[list[Reporter], frozenset[int]]:
        """Open the question to whoever can be asked, without a word: everybody who reported, and the ids of those asked."""
        told = await reporters.of(db, complaint.id)
        asked = self.askable(complaint, told)
        if asked:
            await self._handling.by_itself(db, complaint, Move.ASK, now)
            subject = str(complaint.id)
            await due.plan(
                db, self._community, FOLLOW_UP_KIND, subject, now + ASKED_AGAIN_AFTER, data={"step": "again"}
            )
            await due.plan(db, self._community, FOLLOW_UP_KIND, subject, now + CLOSED_AFTER, data={"step": "close"})
        for one in told:
            if one.id in asked:
                self._open_question(db, one, now)
        if not asked:
            await self._telephoning.put(db, complaint, told, now)
        await db.flush()
        return told, asked

    def askable(self, complaint: Complaint, told: Sequence[Reporter]) -> frozenset[int]:
        """Ids of the reporters who can be asked in WeChat; who reported two cases that are one now is asked once."""
        discreet = self._telling.is_discreet(complaint)
        asked = {one.contact_id: one.id for one in reversed(told) if self._may_be_asked(one, discreet=discreet)}
        return frozenset(asked.values())

    def _may_be_asked(self, reporter: Reporter, *, discreet: bool) -> bool:
        """Who reported by telephone cannot, nor who wants no name and can be reached in the group only."""
        if reporter.contact_id is None or self._directory.raw_contact(reporter.contact_id) is None:
            return False
        alone = reporter.group_id is None or reporter.anonymous or discreet
        return not alone or self._directory.is_friend(reporter.contact_id)

    def _open_question(self, db: Db, reporter: Reporter, now: datetime) -> None:
        reporter.asked_at = now
        reporter.asked_times += 1
        reporter.rating = reporter.rated_at = None
        for where in self._places(reporter):
            after_commit(db, partial(self._expectations.ask, where, QUESTION, reporter.id))

    def _places(self, reporter: Reporter) -> list[Conversation]:
        """Where the answer is taken: where it was asked, and in private."""
        if reporter.contact_id is None:
            return []
        groups = {None, None if reporter.anonymous else reporter.group_id}
        return [Conversation(self._directory.account, group, reporter.contact_id) for group in groups]

    def _questions(
        self, case: Case, told: Sequence[Reporter], asked: Set[int], key: str, result: str | None
    ) -> list[Post]:
        """In a group one line for all; who is not to be named, or reported in private, is asked in private."""
        params = {**spoken(case), "result": result}
        discreet = self._telling.is_discreet(case)
        posts: list[Post] = []
        for group in dict.fromkeys(one.group_id for one in told):
            if group is None or discreet:
                continue
            here = [one for one in told if one.group_id == group]
            named = [one.contact_id for one in here if one.id in asked and not one.anonymous and one.contact_id]
            if key == "complaints.asked_again" and not named:
                continue
            posts.append(
                Post(
                    key,
                    {**params, "asked": bool(named)},
                    group=group,
                    mentions=tuple(named),
                    kind="reminder",
                    numbered=True,
                    trouble=self._telling.trouble(case),
                    about=about(case),
                    adds=True,
                )
            )
        for one in told:
            if one.contact_id and one.id in asked and (discreet or one.group_id is None or one.anonymous):
                said = {**params, "asked": True}
                alone = Post(key, said, contact=one.contact_id, kind="reminder", numbered=True)
                posts.append(replace(alone, about=about(case), adds=True))
        return posts

    async def again(self, db: Db, row: Due, now: datetime) -> list[Post]:
        """A day later once more; after three days of silence the case is closed as not reached."""
        complaint = await complaints.held(db, int(row.subject))
        if complaint is None or complaint.state != State.AWAITING_WORD:
            return []
        told = await reporters.of(db, complaint.id)
        silent = [one for one in told if one.asked_at is not None and one.rating is None]
        if row.data["step"] == "close":
            await self._end(db, complaint, now, "rated" if any(one.rating for one in told) else "unreached")
            return []
        for one in silent:
            one.asked_times += 1
        if not silent:
            return []
        case = case_of(complaint)
        return self._questions(case, told, {one.id for one in silent}, "complaints.asked_again", complaint.result)

    async def rate(
        self, db: Db, reporter: Reporter, rating: Rating, words: str, now: datetime
    ) -> tuple[Complaint, list[Post]]:
        """A reporter's word. One who is not content opens the case again for all; the last content one closes it."""
        complaint = await self._case_of(db, reporter)
        reporter.rating, reporter.rated_at = rating, now
        self._close_question(db, [reporter])
        values = {"reporter_id": reporter.id, "channel": "wechat", "outcome": rating, "words": words}
        await follow_ups.add(db, complaint, now, **values)
        await audit.note(
            db,
            self._community,
            at=now,
            actor="resident",
            verb="complaints.rate",
            subject=f"complaint:{complaint.id}",
            contact=reporter.contact_id,
            after={"rating": rating},
            why=words,
        )
        return complaint, await self._concluded(db, complaint, rating, words, now)

    async def by_telephone(
        self, db: Db, complaint: Complaint, officer: Officer, outcome: str, words: str, now: datetime
    ) -> list[Post]:
        """What staff heard when they called; `no_answer` is an attempt, and the third closes the case."""
        if complaint.state not in (*FOLLOWED_UP, State.CLOSED):
            self._handling.refuse(complaint)
        if complaint.handler_id == officer.contact:
            raise FollowsOwnCase(number=complaint.number)
        told = await reporters.of(db, complaint.id)
        values: dict[str, Any] = {"by_contact": officer.contact, "by_name": officer.name, "words": words}
        values |= {"channel": "telephone", "reporter_id": told[0].id if len(told) == 1 else None}
        await follow_ups.add(db, complaint, now, **values, outcome=outcome)
        await audit.note(
            db,
            self._community,
            at=now,
            actor=officer.role,
            verb="complaints.follow_up",
            subject=f"complaint:{complaint.id}",
            contact=officer.contact,
            after={"outcome": outcome},
            why=words,
        )
        if outcome == follow_ups.NO_ANSWER:
            if complaint.state != State.CLOSED and await follow_ups.failed_attempts(db, complaint.id) >= MOST_ATTEMPTS:
                await self._end(db, complaint, now, "unreached")
            await self._telephoning.called(db, complaint, officer, outcome, now)
            return []
        await self._telephoning.called(db, complaint, officer, outcome, now)
        return await self._concluded(db, complaint, Rating(outcome), words, now, told_by=officer)

    async def _concluded(
        self, db: Db, complaint: Complaint, rating: Rating, words: str, now: datetime, told_by: Officer | None = None
    ) -> list[Post]:
        if rating == Rating.DISSATISFIED:
            return await self.reopen(db, complaint, words, now, officer=told_by)
        told = await reporters.of(db, complaint.id)
        waiting = [one for one in told if one.asked_at is not None and one.rating is None]
        if told_by is not None and len(told) == 1:
            waiting = []  # it is the word of the one who was asked
        if complaint.state in FOLLOWED_UP and not waiting:
            await self._end(db, complaint, now, "rated")
        return []

    async def reopen(
        self, db: Db, complaint: Complaint, words: str, now: datetime, *, officer: Officer | None = None
    ) -> list[Post]:
        """重办: it goes on with whoever had it; staff are told in the reporter's own words."""
        told = await reporters.of(db, complaint.id)
        self._close_question(db, told)
        await due.cancel(db, self._community, FOLLOW_UP_KIND, str(complaint.id))
        await lines.call_off(db, about(complaint))  # no question is said after it is closed
        await self._handling.reopen(db, complaint, words, now, officer=officer)
        params: dict[str, Any] = {"case": case_of(complaint), "words": said_of(complaint, words)}
        return [
            Post("complaints.reopened_to_you", params, contact=one.contact, kind="reminder")
            for one in self._handling.responsible(complaint, now)
            if officer is None or one.contact != officer.contact
        ]

    async def stop_asking(self, db: Db, complaint: Complaint) -> None:
        self._close_question(db, await reporters.of(db, complaint.id))
        await due.cancel(db, self._community, FOLLOW_UP_KIND, str(complaint.id))

    async def _end(self, db: Db, complaint: Complaint, now: datetime, closing: str) -> None:
        await self.stop_asking(db, complaint)
        await lines.call_off(db, about(complaint), "complaints.asked_again")
        await self._handling.by_itself(db, complaint, Move.CLOSE, now, closed_at=now, closing=closing)

    def _close_question(self, db: Db, told: Sequence[Reporter]) -> None:
        for one in told:
            if one.asked_at is None:
                continue
            if one.rating is None:
                one.asked_at = None
            for where in self._places(one):
                after_commit(db, partial(self._expectations.answered, where, QUESTION, one.id))

    async def _case_of(self, db: Db, reporter: Reporter) -> Complaint:
        """The case that a reporter's word is about: the one theirs was joined into, if it was."""
        own = await complaints.held(db, reporter.complaint_id)
        if own is not None and own.merged_into is not None:
            own = await complaints.held(db, own.merged_into)
        if own is None:
            raise LookupError("a reporter without a case")
        return own
