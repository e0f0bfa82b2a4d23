"""Staff commands around policies: answering residents' questions, confirming entries, looking things up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Answer, Context, Pass, Post
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering as InDialog
from bot.filters import When, private
from bot.message import Reply
from bot.quotes import Quotes
from bot.router import Router
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CommandIncomplete, EntryUnknown, QuestionNotNamed, QuestionSettled, TooManyNumbers
from intents.policy.answer_words import doorless, of_one_case
from intents.policy.answering import LONGEST_CHOICE
from intents.policy.editing import Editing, Given
from intents.policy.facts import Facts
from intents.policy.quoting import given_by
from intents.policy.wording import spoken, whole
from intents.replies import Official
from intents.understanding.digits import digit_of, names_more_than, numbers_of
from intents.understanding.normalise import normalise
from storage import policy, questions
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.policy import Policy, entry_of
from storage.questions import Question

router = Router("policy")
CONFIRM_ALL: Final = "policy.confirm_all"
WHOM_DIALOG: Final = "policy.whom"
WAIT: Final = timedelta(hours=24)
ASKER, EVERYBODY = 1, 2
MOST_NUMBERS: Final = 100
MOST_UNSEEN: Final = 10
"""Numbers that hold here at once; more of them are shown first."""
MOST_LISTED: Final = 20
MOST_SHOWN: Final = 40
"""Of one category, or with one word in the title."""


@router.command("policy.answer")
async def answer(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    quotes: Quotes,
    editing: Editing,
    directory: Directory,
    dialogs: Dialogs,
) -> Answer:
    """`答：文字` quoting the question, or `答 编号 文字`. One household's matter is asked about first."""
    given = await given_by(context, rest, quotes, directory.community)
    if given.entry is None and of_one_case(given.answer):
        return await _ask_whom(context, dialogs, given)
    return await _kept(db, given, editing, officer, directory, now)


async def _kept(
    db: Db, given: Given, editing: Editing, officer: Officer, directory: Directory, now: datetime
) -> Answer:
    kept = await editing.keep(db, given, officer, now)
    params = {
        "entry": spoken(kept.entry),
        "pointed": kept.pointed,
        "question": given.queued.number if given.queued is not None else None,
        "review_on": kept.entry.draft.review_on,
        "titled_by_answer": kept.titled_by_answer and given.queued is not None,
        "beside": spoken(kept.beside) if kept.beside is not None else None,
        "replaced": kept.replaced,
        "by": kept.by,
        "without_door": not kept.pointed and doorless(given.answer) != given.answer,
        **_whom(kept.told, directory),
    }
    return [Reply("policy.kept", params), *kept.told]


def _whom(told: Sequence[Post], directory: Directory) -> Mapping[str, Any]:
    groups = [post for post in told if post.group is not None]
    return {
        "groups": list(dict.fromkeys(directory.group_name(post.group or 0) for post in groups)),
        "people": sum(len(post.mentions) for post in groups) + len(told) - len(groups),
    }


async def _ask_whom(context: Context, dialogs: Dialogs, given: Given) -> Reply:
    data = {
        "question": given.question,
        "answer": given.answer,
        "queued": given.queued.id if given.queued is not None else None,
        "asked_in": given.asked_in,
        "title": given.title,
        "aloud": given.aloud,
        "used": given.used,
    }
    where = in_private(context)
    await dialogs.ask(context.db, where, WHOM_DIALOG, data, now=context.now, wait=WAIT, longest=LONGEST_CHOICE)
    said = doorless(given.answer)
    people = given.queued.asked if given.queued is not None else 1
    params = {"answer": Official(said), "without_door": said != given.answer, "people": people}
    return Reply("policy.whom", params, private=True)


@router.on(When(private), InDialog(WHOM_DIALOG), When(lambda context: digit_of(context.text) in (ASKER, EVERYBODY)))
async def whom(
    context: Context,
    db: Db,
    now: datetime,
    dialog: Dialog,
    dialogs: Dialogs,
    editing: Editing,
    directory: Directory,
) -> Answer:
    """Told to whoever asked, or also kept for others."""
    officer, data = context.speaker.officer, dialog.data
    if officer is None:
        return Pass()
    await dialogs.close(db, context.conversation)
    queued = await questions.by_id(db, data["queued"]) if data["queued"] is not None else None
    given = Given(
        data["question"],
        data["answer"],
        queued,
        data["asked_in"],
        title=data["title"],
        aloud=data["aloud"],
        used=data["used"],
    )
    if digit_of(context.text) == EVERYBODY:
        return await _kept(db, given, editing, officer, directory, now)
    told = await editing.tell_only(db, given, officer, now)
    return [Reply("policy.told_only", _whom(told, directory)), *told]


@router.command("policy.unanswered")
async def unanswered(db: Db, directory: Directory) -> Answer:
    waiting = await questions.open_ones(db, directory.community)
    return Reply(
        "policy.unanswered",
        {
            "questions": [_listed(one) for one in waiting[:MOST_LISTED]],
            "all": await questions.count_open(db, directory.community),
        },
    )


