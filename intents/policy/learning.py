"""Learning from staff: who answers a resident's question in the group by quoting it is asked in private whether to keep the pair.

Nothing is learned from residents, and nothing without that person's word.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialogs
from bot.expectations import Expectations
from bot.filters import Asked, When, private
from bot.message import Conversation, Inbound, Reply, kept_words
from bot.quotes import Quotes
from bot.router import Router
from intents.confirming import in_private
from intents.errors import CommandIncomplete, QuestionNotNamed
from intents.policy.answer_words import (
    LONGEST_GIVEN,
    answers_something,
    doorless,
    of_one_case,
    says_nothing,
    words,
)
from intents.policy.answering import MORE_DIALOG, WHICH_DIALOG
from intents.policy.editing import Editing, Given, is_own, said_by
from intents.policy.quoting import named_question, quoted
from intents.policy.telling import beginning_of
from intents.understanding.digits import bare, digit_of
from intents.understanding.judge import Judge
from storage import askings, due, questions
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.database import after_commit
from storage.due import Due
from storage.policy import State, entry_of
from storage.questions import OfferedPair

router = Router("policy")
QUESTION: Final = "policy.keep"
PAIR_KIND: Final = "policy.pair"
WAIT: Final = timedelta(hours=24)
KEEP, DROP = 1, 2
MAY_TEACH: Final = ("admin", "worker", "grid")


class Learning:
    def __init__(
        self, directory: Directory, judge: Judge, expectations: Expectations, dialogs: Dialogs, editing: Editing
    ) -> None:
        self._directory = directory
        self._judge = judge
        self._expectations = expectations
        self._dialogs = dialogs
        self._editing = editing

    def teaches(self, inbound: Inbound) -> bool:
        """Whether what a staff member says in a group answers a question of rules: cheap, for the screen."""
        if inbound.group is None or inbound.quote is None or says_nothing(inbound.quote.text):
            return False
        if len(inbound.text) > LONGEST_GIVEN or not answers_something(inbound.text):
            return False
        return named_question(inbound.quote.text) is not None or self._is_question(inbound.quote.text)

    def _is_question(self, text: str) -> bool:
        asked = Inbound(id="", sender="", text=text, at=datetime.min, group="g")  # noqa: DTZ901
        return self._judge(asked).intent == "policy.ask"

    async def rebuild(self, db: Db) -> None:
        """At start: whose word is awaited, from the table."""
        for pair in await questions.all_offered(db, self._directory.community):
            self._expectations.ask(self._where(pair), QUESTION, pair.id)

    async def offer(self, context: Context, officer: Officer, given: Given) -> Reply:
        """Ask in private whether to keep it; a day later it is dropped."""
        answer = doorless(given.answer)
        pair = OfferedPair(
            contact_id=officer.contact,
            inbox_id=context.inbox,
            question_id=given.queued.id if given.queued is not None else None,
            asked_in=given.asked_in,
            question=given.question,
            answer=answer,
            state="offered",
            at=context.now,
        )
        await questions.offer(context.db, self._directory.community, pair)
        await due.plan(context.db, self._directory.community, PAIR_KIND, str(pair.id), context.now + WAIT)
        where = in_private(context)
        after_commit(context.db, lambda: self._expectations.ask(where, QUESTION, pair.id))
        busy = await self._dialogs.find(context.db, where) is not None
        params = {
            "question": given.question,
            "answer": answer,
            "busy": busy,
            "one_case": of_one_case(given.answer),
        }
        return Reply("policy.keep_it", params, private=True)

    async def decide(self, context: Context, officer: Officer, *, keep: bool, replace: bool = False) -> Answer:
        """The word on the latest pair; the one before it is then asked about again. What was answered otherwise meanwhile is
        shown, and gives way to a plain word only: `replace`."""
        db = context.db
        waiting = await questions.offered_to(db, self._directory.community, officer.contact)
        if not waiting:
            return Pass()
        pair, earlier = waiting[0], waiting[1:]
        given = await self._given(db, pair)
        if keep and not replace and (shown := await self._answered_otherwise(db, given)) is not None:
            return shown
        self._settle(db, pair, "kept" if keep else "dropped")
        left = {"question": earlier[0].question, "answer": earlier[0].answer} if earlier else None
        if not keep:
            return Reply("policy.not_kept", {"next": left})
        kept = await self._editing.keep(db, given, officer, context.now)
        return [Reply("policy.pair_kept", {"number": kept.entry.number, "next": left}), *kept.told]

    async def _given(self, db: Db, pair: OfferedPair) -> Given:
        queued = await questions.by_id(db, pair.question_id) if pair.question_id is not None else None
        asking = await askings.of_inbox(db, pair.asked_in) if pair.asked_in is not None else None
        used = asking.policy_id if asking is not None else None
        return Given(pair.question, pair.answer, queued, pair.asked_in, aloud=True, used=used)

    async def _answered_otherwise(self, db: Db, given: Given) -> Reply | None:
        """What staff have answered to this already, in other words."""
        row = await self._editing.existing(db, given)
        settled = given.queued is not None and given.queued.state == "answered"
        if row is None or row.state == State.WITHDRAWN or not (settled or is_own(row)):
            return None
        entry = entry_of(row)
        there = said_by(entry.draft) or entry.draft.title
        if there == given.answer:
            return None
        params = {
            "number": entry.number,
            "by": entry.checked_by,
            "at": entry.as_of,
            "there": beginning_of(there),
            "answer": beginning_of(given.answer),
        }
        return Reply("policy.answered_before", params)

    async def drop(self, db: Db, identity: int) -> None:
        pair = await questions.pair_by_id(db, identity)
        if pair is not None and pair.state == "offered":
            self._settle(db, pair, "dropped")

    def _settle(self, db: Db, pair: OfferedPair, state: str) -> None:
        pair.state = state
        where, identity = self._where(pair), pair.id
        after_commit(db, lambda: self._expectations.answered(where, QUESTION, identity))

    def _where(self, pair: OfferedPair) -> Conversation:
        return Conversation(self._directory.account, None, pair.contact_id)


def _answers_in_group(context: Context) -> bool:
    officer = context.speaker.officer
    return (
        officer is not None
        and officer.role in MAY_TEACH
        and context.command is None
        and context.conversation.group is not None
        and context.inbound.quote is not None
        and not context.inbound.mentioned
    )


def _says(context: Context, digit: int, name: str) -> bool:
    if context.speaker.officer is None:
        return False
    means_another = context.dialog is not None and context.dialog.state in (WHICH_DIALOG, MORE_DIALOG)
    return (digit_of(context.text) == digit and not means_another) or bare(context.text) in words(name)


@router.on(When(_answers_in_group))
async def overheard(context: Context, learning: Learning, quotes: Quotes, directory: Directory) -> Answer:
    officer, quote = context.speaker.officer, context.inbound.quote
    if officer is None or quote is None or not learning.teaches(context.inbound):
        return Pass()
    found = await quotes.find(context)
    if found.said is not None and directory.contact(found.said.sender) in directory.officers:
        return Pass()  # a colleague's question
    try:
        given = await quoted(context, kept_words(context.inbound.text).strip(), quotes, directory.community)
    except (CommandIncomplete, QuestionNotNamed):
        return Pass()  # nothing was asked of us
    return await learning.offer(context, officer, given)


@router.on(When(private), Asked(QUESTION, label="dialog.answer"), When(lambda context: _says(context, KEEP, "keep")))
async def keep(context: Context, learning: Learning) -> Answer:
    officer = context.speaker.officer
    return await learning.decide(context, officer, keep=True) if officer is not None else Pass()


@router.on(
    When(private), Asked(QUESTION, label="dialog.answer"), When(lambda context: bare(context.text) in words("replace"))
)
async def put_in_place(context: Context, learning: Learning) -> Answer:
    officer = context.speaker.officer
    return await learning.decide(context, officer, keep=True, replace=True) if officer is not None else Pass()


@router.on(When(private), Asked(QUESTION, label="dialog.answer"), When(lambda context: _says(context, DROP, "drop")))
async def drop(context: Context, learning: Learning) -> Answer:
    officer = context.speaker.officer
    return await learning.decide(context, officer, keep=False) if officer is not None else Pass()


@router.due(PAIR_KIND)
async def too_late(db: Db, due: Due, learning: Learning) -> Answer:
    await learning.drop(db, int(due.subject))
    return None
