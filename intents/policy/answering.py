"""From a question in a chat to what is said to it: an answer with source and date, a choice, or an honest hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.context import Answer, Context, Pass, Said
from bot.dialog import Dialog, Dialogs
from bot.message import Conversation, Reply
from bot.pacing import LINES_OF_ONE_TROUBLE, TROUBLE_WINDOW
from intents.confirming import in_private
from intents.policy.deciding import Decision, Verdict, decide
from intents.policy.judgement import at_once
from intents.policy.knowledge import Knowledge
from intents.policy.queueing import Queue
from intents.policy.searching import Hit
from intents.policy.wording import has_more, short_answer, spoken, told_part, whole
from intents.understanding.digits import bare, digit_of, ordinal_of
from storage import messages, questions
from storage.policy import Entry
from storage.questions import Outcome

WHICH_DIALOG: Final = "policy.which"
MORE_DIALOG: Final = "policy.more"
LONGEST_CHOICE: Final = 12
"""Characters: a digit, or the words of a title that was offered."""
UNASKED_FROM: Final = 0.6
"""From this confidence what was not recognised as a question is one all the same: it names what there is an answer for."""
ALONE: Final = ("violence",)
"""What a group must not hear that somebody asked."""
SHORTEST: Final = 2
"""Characters: with fewer nothing is looked for."""
SHORTEST_QUESTION: Final = 4
"""Characters: two or three of them may name what there is an answer for, but are nothing to ask staff."""


class Answering:
    def __init__(self, knowledge: Knowledge, queue: Queue, dialogs: Dialogs, threshold: float, wait: timedelta) -> None:
        self._knowledge = knowledge
        self._queue = queue
        self._dialogs = dialogs
        self._threshold = threshold
        self._wait = wait

    async def answer(self, context: Context, *, recognised: bool) -> Answer:
        """`recognised`: the words alone say that it asks for a rule. Else it is answered only where the answer is sure, and
        passed on where it is not."""
        if context.quiet or len(context.text.strip()) < SHORTEST:
            return None if recognised else Pass()
        danger = at_once(context.text)
        if danger is not None:
            await self._queue.note(context, Outcome.REFERRED)
            if danger in ALONE and not context.is_direct and not context.speaker.friend:
                return None  # there is no way to say it to this person alone
            return Reply("policy.at_once", {"what": danger}, private=danger in ALONE, urgent=True)
        return await self._decided(context, recognised=recognised)

    async def knows(self, context: Context) -> bool:
        """Whether what was not recognised as a question of ours has an answer here all the same."""
        if context.quiet or len(context.text.strip()) < SHORTEST:
            return False
        await self._knowledge.refresh(context.db)
        threshold = max(self._threshold, UNASKED_FROM)
        verdict = decide(self._knowledge, context.text, context.now.date(), threshold).verdict
        return verdict in (Verdict.ANSWER, Verdict.WHICH, Verdict.EXPIRED)

    async def _decided(self, context: Context, *, recognised: bool) -> Answer:
        await self._knowledge.refresh(context.db)
        threshold = self._threshold if recognised else max(self._threshold, UNASKED_FROM)
        decision = decide(self._knowledge, context.text, context.now.date(), threshold)
        match decision.verdict:
            case Verdict.ANSWER:
                return await self._answered(context, decision.entries[0], decision.hit, decision.found.asked_part)
            case Verdict.WHICH:
                return await self._which(context, decision)
            case Verdict.EXPIRED:
                return await self._expired(context, decision.entries[0])
            case Verdict.REFERRED:
                await self._queue.note(context, Outcome.REFERRED)
                return Reply("policy.referred", {"office": decision.office}) if context.is_direct else None
            case _:
                asks = recognised and len(bare(context.text)) >= SHORTEST_QUESTION
                return await self._unknown(context) if asks else Pass()

    async def chosen(self, context: Context, dialog: Dialog) -> Answer:
        """The title that was offered under this digit, or the only one that holds these words."""
        offered = [int(identity) for identity in dialog.data["entries"]]
        await self._knowledge.refresh(context.db)
        chosen = self._choice(context.text, offered)
        if chosen is None:
            # in a group a number that was not offered may be meant for a neighbour
            ours = digit_of(context.text) is not None and context.is_direct
            return Reply("policy.which_digit", {"most": len(offered)}) if ours else Pass()
        await self._dialogs.close(context.db, context.conversation)
        entry = self._knowledge.get(chosen)
        if entry is None:
            return Reply("policy.gone")
        question = str(dialog.data["question"])
        found = self._knowledge.find(question)
        hit = next((one for one in found.hits if one.entry == entry.id), None)
        await questions.chose(context.db, int(dialog.data["asking"]), entry.id)
        return await self._said(context, entry, hit, found.asked_part, question)

    def _choice(self, text: str, offered: Sequence[int]) -> int | None:
        digit = digit_of(text) or ordinal_of(text)
        if digit is not None:
            return offered[digit - 1] if 1 <= digit <= len(offered) else None
        words = bare(text)
        titled = [
            identity
            for identity in offered
            if (one := self._knowledge.get(identity)) and words in bare(one.draft.title)
        ]
        return titled[0] if len(titled) == 1 and len(words) >= SHORTEST else None

    async def whole(self, context: Context, dialog: Dialog) -> Answer:
        """All of an entry, in private."""
        await self._dialogs.close(context.db, context.conversation)
        await self._knowledge.refresh(context.db)
        entry = self._knowledge.get(int(dialog.data["entry"]))
        if entry is None:
            return Reply("policy.gone")
        return Reply("policy.whole", {"entry": spoken(entry), **whole(entry.draft)}, private=True)

    async def _answered(self, context: Context, entry: Entry, hit: Hit | None, part: str | None) -> Answer:
        await self._queue.note(context, Outcome.ANSWERED, entry.id)
        return await self._said(context, entry, hit, part, context.text)

    async def _said(self, context: Context, entry: Entry, hit: Hit | None, part: str | None, question: str) -> Answer:
        trouble = f"policy:{entry.id}"
        if await self._heard_enough(context, trouble):
            return None
        said = short_answer(entry.draft, hit, part, question)
        more = await self._offer_more(context, entry) if has_more(entry.draft, said) else None
        upcoming = entry.draft.effective_from
        params = {
            "entry": spoken(entry),
            "answer": said,
            "part": told_part(entry.draft, part),
            "more": more,
            "upcoming": upcoming if upcoming is not None and upcoming > context.now.date() else None,
        }
        return Reply("policy.answer", params, trouble=trouble if not context.is_direct else None)

    async def _heard_enough(self, context: Context, trouble: str) -> bool:
        """Whether a group that was not asked to listen has read this answer twice in ten minutes: it stands a few lines up."""
        group = context.conversation.group
        if group is None or context.is_direct:
            return False
        said = await messages.said_of(context.db, group, trouble, context.now - TROUBLE_WINDOW)
        return len(said) >= LINES_OF_ONE_TROUBLE

    async def _offer_more(self, context: Context, entry: Entry) -> str | None:
        """How to get all of it: a digit where it can be sent to this person alone, else the way to become a friend."""
        where = _heard_in(context)
        if where.group is not None and not context.speaker.friend:
            return "friend"
        if await self._is_busy(context):
            return None
        await self._dialogs.ask(
            context.db,
            where,
            MORE_DIALOG,
            {"entry": entry.id},
            now=context.now,
            wait=self._wait,
            longest=LONGEST_CHOICE,
        )
        return "private" if where.group is not None else "here"

    async def _which(self, context: Context, decision: Decision) -> Answer:
        asking = await self._queue.note(context, Outcome.OFFERED)
        if await self._is_busy(context):
            return Reply("policy.which_in_words", {"entries": [spoken(entry) for entry in decision.entries]})
        kept = {"entries": [entry.id for entry in decision.entries], "question": context.words, "asking": asking}
        await self._dialogs.ask(
            context.db,
            _heard_in(context),
            WHICH_DIALOG,
            kept,
            now=context.now,
            wait=self._wait,
            longest=LONGEST_CHOICE,
        )
        return Reply("policy.which", {"entries": [spoken(entry) for entry in decision.entries]})

    async def _expired(self, context: Context, entry: Entry) -> Answer:
        """Since when, and to whom it goes; what it said is not repeated."""
        direct = context.is_direct
        waits = await self._queue.add(context, Outcome.EXPIRED if direct else Outcome.NOTED, entry.id)
        if not direct:
            return None
        if waits.question.state == "dropped":
            return Reply("policy.not_ours")
        said: list[Said] = [Reply("policy.expired", {"entry": spoken(entry)})]
        return [*said, *self._queue.shown_to_staff(context, waits, expired=entry)]

    async def _unknown(self, context: Context) -> Answer:
        direct = context.is_direct
        waits = await self._queue.add(context, Outcome.HANDED_OVER if direct else Outcome.NOTED)
        if not direct:
            return None
        if waits.question.state == "dropped":
            return Reply("policy.not_ours")
        key = "policy.handed_over" if context.speaker.officer is None else "policy.noted_for_staff"
        said: list[Said] = [Reply(key, {"number": waits.question.number}, numbered=True)]
        fitting = self._knowledge.waiting_for(context.text, self._threshold)
        return [*said, *self._queue.shown_to_staff(context, waits, fitting)]

    async def _is_busy(self, context: Context) -> bool:
        """Whether another question of ours is open there, which a digit would answer, or nothing may be asked now."""
        if context.limited or context.asked:
            return True
        where = _heard_in(context)
        dialog = context.dialog if where == context.conversation else await self._dialogs.find(context.db, where)
        return dialog is not None and dialog.state not in (WHICH_DIALOG, MORE_DIALOG)


def _heard_in(context: Context) -> Conversation:
    """Where this person reads the answer, and answers it: staff always in private."""
    return in_private(context) if context.speaker.officer is not None else context.conversation