@router.command("policy.dismiss")
async def dismiss(db: Db, now: datetime, rest: str, officer: Officer, directory: Directory) -> Answer:
    """None of the community's business: it leaves the queue, nobody is told."""
    numbers = _numbers(rest, MOST_NUMBERS)
    if numbers is None:
        raise CommandIncomplete(missing="question_number", usage="policy.dismiss")
    dropped = []
    for number in numbers:
        question = await questions.by_number(db, directory.community, number)
        if question is None:
            raise QuestionNotNamed(number=number)
        if question.state != "open":
            raise QuestionSettled(number=number, state=question.state)
        await questions.drop(db, question, officer.name, now)
        dropped.append(_listed(question))
    return Reply("policy.dismissed", {"questions": dropped})


@router.command("policy.entries")
async def entries(db: Db, rest: str, directory: Directory, facts: Facts) -> Answer:
    """`政策`: what waits for a look, by category; with a number that entry whole; with a category or a word those of it."""
    community = directory.community
    waiting = await policy.count_waiting(db, community)
    if not rest:
        rows = await policy.waiting(db, community)
        params = {"categories": waiting, "all": len(rows), "entries": [_shown(row) for row in rows[:MOST_LISTED]]}
        return Reply("policy.waiting", params)
    numbers = numbers_of(rest, 1)
    if numbers is not None:
        row = await policy.by_number(db, community, numbers[0])
        if row is None:
            raise EntryUnknown(numbers=numbers)
        return Reply("policy.shown", {"entry": _shown(row), **whole(facts.filled(entry_of(row).draft))})
    words = normalise(rest)[:40]
    rows = await policy.of_category(db, community, words, MOST_SHOWN + 1)
    rows = rows or await policy.named(db, community, words, MOST_SHOWN + 1)
    return Reply("policy.found", {"words": rest[:40], "entries": [_shown(row) for row in rows]})


@router.command("policy.confirm")
async def confirm(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    editing: Editing,
    directory: Directory,
    dialogs: Dialogs,
) -> Answer:
    """By their numbers at once; many of them, and a whole category, are shown first."""
    numbers = _numbers(rest, MOST_NUMBERS)
    if numbers is not None:
        rows, unknown = await editing.numbered(db, numbers, withdrawn=True)
        if unknown:
            raise EntryUnknown(numbers=unknown)
        if len(rows) > MOST_UNSEEN:
            return await _show_first(context, dialogs, rows, "")
        await editing.confirm(db, rows, officer, now)
        return Reply("policy.confirmed", {"entries": [_shown(row) for row in rows]})
    if not rest:
        raise CommandIncomplete(missing="entry_numbers", usage="policy.confirm")
    rows = await policy.waiting(db, directory.community, normalise(rest))
    if not rows:
        raise EntryUnknown(numbers=[], category=rest[:20])
    return await _show_first(context, dialogs, rows, rows[0].category)


async def _show_first(context: Context, dialogs: Dialogs, rows: Sequence[Policy], category: str) -> Reply:
    shown = Reply("policy.would_confirm", {"category": category, "entries": [_shown(row) for row in rows]})
    seen = [[row.id, row.state, row.version] for row in rows]
    return await ask_first(context, dialogs, CONFIRM_ALL, {"entries": seen}, shown)


@router.on(*confirmed(CONFIRM_ALL))
async def confirm_all(
    context: Context, db: Db, now: datetime, officer: Officer, dialog: Dialog, dialogs: Dialogs, editing: Editing
) -> Answer:
    rows: list[Policy] = []
    for identity, state, version in dialog.data["entries"]:
        row = await policy.by_id(db, int(identity))
        # what was shown is confirmed; what somebody changed or withdrew meanwhile is not
        if row is not None and (row.state, row.version) == (state, version):
            rows.append(row)
    await dialogs.close(db, in_private(context))
    await editing.confirm(db, rows, officer, now)
    return Reply("policy.confirmed", {"entries": [_shown(row) for row in rows]})


@router.command("policy.withdraw")
async def withdraw(db: Db, now: datetime, rest: str, officer: Officer, editing: Editing) -> Answer:
    numbers = _numbers(rest, 1)
    if numbers is None:
        raise CommandIncomplete(missing="entry_numbers", usage="policy.withdraw")
    rows, unknown = await editing.numbered(db, numbers)
    if unknown:
        raise EntryUnknown(numbers=unknown)
    await editing.withdraw(db, rows[0], officer, now)
    return Reply("policy.withdrawn", {"entry": _shown(rows[0])})


def _numbers(rest: str, most: int) -> list[int] | None:
    if names_more_than(rest, most):
        raise TooManyNumbers(most=most)
    return numbers_of(rest, most)


def _listed(question: Question) -> Mapping[str, Any]:
    return {"number": question.number, "text": question.text, "asked": question.asked, "last_at": question.last_at}


def _shown(row: Policy) -> Mapping[str, Any]:
    draft = entry_of(row).draft
    return {
        "number": row.number,
        "title": Official(row.title),
        "category": row.category,
        "state": row.state,
        "source": Official(" ".join(one for one in (draft.source, draft.document_number) if one)),
        "checked_by": row.checked_by,
        "checked_at": row.checked_at,
        "expires_on": row.expires_on,
    }
