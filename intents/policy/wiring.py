"""How the parts of policies are put together: used by `bot.app` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.settings import Settings
from intents.house import House
from intents.policy.answering import Answering
from intents.policy.editing import Editing
from intents.policy.facts import Facts
from intents.policy.knowledge import Knowledge
from intents.policy.learning import Learning
from intents.policy.queueing import Queue
from intents.policy.searching import Search, Synonyms
from intents.policy.study import StudyPage
from intents.policy.study_file import Sheets
from storage.base import Db


def policy_services(house: House) -> Mapping[str, Any]:
    """What the handlers of policies may ask for by name."""
    community, facts = house.directory.community, house.settings.policy
    wait = timedelta(minutes=house.settings.limits.dialog_wait_minutes)
    knowledge = open_knowledge(house.settings)
    queue = Queue(community, house.directory)
    editing = Editing(
        community,
        queue,
        Facts.of(house.settings),
        timedelta(days=facts.review_after_days),
        house.replies.word,
    )
    sheets = Sheets(house.replies.word)
    return {
        "knowledge": knowledge,
        "facts": Facts.of(house.settings),
        "queue": queue,
        "editing": editing,
        "answering": Answering(knowledge, queue, house.dialogs, facts.answer_from, wait),
        "learning": Learning(house.directory, house.judge, house.expectations, house.dialogs, editing),
        "study_page": StudyPage(community, house.directory, facts.study, sheets, runs=house.rhythms),
        "quotes": house.quotes,
    }


def open_knowledge(settings: Settings) -> Knowledge:
    """Empty until it is first refreshed. Raises `RuleError` where the community's synonyms cannot be read."""
    synonyms = Synonyms(settings.policy.synonyms)
    return Knowledge(settings.community.id, lambda: Search(synonyms), Facts.of(settings))


async def rebuild(db: Db, services: Mapping[str, Any], now: datetime) -> None:
    """At start: what is known, whose word is awaited, and the next study page."""
    await services["knowledge"].refresh(db)
    await services["learning"].rebuild(db)
    await services["study_page"].plan(db, now)
