"""The answer to a queued question as each place hears it: short in a group, whole where one person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.context import Post
from intents.policy.answer_words import of_one_case
from intents.policy.wording import short_answer
from intents.replies import Official
from storage.policy_entry import Draft


def as_heard(posts: Iterable[Post], answer: str) -> list[Post]:
    """`posts` carry the whole answer. What tells of one household is no official word: a group reads no telephone in it."""
    short = beginning_of(answer)
    aloud = str(short) if of_one_case(answer) else short
    return [
        replace(post, params={**post.params, "answer": aloud, "shortened": short != answer.strip()})
        if post.group is not None
        else post
        for post in posts
    ]


def beginning_of(answer: str) -> Official:
    """Whole sentences of it, at most 120 characters."""
    return short_answer(Draft(code="", title="", answer=answer), None, None, "")
