"""What the assistant knows: the entries in force, and beside them those that wait for staff, each indexed in memory and kept
in step with the table by its revisions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from intents.policy.facts import Facts
from intents.policy.passages import LONGEST
from intents.policy.searching import Found, Hit, Search
from intents.understanding.digits import bare
from intents.understanding.normalise import fold
from storage import policy
from storage.base import Db
from storage.policy import Entry, State
from storage.policy_entry import Draft, Kind

MOST: Final = 0.5
"""Where a greater share has changed, filling anew is sooner done."""


class _Shelf:
    """Entries and their index."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.entries: dict[int, Entry] = {}
        self._answered: dict[str, int] = {}
        """The very words that staff have answered, or pointed at an entry for: nothing else is as sure."""

    def find(self, question: str, top: int) -> Found:
        found = self.search.find(question, top)
        entry = self.entries.get(self._answered.get(_plain(question), 0))
        if entry is None:
            return found
        known = next((hit for hit in found.hits if hit.entry == entry.id), None)
        hit = known or Hit(entry.id, entry.draft.title, entry.draft.answer or entry.draft.body[:LONGEST], None, 1.0)
        others = [one for one in found.hits if one.entry != entry.id]
        return replace(found, hits=(hit, *others)[:top], confidence=1.0, alike=1)

    def take_over(self, changed: Sequence[Entry], state: State) -> None:
        belongs = {entry.id for entry in changed if entry.state == state and _says_something(entry.draft)}
        touched = [entry for entry in changed if entry.id in belongs or entry.id in self.entries]
        for entry in touched:
            if entry.id in belongs:
                self.entries[entry.id] = entry
            else:
                del self.entries[entry.id]
        if touched:
            answered = sorted(self.entries.values(), key=lambda entry: entry.revision)
            self._answered = {_plain(text): entry.id for entry in answered for text in _answered_words(entry)}
        if len(touched) > MOST * len(self.entries):
            self.search.fill((entry.id, _searched(entry)) for entry in self.entries.values())
        elif touched:
            self.search.put_all((entry.id, _searched(entry) if entry.id in belongs else None) for entry in touched)


class Knowledge:
    """`open_search` gives an empty index."""

    def __init__(self, community: str, open_search: Callable[[], Search], facts: Facts) -> None:
        self._community = community
        self._facts = facts
        self._known = _Shelf(open_search())
        self._waiting = _Shelf(open_search())
        self._seen = 0

    async def refresh(self, db: Db) -> None:
        """Take over what changed, whoever changed it: another process may have. To be called before this transaction changes
        anything of it: what is rolled back later must never have been seen."""
        changed = await policy.changed_since(db, self._community, self._seen)
        if not changed:
            return
        filled = [replace(entry, draft=self._facts.filled(entry.draft)) for entry in changed]
        self._known.take_over(filled, State.IN_FORCE)
        self._waiting.take_over(filled, State.WAITING)
        self._seen = changed[-1].revision

    def find(self, question: str, top: int = 5) -> Found:
        return self._known.find(question, top)

    def waiting_for(self, question: str, threshold: float) -> Entry | None:
        """The entry that would answer it, had staff confirmed it."""
        found = self._waiting.search.find(question, 1)
        if not found.hits or found.confidence < threshold:
            return None
        return self._waiting.entries.get(found.hits[0].entry)

    def get(self, identity: int) -> Entry | None:
        return self._known.entries.get(identity)

    def entries(self) -> list[Entry]:
        return list(self._known.entries.values())

    def __len__(self) -> int:
        return len(self._known.entries)


def _says_something(draft: Draft) -> bool:
    """Not where all that it says are facts that this community has not given."""
    return bool(draft.answer or draft.body or draft.parts)


def _answered_words(entry: Entry) -> tuple[str, ...]:
    return (*entry.learned, *(entry.draft.questions if entry.draft.kind == Kind.ANSWER else ()))


def _plain(question: str) -> str:
    return bare(fold(question))


def _searched(entry: Entry) -> Draft:
    """Found by what residents asked, too."""
    asked = tuple(dict.fromkeys((*entry.draft.questions, *entry.learned)))
    return replace(entry.draft, questions=asked)
