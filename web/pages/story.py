"""What happened to a case, step by step, in plain words: who, what, and what came of it. Nothing here names a resident."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intents.complaints.desk import RULE_NAMES
from intents.complaints.handling import ASSISTANT
from intents.understanding.masks import masked
from storage.accounts import Directory
from storage.audit import Step
from web.rendering import Rendering

RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story. `kind` tells whose it is: `resident`, `assistant` or `staff`."""

    at: datetime
    kind: str
    who: str
    what: str
    detail: str


class Story:
    def __init__(self, rendering: Rendering, directory: Directory) -> None:
        self._rendering = rendering
        self._words = rendering.words
        self._directory = directory
        self._details: dict[str, Callable[[Step, Mapping[int, str]], str]] = {
            "complaints.file": lambda step, _: self._word("numbered", number=step.after.get("number")),
            "complaints.accept": lambda step, _: self._word("numbered", number=step.after.get("number")),
            "complaints.place": lambda step, _: self._word("at", place=rendering.place(step.after)),
            "complaints.correct": lambda step, _: self._word("at", place=rendering.place(step.after)),
            "complaints.assign": lambda step, _: self._word("to", name=step.after.get("handler")),
            "complaints.extend": lambda step, _: self._word("until", day=rendering.moment_of(step.after.get("due_by"))),
            "complaints.merge": self._merged,
            "complaints.part_out": lambda step, _: self._word("out_of", number=step.before.get("of")),
            "complaints.undo": lambda step, _: rendering.verb(step.after.get("undone", "")),
            "complaints.close": lambda step, _: self._words["closing"].get(step.after.get("closing") or "", ""),
            "complaints.rate": lambda step, _: rendering.rating(step.after.get("rating")),
            "complaints.follow_up": lambda step, _: rendering.rating(step.after.get("outcome")),
        }

    def told(self, steps: list[Step], numbers: Mapping[int, str]) -> list[Told]:
        """`numbers`: of the cases that steps speak of."""
        return [self._told(step, numbers) for step in steps]

    def _told(self, step: Step, numbers: Mapping[int, str]) -> Told:
        describe = self._details.get(step.verb)
        detail = describe(step, numbers) if describe else ""
        why = masked(step.why) if step.verb not in RULE_NAMES else ""
        if detail and why.startswith(detail):  # the outcome of a call stands at the beginning of what was noted
            detail = ""
        parts = [part for part in (detail, why) if part]
        kind = step.actor if step.actor in {RESIDENT, ASSISTANT} else "staff"
        between = self._words["detail"]["between"]
        return Told(step.at, kind, self._who(step), self._rendering.verb(step.verb), between.join(parts))

    def _who(self, step: Step) -> str:
        if step.actor in self._words["who"]:
            return self._words["who"][step.actor]
        officer = self._directory.officers.get(step.contact or 0)
        return officer.name if officer else self._words["role"].get(step.actor, self._words["who"]["former"])

    def _merged(self, step: Step, numbers: Mapping[int, str]) -> str:
        return self._word("into", number=numbers.get(step.after.get("merged_into") or 0))

    def _word(self, key: str, **params: Any) -> str:
        """Empty where there is nothing to say."""
        return self._words["detail"][key].format(**params) if all(params.values()) else ""
