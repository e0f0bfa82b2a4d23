"""Which question a staff member answers: the one whose message is quoted, or the one that a line of ours names by its number."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from bot.context import Context
from bot.quotes import Quoted, Quotes
from intents.errors import AnswerTooLong, CommandIncomplete, QuestionNotNamed
from intents.policy.answer_words import LONGEST_GIVEN, says_nothing, titled, words
from intents.policy.editing import Given
from intents.policy.queueing import question_of
from intents.understanding.lexicon import one_of
from intents.understanding.normalise import normalise
from storage import askings, questions
from storage.askings import Line
from storage.base import Db
from storage.questions import Question

_ENTRY: Final = re.compile("\u7b2c\\s*([0-9]{1,6})\\s*\u6761\u3002?")
_ABOUT: Final = re.compile(r"question:([0-9]+)")
_DIGITS: Final = "[0-9\uff10-\uff19]{1,6}(?![0-9\uff10-\uff19])"
# not a point with a digit after it, as in 1.5
_BETWEEN: Final = r"(?:[\s:,\u3001\uff1a\uff0c\u3002)\uff09]|[.\uff0e](?![0-9\uff10-\uff19]))+"


@cache
def _named() -> re.Pattern[str]:
    return re.compile(rf"{one_of(sorted(words('question')))}\s*([0-9]{{1,6}})(?![0-9])")


@cache
def _head() -> re.Pattern[str]:
    """`2`, `2。`, `2号`, `问题2` before the answer. Behind `问题2` the answer may follow at once."""
    question = one_of(sorted(words("question")))
    return re.compile(
        rf"\s*(?:{question}\s*({_DIGITS})\u53f7?(?:{_BETWEEN})?|[#\uff03]?({_DIGITS})\u53f7?(?:{_BETWEEN}(?=\S)|(?:{_BETWEEN})?$))"
    )


def named_question(text: str) -> int | None:
    """The number by which a line of ours names a queued question."""
    found = _named().search(normalise(text))
    return int(found[1]) if found else None


def split_head(text: str) -> tuple[int | None, str]:
    """The number of the question before the answer, and the answer as it was typed."""
    found = _head().match(text)
    if found is None:
        return None, text.strip()
    return int(found[1] or found[2]), text[found.end() :].strip()


async def given_by(context: Context, rest: str, quotes: Quotes, community: str) -> Given:
    """`答：文字` quoting, or `答 编号 文字`. Raises `QuestionNotNamed` where neither tells which question."""
    if context.inbound.quote is not None:
        return await quoted(context, _checked(rest.strip()), quotes, community)
    number, said = split_head(rest)
    text = _checked(said)
    if number is None:
        raise QuestionNotNamed(number=None)
    queued = await questions.by_number(context.db, community, number)
    if queued is None:
        raise QuestionNotNamed(number=number)
    return _given(queued.text, text, queued)


def _checked(text: str) -> str:
    if says_nothing(text):
        raise CommandIncomplete(missing="answer", usage="policy.answer")
    if len(text) > LONGEST_GIVEN:
        raise AnswerTooLong(most=LONGEST_GIVEN)
    return text


async def quoted(context: Context, text: str, quotes: Quotes, community: str) -> Given:
    """An answer to the message that is quoted, or to the one that a quoted line of ours answered. What we said ourselves is
    never the question. Raises `QuestionNotNamed` where several fit, or none."""
    db, words_quoted, found = context.db, quotes.text(context), await quotes.find(context)
    line = await _line_of_ours(context, found, words_quoted, quotes)
    inbox = found.inbox if found.inbox is not None else line.inbox if line is not None else None
    asked_in = inbox if context.conversation.group is not None else None
    aloud = context.conversation.group is not None
    queued = await _queued(db, community, line, inbox, words_quoted)
    if queued is not None:
        return _given(queued.text, _without_number(text, queued.number), queued, asked_in=asked_in, aloud=aloud)
    asking = await askings.of_inbox(db, inbox) if inbox is not None else None
    if asking is not None and (line is not None or asking.policy_id is not None) and asking.words:
        return _given(question_of(asking.words), text, asked_in=asked_in, aloud=aloud, used=asking.policy_id)
    if line is not None or found.ambiguous or says_nothing(words_quoted):
        raise QuestionNotNamed(number=None)
    return _given(question_of(words_quoted), text, asked_in=asked_in, aloud=aloud)


async def _line_of_ours(context: Context, found: Quoted, words_quoted: str, quotes: Quotes) -> Line | None:
    quote = context.inbound.quote
    if quote is None or found.said is not None or found.ambiguous or (found.inbox is not None and not quote.message):
        return None  # somebody else said it
    where, message = context.conversation, quote.message
    line = await askings.line_of_ours(context.db, where.account, where.group, where.contact, message, words_quoted)
    return line or (Line(None, None) if quotes.is_ours(context) else None)


async def _queued(db: Db, community: str, line: Line | None, inbox: int | None, words_quoted: str) -> Question | None:
    about = _ABOUT.match(line.about) if line is not None and line.about is not None else None
    queued = await questions.by_id(db, int(about[1])) if about is not None else None
    if queued is None and inbox is not None:
        queued = await questions.of_inbox(db, inbox)
    number = named_question(words_quoted)
    if queued is None and number is not None:
        queued = await questions.by_number(db, community, number)
    # a quote shows whatever name its reader knows; who waits for these words waits for this answer
    return queued or await questions.open_of_text(db, community, question_of(words_quoted))


def _without_number(text: str, number: int) -> str:
    """The number of the quoted question, typed all the same; but the first of a list stays."""
    named, rest = split_head(text)
    if named != number or not rest or _counts_on(rest, number + 1):
        return text
    return rest


def _counts_on(text: str, number: int) -> bool:
    return re.search(rf"(?<![0-9]){number}[\u3001.\uff0e)\uff09]", normalise(text)) is not None


def _given(
    question: str,
    said: str,
    queued: Question | None = None,
    *,
    asked_in: int | None = None,
    aloud: bool = False,
    used: int | None = None,
) -> Given:
    title, answer = titled(said)
    if says_nothing(answer):
        raise CommandIncomplete(missing="answer", usage="policy.answer")
    return Given(question, answer, queued, asked_in, _entry_named(answer), title, aloud, used)


def _entry_named(text: str) -> int | None:
    """`第45条` and nothing else: the entry that answers it."""
    found = _ENTRY.fullmatch(normalise(text).strip())
    return int(found[1]) if found else None
