"""Who hears of a case, where, and how often: one update a change in every group and chat it was reported in, at most two lines
on one trouble in ten minutes in a group, and what was not yet said replaced by what is true now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.context import Context, Post
from bot.pacing import LINES_OF_ONE_TROUBLE, TROUBLE_WINDOW
from intents.understanding.categories import Categories
from storage import lines, messages, reporters
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.reporters import Reporter


class Telling:
    def __init__(self, categories: Categories, directory: Directory) -> None:
        self._categories = categories
        self._directory = directory

    def reach(self, complaint: Complaint | Case) -> str:
        kind = (complaint.category, complaint.subcategory)
        return self._categories[kind].reach if kind in self._categories else "home"

    def is_discreet(self, complaint: Complaint | Case) -> bool:
        """A quarrel, or somebody's own misery: nothing of it is said in a group."""
        kind = (complaint.category, complaint.subcategory)
        return complaint.mediation or (kind in self._categories and self._categories[kind].discreet)

    def trouble(self, complaint: Complaint | Case) -> str:
        """What a group takes for one trouble: no water is one in all buildings, a lamp is one by itself; so is a danger in one
        place, however many report it."""
        if complaint.urgency == "P0":
            return f"danger:{complaint.subcategory}:{complaint.building or complaint.place or ''}"[:96]
        if self.reach(complaint) == "area":
            return f"area:{complaint.category}/{complaint.subcategory}"
        return f"complaint:{complaint.merged_into or complaint.id}"

    async def may_speak(self, db: Db, group: int | None, complaint: Complaint | Case, now: datetime) -> bool:
        """Whether a group may hear another line on this trouble at once."""
        if group is None:
            return True
        return await self._lines(db, group, complaint, now - TROUBLE_WINDOW) < LINES_OF_ONE_TROUBLE

    async def fullest(self, db: Db, group: int | None, cases: Sequence[Complaint], now: datetime) -> str:
        """The trouble of which a group has heard most, among those that one line tells of."""
        heard = [0 if group is None else await self._lines(db, group, one, now - TROUBLE_WINDOW) for one in cases]
        return self.trouble(cases[heard.index(max(heard))])

    async def _lines(self, db: Db, group: int, complaint: Complaint | Case, since: datetime) -> int:
        """A danger whose place is not known may be any of its kind that a group has just heard of."""
        trouble = self.trouble(complaint)
        if complaint.urgency != "P0":
            return len(await messages.said_of(db, group, trouble, since))
        anywhere = f"danger:{complaint.subcategory}:"
        if trouble == anywhere:
            return await lines.said_of_any(db, group, anywhere, since)
        return sum([len(await messages.said_of(db, group, key, since)) for key in (trouble, anywhere)])

    async def goes_private(self, context: Context, complaint: Complaint | Case) -> bool:
        """Whether an answer about this case is better given alone: it is nobody else's business, or the group has heard enough
        and there is another way to this person. Where there is none it waits until the group may hear it.
        """
        group = context.conversation.group
        if group is None or complaint.anonymous or self.is_discreet(complaint):
            return group is not None
        return context.speaker.friend and not await self.may_speak(context.db, group, complaint, context.now)

    async def sum_up(self, db: Db, complaint: Complaint, reporter: Reporter | None, group: int, now: datetime) -> Post:
        """One line for all who reported this trouble in a group lately; said once the group may hear one again."""
        kind = (complaint.category, complaint.subcategory)
        if self.reach(complaint) == "area":
            complaints = await reporters.lately_in(db, group, kind, now - TROUBLE_WINDOW)
        else:
            complaints = [complaint]
        people = await reporters.of_all(db, [one.id for one in complaints])
        cases = [case_of(one, *people.get(one.id, ([], 0))) for one in complaints]
        named = (reporter.contact_id,) if reporter and reporter.contact_id and not reporter.anonymous else ()
        trouble = self.trouble(complaint)
        return Post(
            "complaints.more_reported",
            {"cases": [spoken(one) for one in cases], "subcategory": complaint.subcategory},
            group=group,
            mentions=named,
            kind="reply",
            numbered=True,
            trouble=trouble,
            about=f"more:{trouble}"[:96],
        )

    async def update(self, db: Db, complaint: Complaint, key: str, **params: Any) -> list[Post]:
        """One line in every group, and to everybody who reported in private. Who wants no name is not called in a group."""
        told = await reporters.of(db, complaint.id)
        case = case_of(complaint)
        if self.is_discreet(case):
            contacts = dict.fromkeys(one.contact_id for one in told if one.contact_id is not None)
            reached = [contact for contact in contacts if self._directory.is_friend(contact)]
            return [self.privately(case, key, contact, **params) for contact in reached]
        posts = [
            self._in_group(case, key, group, [one for one in told if one.group_id == group], params)
            for group in dict.fromkeys(one.group_id for one in told)
            if group is not None
        ]
        alone = [one.contact_id for one in told if one.group_id is None and one.contact_id is not None]
        return posts + [self.privately(case, key, contact, **params) for contact in dict.fromkeys(alone)]

    def _in_group(self, case: Case, key: str, group: int, told: Sequence[Reporter], params: dict[str, Any]) -> Post:
        named = (one.contact_id for one in told if one.contact_id is not None and not one.anonymous)
        mentions = tuple(dict.fromkeys(named))  # who reported two cases that are one now is called once
        return Post(
            key,
            {**spoken(case), **params},
            group=group,
            mentions=mentions,
            kind="alert" if case.urgency == "P0" else "notice",
            numbered=True,
            trouble=self.trouble(case),
            about=about(case),
            adds=True,
        )

    def privately(self, case: Case, key: str, contact: int, **params: Any) -> Post:
        kind = "alert" if case.urgency == "P0" else "notice"
        said = {**spoken(case), **params}
        return Post(key, said, contact=contact, kind=kind, numbered=True, about=about(case), adds=True)


def about(case: Complaint | Case) -> str:
    """What an update tells of: a later one takes the place of one that still waits."""
    return f"complaint:{case.id}"


def place_line(case: Complaint | Case) -> str:
    """The line that its place was never told: not said once it is known."""
    return f"place:{case.id}"


def spoken(case: Complaint | Case) -> dict[str, Any]:
    """What may be said of a case in a group: building and unit, never the door."""
    return {
        "number": case.number,
        "category": case.category,
        "subcategory": case.subcategory,
        "urgency": case.urgency,
        "state": case.state,
        "at": {"building": case.building, "unit": case.unit, "place": case.place},
        "due_by": case.due_by,
        "result": case.result,
        "people": getattr(case, "people", 0),
    }
