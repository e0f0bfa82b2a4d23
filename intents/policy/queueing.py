"""What nobody could answer: queued, joined with its like, shown to staff, and told to those who asked once it is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.context import Context, Post
from bot.message import kept_words
from bot.posting import MOST_NAMED
from intents.policy.alike import ALIKE_FROM, likeness
from intents.policy.wording import spoken
from intents.replies import Official
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from storage import questions
from storage.accounts import Directory
from storage.base import Db
from storage.policy import Entry
from storage.questions import Asker, Asking, Outcome, Question

TAKES_QUESTIONS: Final = ("admin", "worker")
LONGEST_QUESTION: Final = 200
NOTED_FOR: Final = timedelta(days=14)
"""For so long somebody who asked nobody in particular still wants to know."""
ASKS_WITHIN: Final = timedelta(hours=1)
MOST_SHOWN_OF_ONE: Final = 5
"""Questions of one person within the hour that are put before staff one by one."""
_CARD: Final = re.compile(r"[0-9]{14,20}")
TOLD_AT: Final = (1, 3, 10, 30, 100, 300)
"""How many people must have asked for staff to be told of it again."""


@dataclass(frozen=True, slots=True)
class Waits:
    question: Question
    is_new: bool
    """Whether this person has not asked it before."""
    is_first: bool
    """Whether nobody before was told that it goes to the community."""
    often: bool = False
    """Whether this person has asked so much within the hour that staff read the rest in their list."""


class Queue:
    def __init__(self, community: str, directory: Directory) -> None:
        self._community = community
        self._directory = directory

    async def note(self, context: Context, outcome: Outcome, policy: int | None = None) -> int:
        """An asking that needs nobody; returns its id."""
        return await questions.note(context.db, self._community, asker_of(context), outcome, context.now, policy=policy)

    async def add(self, context: Context, outcome: Outcome, policy: int | None = None) -> Waits:
        """The question that this message asks, new or one that waits already."""
        text = question_of(context.text)
        await questions.hold_queue(context.db, self._community)
        question = await self._alike(context.db, text)
        if question is None:
            question = await questions.queue(context.db, self._community, text, context.now)
        is_first = outcome in questions.PASSED_ON and not await questions.was_passed_on(context.db, question.id)
        is_new = await questions.ask_again(context.db, question, context.speaker.contact, context.now)
        asked = await questions.count_by(context.db, context.speaker.contact, context.now - ASKS_WITHIN)
        asker = asker_of(context)
        await questions.note(
            context.db, self._community, asker, outcome, context.now, policy=policy, question=question.id
        )
        return Waits(question, is_new, is_first, often=asked >= MOST_SHOWN_OF_ONE)

    async def _alike(self, db: Db, text: str) -> Question | None:
        return _nearest(text, await questions.open_ones(db, self._community)) or _nearest(
            text, await questions.dropped_ones(db, self._community)
        )

    def shown_to_staff(
        self, context: Context, waits: Waits, answer: Entry | None = None, expired: Entry | None = None
    ) -> list[Post]:
        """Whoever answers such things is told that it waits, and again when many more have asked. `answer`: an entry that would
        do, once it is confirmed. `expired`: the one that would have."""
        question, asking = waits.question, context.speaker
        if waits.often or (not waits.is_first and not (waits.is_new and question.asked in TOLD_AT)):
            return []
        params = {
            "number": question.number,
            "text": question.text,
            "people": question.asked,
            "name": asking.name,
            "group": context.inbound.group_name,
            "entry": spoken(answer) if answer is not None else None,
            "expired": spoken(expired) if expired is not None else None,
        }
        return [
            Post("policy.waits_for_you", params, contact=officer.contact, about=f"question:{question.id}")
            for officer in self._directory.officers.values()
            if officer.role in TAKES_QUESTIONS
            and officer.contact != asking.contact
            and not officer.is_away(context.now)
        ]

    async def tell(
        self, db: Db, question: Question, entry: Entry, answer: str, now: datetime, *, corrected: bool = False
    ) -> list[Post]:
        """The answer for all who wait for it: in their groups, naming them, and one line each in private. Each place hears what
        was asked there: how another put it may have been said in private. `corrected`: also for who heard another one; a line
        that still waits to be sent gives way to this one.
        """
        account, noted_since = self._directory.account, now - NOTED_FOR
        asked = await questions.to_tell(db, question.id, account, noted_since, again=corrected)
        key = "policy.corrected" if corrected else "policy.answered_later"
        posts: list[Post] = []
        for (group, contact), askings in self._by_place(asked).items():
            words = question_of(askings[0].words) or question.text
            params = {"question": words, "answer": Official(answer), "as_of": entry.as_of}
            about = about_answer(question.id)
            if contact is not None:
                posts.append(Post(key, params, contact=contact, about=about))
                continue
            people = _contacts(askings)
            # a second line for the names that the first has no room for is not to take its place
            posts += [
                Post(key, params, group=group, mentions=people[at : at + MOST_NAMED], about=about if not at else None)
                for at in range(0, len(people), MOST_NAMED)
            ]
        await questions.told(db, [asking.id for asking in asked], now)
        return posts

    def _by_place(self, askings: Sequence[Asking]) -> dict[tuple[int | None, int | None], list[Asking]]:
        """Where each is told: in the group where they asked while they are in it, else alone where that is possible."""
        places: dict[tuple[int | None, int | None], list[Asking]] = {}
        for asking in askings:
            contact, group = asking.contact_id, asking.group_id
            if contact is None:
                continue
            if group is not None and self._directory.is_member(contact, group):
                places.setdefault((group, None), []).append(asking)
            elif group is None or self._directory.is_friend(contact):
                places.setdefault((None, contact), []).append(asking)
        return places


def about_answer(question: int) -> str:
    """What a line with the answer to a queued question is about: a later word takes its place while it waits."""
    return f"question:{question}:answer"


def _nearest(text: str, waiting: Sequence[Question]) -> Question | None:
    nearest = max(waiting, key=lambda one: likeness(one.text, text), default=None)
    return nearest if nearest is not None and likeness(nearest.text, text) >= ALIKE_FROM else None


def question_of(text: str) -> str:
    """A question as it may be shown to staff and kept with an entry, whose title may be read out in a group: without telephones,
    identity numbers, names and doors."""
    plain = masked(without_doors(normalise(kept_words(text)).strip()))
    return _CARD.sub(lambda found: f"{found[0][:4]}****{found[0][-4:]}", plain)[:LONGEST_QUESTION]


def asker_of(context: Context) -> Asker:
    where = context.conversation
    return Asker(where.account, where.group, context.speaker.contact, context.inbox, context.words)


def _contacts(askings: Sequence[Asking]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(asking.contact_id for asking in askings if asking.contact_id is not None))
