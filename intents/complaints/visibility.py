"""Who of the staff may see what. Admins and workers see every case; a grid member those of their own buildings and of none; a
mediator the quarrels; everybody else only what was given to them. A viewer sees every case, but nothing of the people in it.

What somebody may not see is to them as if it did not exist, in lists and for moves alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from intents.understanding.masks import masked
from intents.understanding.normalise import normalise
from storage.accounts import Officer
from storage.case_lists import Within
from storage.complaints import Complaint

SEE_ALL: Final = frozenset({"admin", "worker", "viewer"})
TAKE_LEADS: Final = frozenset({"admin", "worker", "grid"})
"""Who may take up what sounds like a complaint, as they may accept a case."""
VIEWER: Final = "viewer"


def sight_of(officer: Officer) -> Within | None:
    """For lists; None for all."""
    if officer.role in SEE_ALL:
        return None
    if officer.role == "grid":
        return Within(officer.contact, officer.buildings, placeless=True)
    return Within(officer.contact, mediation=officer.role == "mediator")


def may_see(officer: Officer, complaint: Complaint) -> bool:
    """The same as `sight_of`, of one case."""
    within = sight_of(officer)
    if within is None or complaint.handler_id == within.handler:
        return True
    if complaint.building is None:
        return within.placeless or (within.mediation and complaint.mediation)
    return complaint.building in within.buildings or (within.mediation and complaint.mediation)


def is_masked(officer: Officer) -> bool:
    """Sees the masked wording, and neither phones, doors, names nor moves."""
    return officer.role == VIEWER


def hears_names(officer: Officer, handler: int | None, *, anonymous: bool) -> bool:
    """Whether this one is told who reported: of somebody who wants no name, only whoever handles it is."""
    if is_masked(officer):
        return False
    return not anonymous or handler == officer.contact


def without_names(text: str, names: Iterable[str]) -> str:
    """As written, but for phones, identity numbers and the names of who wants none."""
    return masked(normalise(text), [name for name in names if name])
