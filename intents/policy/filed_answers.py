"""Answers that staff filled into the file of unanswered questions: kept as entries by the command line, told by whoever runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.context import Answer
from bot.router import Router
from intents.policy.answer_words import name_of
from intents.policy.editing import answered_with, code_of, draft_of_answer, in_place_of, is_own, said_by
from intents.policy.facts import Facts
from intents.policy.importing.outcomes import Answered
from intents.policy.queueing import Queue
from intents.policy.telling import as_heard
from intents.policy.wording import short_answer
from storage import askings, due, policy, questions
from storage.base import Db
from storage.due import Due
from storage.policy import entry_of

router = Router("policy")
TELL_KIND: Final = "policy.tell"
IMPORT: Final = "import"


async def keep_filed(
    db: Db, community: str, filed: Answered, word: Callable[[str], str], default_review: date, now: datetime
) -> bool:
    """Keep it as an entry in force; who asked is told when the assistant next looks at what is due. False where there is no such
    question."""
    question = await questions.by_number(db, community, filed.question)
    if question is None:
        return False
    known = await answered_with(db, question)
    before = known if known is not None and is_own(known) else None
    code, review_on = before.code if before is not None else code_of(question), filed.review_on or default_review
    draft = draft_of_answer(code, question.text, filed.answer, word, review_on)
    title = "" if question.text.startswith(filed.title) else name_of(filed.title)  # the file says the question, too
    draft = in_place_of(draft, before, private=await askings.asked_privately(db, question.id), title=title)
    draft = replace(draft, source=filed.source or draft.source)
    changed = before is None or said_by(entry_of(before).draft) != said_by(draft)
    row, _ = await policy.put(db, community, draft, now, origin=IMPORT, in_force=True)
    corrected = question.state == "answered" and changed
    await questions.answer(db, question, row.id, "", now)
    await due.plan(db, community, TELL_KIND, str(question.id), now, data={"corrected": corrected})
    return True


@router.due(TELL_KIND)
async def tell(db: Db, due: Due, now: datetime, queue: Queue, facts: Facts) -> Answer:
    question = await questions.by_id(db, int(due.subject))
    if question is None or question.policy_id is None:
        return None
    row = await policy.by_id(db, question.policy_id)
    if row is None:
        return None
    entry = entry_of(row)
    filled = facts.filled(entry.draft)
    answer = said_by(filled) if is_own(row) else short_answer(filled, None, None, question.text)
    posts = await queue.tell(db, question, entry, answer, now, corrected=bool(due.data.get("corrected")))
    return [*as_heard(posts, answer)]
