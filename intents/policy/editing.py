"""How staff keep the knowledge base: what they answered becomes an entry, what waits is confirmed, what is wrong is withdrawn."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.commands import NotYourRole
from bot.context import Post
from intents.errors import EntryExpired, EntryUnknown
from intents.policy.answer_words import doorless, name_of
from intents.policy.facts import Facts
from intents.policy.queueing import Queue, about_answer
from intents.policy.telling import as_heard
from intents.policy.wording import short_answer
from intents.replies import Official
from storage import askings, audit, lines, policy, questions
from storage.accounts import Officer
from storage.base import Db
from storage.policy import Entry, Policy, State, entry_of
from storage.policy_entry import LONGEST_ANSWER, MOST_SENTENCES, Draft, Kind
from storage.questions import Question

STAFF: Final = "staff"
MAY_CONFIRM: Final = ("admin", "worker")
_OWN_CODE: Final = re.compile(r"(?:question|asked)-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Given:
    """A question and what a staff member answers to it. `queued`: where it waits; `asked_in`: the message that asked it, whose
    writer reads the answer in the group."""

    question: str
    answer: str
    queued: Question | None = None
    asked_in: int | None = None
    entry: int | None = None
    """The number of the entry that answers it, where that is all that was said."""
    title: str = ""
    """What the staff member calls it."""
    aloud: bool = False
    """Whether it was asked and answered in a group."""
    used: int | None = None
    """The id of the entry with which we had answered it."""


@dataclass(frozen=True, slots=True)
class Kept:
    entry: Entry
    told: tuple[Post, ...]
    pointed: bool = False
    """Answered by an entry that was there."""
    titled_by_answer: bool = False
    """What was asked in private is no title."""
    beside: Entry | None = None
    """What we had answered with, which is not staff's own answer and stays as it is."""
    replaced: bool = False
    """Another answer stood there."""
    by: str | None = None
    """Who had given that one, where it was somebody else."""


def draft_of_answer(
    code: str, question: str, answer: str, word: Callable[[str], str], review_on: date, title: str = ""
) -> Draft:
    """What somebody answered to a question, as an entry: found by that question, and tested with it."""
    answer = doorless(answer)
    is_short = len(answer) <= LONGEST_ANSWER
    return Draft(
        code=code,
        title=title or name_of(question),
        body="" if is_short else answer,
        kind=Kind.ANSWER,
        category=word("policy.answered_by_staff"),
        answer=answer if is_short else "",
        questions=(question,),
        source=word("policy.source_of_staff"),
        review_on=review_on,
    )


def code_of(question: Question) -> str:
    """The code of the entry that answers a queued question."""
    return f"question-{question.number}"


def is_own(row: Policy) -> bool:
    """Whether it is what staff answered to a question, in the chat or in the file."""
    return row.kind == Kind.ANSWER and _OWN_CODE.fullmatch(row.code) is not None


async def answered_with(db: Db, question: Question) -> Policy | None:
    """The entry with which a queued question was answered."""
    return await policy.by_id(db, question.policy_id) if question.policy_id is not None else None


def in_place_of(draft: Draft, before: Policy | None, *, private: bool, title: str = "") -> Draft:
    """The answer under its title, found by all that its earlier wording was found by. `private`: somebody asked it where
    nobody else reads it, so that the words are no title."""
    named = title or (name_of(said_by(draft)) if private else draft.title)
    if before is None:
        return replace(draft, title=named)
    old = entry_of(before).draft
    questions_kept = tuple(dict.fromkeys((*old.questions, *draft.questions)))[-MOST_SENTENCES:]
    by_its_words = old.title == name_of(said_by(old)) or (private and old.title in map(name_of, old.questions))
    return replace(draft, title=named if title or by_its_words else old.title, questions=questions_kept)


def said_by(draft: Draft) -> str:
    return draft.answer or draft.body


