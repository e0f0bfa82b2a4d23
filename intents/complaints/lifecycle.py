"""States of a case and the moves between them, pure. `docs/architecture.md` draws them from here."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    LEAD = "lead"
    AWAITING_PLACE = "awaiting_place"
    FILED = "filed"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    AWAITING_WORD = "awaiting_word"


class Move(StrEnum):
    PLACE = "place"
    ACCEPT = "accept"
    ASSIGN = "assign"
    RESOLVE = "resolve"


MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.PLACE: (frozenset({State.AWAITING_PLACE}), State.FILED),
    Move.ACCEPT: (frozenset({State.LEAD, State.AWAITING_PLACE, State.FILED}), State.ACCEPTED),
    Move.ASSIGN: (frozenset({State.FILED, State.ACCEPTED, State.ASSIGNED}), State.ASSIGNED),
    Move.RESOLVE: (frozenset({State.ACCEPTED, State.ASSIGNED}), State.AWAITING_WORD),
}

OPEN = (State.FILED, State.ACCEPTED, State.ASSIGNED)
"""Numbered, and the community's turn."""
SHOWN_TO_REPORTER = (*OPEN, State.AWAITING_WORD)


def allowed(state: State) -> tuple[Move, ...]:
    """What may be done with a case in this state."""
    return tuple(move for move, (origins, _) in MOVES.items() if state in origins)
