"""States of a case and the moves between them, pure. `docs/architecture.md` draws them from here.

The states are those of published rules for hotlines and grids: 待受理 → (待补充) → 已受理 → 已派单 → 已签收 → 办理中 ⇄ 挂起 →
已反馈 → 待回访 → 办结; side ways 退单, 重办, 并案, 撤回, 转办, 解释存档.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    LEAD = "lead"
    AWAITING_PLACE = "awaiting_place"
    FILED = "filed"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    RECEIVED = "received"
    WORKING = "working"
    SUSPENDED = "suspended"
    ANSWERED = "answered"
    AWAITING_WORD = "awaiting_word"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    DROPPED = "dropped"


class Move(StrEnum):
    PLACE = "place"
    DROP = "drop"
    ACCEPT = "accept"
    ASSIGN = "assign"
    RECEIVE = "receive"
    GIVE_BACK = "give_back"
    PROGRESS = "note"
    SUSPEND = "suspend"
    EXTEND = "extend"
    TRANSFER = "transfer"
    EXPLAIN = "explain"
    RESOLVE = "resolve"
    ASK = "ask"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    PART = "part"


_UNDER_WAY = frozenset({State.ACCEPTED, State.ASSIGNED, State.RECEIVED, State.WORKING})
_TAKEN_ON = _UNDER_WAY | {State.SUSPENDED}
_WITH_SOMEBODY = frozenset({State.ASSIGNED, State.RECEIVED, State.WORKING})
_NUMBERED = _TAKEN_ON | {State.FILED}

MOVES: dict[Move, tuple[frozenset[State], State | None]] = {
    Move.PLACE: (frozenset({State.AWAITING_PLACE}), State.FILED),
    Move.DROP: (frozenset({State.LEAD, State.AWAITING_PLACE}), State.DROPPED),
    Move.ACCEPT: (frozenset({State.LEAD, State.AWAITING_PLACE, State.FILED}), State.ACCEPTED),
    Move.ASSIGN: (_NUMBERED, State.ASSIGNED),
    Move.RECEIVE: (frozenset({State.ASSIGNED}), State.RECEIVED),
    Move.GIVE_BACK: (_WITH_SOMEBODY, State.ACCEPTED),
    Move.PROGRESS: (_TAKEN_ON, State.WORKING),
    Move.SUSPEND: (_UNDER_WAY, State.SUSPENDED),
    Move.EXTEND: (_NUMBERED - {State.SUSPENDED}, None),
    Move.TRANSFER: (_NUMBERED, State.TRANSFERRED),
    Move.EXPLAIN: (_TAKEN_ON, State.EXPLAINED),
    Move.RESOLVE: (_TAKEN_ON | {State.TRANSFERRED}, State.ANSWERED),
    Move.ASK: (frozenset({State.ANSWERED}), State.AWAITING_WORD),
    Move.CLOSE: (frozenset({State.ANSWERED, State.AWAITING_WORD}), State.CLOSED),
    Move.REOPEN: (
        frozenset({State.ANSWERED, State.AWAITING_WORD, State.CLOSED, State.TRANSFERRED, State.EXPLAINED}),
        State.WORKING,
    ),
    Move.WITHDRAW: (_NUMBERED | {State.AWAITING_PLACE, State.TRANSFERRED}, State.WITHDRAWN),
    Move.MERGE: (_NUMBERED, State.MERGED),
    Move.PART: (frozenset({State.MERGED}), None),
}
"""From which states, to which; None: the state stays (a later date) or is the one of before (parted again)."""

OPEN = (State.FILED, State.ACCEPTED, State.ASSIGNED, State.RECEIVED, State.WORKING, State.SUSPENDED)
"""Numbered, and the community's turn."""
JOINABLE = OPEN
TICKING = (State.FILED, State.ACCEPTED, State.ASSIGNED, State.RECEIVED, State.WORKING)
"""The clock runs: it may become overdue."""
FOLLOWED_UP = (State.ANSWERED, State.AWAITING_WORD)
SHOWN_TO_REPORTER = (*OPEN, *FOLLOWED_UP, State.TRANSFERRED)
ENDED = (State.CLOSED, State.TRANSFERRED, State.EXPLAINED, State.WITHDRAWN, State.MERGED)
BY_THEMSELVES = frozenset({Move.PLACE, Move.DROP, Move.ASK, Move.CLOSE, Move.WITHDRAW})
"""Moves that no staff command makes: they follow from what a resident says, or from silence."""


def allowed(state: State) -> tuple[Move, ...]:
    """What staff may do with a case in this state."""
    return tuple(move for move, (origins, _) in MOVES.items() if state in origins and move not in BY_THEMSELVES)