class Editing:
    def __init__(
        self, community: str, queue: Queue, facts: Facts, review_after: timedelta, word: Callable[[str], str]
    ) -> None:
        self._community = community
        self._queue = queue
        self._facts = facts
        self._review_after = review_after
        self._word = word

    async def keep(self, db: Db, given: Given, officer: Officer, now: datetime) -> Kept:
        """The answer becomes an entry that is in force at once; who asked the same is told. Given once more, it replaces."""
        if given.entry is not None:
            return await self._point(db, given, given.entry, officer, now)
        row = await self.existing(db, given)
        before = row if row is not None and is_own(row) else None
        private = await _is_private(db, given)
        code = before.code if before is not None else self._code(given)
        draft = draft_of_answer(code, given.question, given.answer, self._word, now.date() + self._review_after)
        draft = in_place_of(draft, before, private=private, title=given.title)
        old = entry_of(before) if before is not None else None
        changed = old is None or said_by(old.draft) != said_by(draft)
        taken, took = await policy.put(db, self._community, draft, now, origin=STAFF, in_force=True, by=officer.name)
        entry = entry_of(taken)
        await self._note(db, "policy.answer", taken, officer, now, {"took": str(took), "answer": said_by(draft)})
        if given.asked_in is not None:
            await questions.heard_it(db, given.asked_in, now)
        told = await self._tell(db, given, entry, said_by(draft), officer, now, changed=changed)
        if given.queued is None and old is not None and changed:
            told = await self._correct(db, entry, now)
        return Kept(
            entry,
            told,
            titled_by_answer=draft.title == name_of(said_by(draft)),
            beside=entry_of(row) if row is not None and before is None and row.state == State.IN_FORCE else None,
            replaced=old is not None and changed,
            by=old.checked_by if old is not None and old.checked_by != officer.name else None,
        )

    async def _correct(self, db: Db, entry: Entry, now: datetime) -> tuple[Post, ...]:
        """For those who were told what stood there when their question was answered."""
        answer, told = said_by(entry.draft), list[Post]()
        for identity in await questions.answered_with(db, entry.id):
            queued = await questions.by_id(db, identity)
            if queued is not None:
                told += as_heard(await self._queue.tell(db, queued, entry, answer, now, corrected=True), answer)
        return tuple(told)

    async def existing(self, db: Db, given: Given) -> Policy | None:
        """The entry with which this question was answered until now."""
        row = await answered_with(db, given.queued) if given.queued is not None else None
        if row is None and given.used is not None:
            row = await policy.by_id(db, given.used)
        if row is None:
            row = (await policy.by_codes(db, self._community, [self._code(given)])).get(self._code(given))
        return row

    async def tell_only(self, db: Db, given: Given, officer: Officer, now: datetime) -> tuple[Post, ...]:
        """One household's matter: whoever asked is told, and nothing is kept for others. What answered it before stays."""
        if given.asked_in is not None:
            await questions.heard_it(db, given.asked_in, now)
        if given.queued is None:
            return ()
        review_on = now.date() + self._review_after
        draft = draft_of_answer(code_of(given.queued), given.question, given.answer, self._word, review_on)
        said = Entry(0, 0, State.WITHDRAWN, STAFF, 1, 0, draft, (), now, officer.name, now)  # kept nowhere
        again = given.queued.state == "answered"
        given.queued.state, given.queued.answered_by, given.queued.answered_at = "answered", officer.name, now
        posts = await self._queue.tell(db, given.queued, said, said_by(draft), now, corrected=again)
        # what was said before holds for others, and is no mistake
        posts = [replace(post, key="policy.answered_later") for post in posts]
        return tuple(as_heard(posts, said_by(draft)))

    async def _point(self, db: Db, given: Given, number: int, officer: Officer, now: datetime) -> Kept:
        """An entry that is there answers it: confirmed where it waited, and found by this question from now on."""
        row = await policy.by_number(db, self._community, number)
        if row is None or row.state == State.WITHDRAWN:
            raise EntryUnknown(numbers=[number])
        if row.expires_on is not None and row.expires_on < now.date():
            raise EntryExpired(number=number, title=Official(row.title), expires_on=row.expires_on)
        if row.state == State.WAITING:
            if officer.role not in MAY_CONFIRM:
                raise NotYourRole(command=self._word("policy.confirming"))
            await self.confirm(db, [row], officer, now)
        await policy.learn(db, self._community, row, given.question, now)
        entry = entry_of(row)
        answer = short_answer(self._facts.filled(entry.draft), None, None, given.question)
        changed = given.queued is not None and given.queued.policy_id != entry.id
        told = await self._tell(db, given, entry, answer, officer, now, changed=changed)
        await self._note(db, "policy.answer", row, officer, now, {"question": given.question})
        return Kept(entry, told, pointed=True)

    async def _tell(
        self, db: Db, given: Given, entry: Entry, answer: str, officer: Officer, now: datetime, *, changed: bool
    ) -> tuple[Post, ...]:
        if given.queued is None:
            return ()
        corrected = changed and given.queued.policy_id is not None
        await questions.answer(db, given.queued, entry.id, officer.name, now)
        posts = await self._queue.tell(db, given.queued, entry, answer, now, corrected=corrected)
        return tuple(as_heard(posts, answer))

    def _code(self, given: Given) -> str:
        """The same question in the same words is the same entry, however often it is answered."""
        if given.queued is not None:
            return code_of(given.queued)
        return f"asked-{hashlib.sha256(given.question.encode()).hexdigest()[:16]}"

    async def confirm(self, db: Db, rows: Sequence[Policy], officer: Officer, now: datetime) -> None:
        """They hold here. What was to be looked at again by now has been looked at."""
        next_look = now.date() + self._review_after
        for row in rows:
            if row.review_on is None or row.review_on <= now.date():
                row.review_on = next_look
                row.content = policy.as_json(replace(entry_of(row).draft, review_on=next_look))
        await policy.confirm(db, self._community, rows, officer.name, now)
        for row in rows:
            await self._note(db, "policy.confirm", row, officer, now, {"version": row.version})

    async def withdraw(self, db: Db, row: Policy, officer: Officer, now: datetime) -> None:
        await policy.withdraw(db, self._community, row, officer.name, now)
        for question in await questions.answered_with(db, row.id):
            await lines.call_off(db, about_answer(question))
        await self._note(db, "policy.withdraw", row, officer, now, {})

    async def _note(
        self, db: Db, verb: str, row: Policy, officer: Officer, now: datetime, after: dict[str, object]
    ) -> None:
        await audit.note(
            db,
            self._community,
            at=now,
            contact=officer.contact,
            actor=officer.role,
            verb=verb,
            subject=f"policy:{row.number}",
            after=after,
        )

    async def numbered(
        self, db: Db, numbers: Iterable[int], *, withdrawn: bool = False
    ) -> tuple[list[Policy], list[int]]:
        """Those entries, and the numbers that are none. `withdrawn`: what is out of use counts, too."""
        found: list[Policy] = []
        unknown: list[int] = []
        for number in numbers:
            row = await policy.by_number(db, self._community, number)
            if row is None or (row.state == State.WITHDRAWN and not withdrawn):
                unknown.append(number)
            else:
                found.append(row)
        return found, unknown


async def _is_private(db: Db, given: Given) -> bool:
    if given.queued is not None:
        return await askings.asked_privately(db, given.queued.id)
    return not given.aloud
