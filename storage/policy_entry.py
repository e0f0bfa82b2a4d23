"""What an entry of the knowledge base says, apart from where it is kept: frozen, checked before it comes here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

PARTS: Final = ("who", "conditions", "papers", "steps", "time", "fee", "place", "hours", "phone", "complaints", "come")
"""What a guide entry 办事指南 tells apart, in the order in which it is read out: who may apply, on what conditions, with which
papers (form, copies), by which steps, how long it takes, the fee and its basis, where, when, which telephone, where to complain,
and how to come."""

LONGEST_TITLE: Final = 120
LONGEST_BODY: Final = 50_000
LONGEST_PART: Final = 2_000
LONGEST_ANSWER: Final = 120
MOST_SENTENCES: Final = 50
LONGEST_CODE: Final = 64
LONGEST_CATEGORY: Final = 32
LONGEST_LABEL: Final = 200
"""Of source, issuer, document number and region, and of a sentence that people ask with."""
LONGEST_LINK: Final = 500


class Kind(StrEnum):
    GUIDE = "guide"
    """办事指南: how something is applied for."""
    POLICY = "policy"
    """A document that somebody issued, in its own words."""
    ANSWER = "answer"
    """What staff answered to a resident's question."""
    NOTICE = "notice"
    """官方通报: the only thing that a rumour is answered with."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of an entry. Dates are local days."""

    code: str
    """The id by which it is imported and replaced."""
    title: str
    body: str = ""
    kind: Kind = Kind.POLICY
    category: str = ""
    region: str = ""
    answer: str = ""
    """What is said to the plain question, at most 120 characters; empty: taken from the passage that fits."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Of `PARTS`, those it has."""
    questions: tuple[str, ...] = ()
    """How people ask it: searched with it, and tests of it."""
    source: str = ""
    issuer: str = ""
    document_number: str = ""
    link: str = ""
    effective_from: date | None = None
    expires_on: date | None = None
    """The last day on which it holds."""
    review_on: date | None = None
