"""The lives of a case and of a sign-up as drawings: `python -m tests.docs.drawing` writes them into docs/architecture.md anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import yaml

from intents.complaints.lifecycle import BY_THEMSELVES, MOVES, OPEN, Move, State
from tests.docs.sign_up_life import sign_up_life

PROJECT = Path(__file__).parents[2]
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
LIFE_OF_A_CASE, LIFE_OF_A_SIGN_UP = "lifecycle", "sign-up"
BEGIN, END = "<!-- {}:begin -->\n", "<!-- {}:end -->"
MOST_DRAWN: Final = 3
USUAL: Final = {
    Move.ASSIGN: (State.FILED, State.ACCEPTED),
    Move.GIVE_BACK: (State.ASSIGNED,),
    Move.PROGRESS: (State.RECEIVED, State.SUSPENDED),
    Move.SUSPEND: (State.WORKING,),
    Move.EXTEND: (State.WORKING,),
    Move.TRANSFER: (State.ACCEPTED,),
    Move.EXPLAIN: (State.WORKING,),
    Move.RESOLVE: (State.WORKING, State.TRANSFERRED),
    Move.REOPEN: (State.AWAITING_WORD, State.CLOSED),
    Move.WITHDRAW: (State.FILED,),
    Move.MERGE: (State.FILED,),
}
"""Of a move from many states, those it is drawn from: seventy arrows are no drawing. The table has them all."""
BACK_TO: Final = {Move.PART: State.FILED}
"""A move back to where a case stood, drawn to the first such state; one without a target that is not here stays where it is."""


def lifecycle() -> str:
    words = yaml.safe_load((PROJECT / "intents/complaints/replies.yaml").read_text("utf-8"))
    return "\n".join([*_drawing(words), "", *_table(words), ""])


def _drawing(words: dict[str, str]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{words[f"word.state.{state}"]} {state}" as {state}' for state in State]
    reached = {target for _, target in MOVES.values()}
    lines += [f"    [*] --> {state}" for state in State if state not in reached]
    for move, (origins, target) in MOVES.items():
        word = f"{words[f'word.move.{move}']} {move}"
        for origin in _drawn_from(move, origins):
            lines.append(f"    {origin} --> {target or BACK_TO.get(move, origin)} : {word}")
    return [*lines, "```"]


def _drawn_from(move: Move, origins: frozenset[State]) -> Sequence[State]:
    usual = USUAL.get(move) or _in_order(origins)
    if len(usual) > MOST_DRAWN or not origins.issuperset(usual):
        raise LookupError(f"say in USUAL from which of its states {move} is drawn")
    return usual


def _table(words: dict[str, str]) -> list[str]:
    lines = ["| Move | From | To |", "| --- | --- | --- |"]
    for move, (origins, target) in MOVES.items():
        word = f"{words[f'word.move.{move}']} `{move}`{' *' if move in BY_THEMSELVES else ''}"
        back = "where it stood before" if move in BACK_TO else "stays"
        lines.append(f"| {word} | {_listed(origins)} | {f'`{target}`' if target else back} |")
    return lines


def _listed(origins: frozenset[State]) -> str:
    """One word for all the states in which it is the community's turn."""
    missing = [f"`{state}`" for state in OPEN if state not in origins]
    named = _in_order(origins)
    if len(missing) * 2 >= len(OPEN):
        return ", ".join(f"`{state}`" for state in named)
    some = "open" + (f" except {' and '.join(missing)}" if missing else "")
    return ", ".join([*(f"`{state}`" for state in named if state not in OPEN), some])


def _in_order(states: Iterable[State]) -> list[State]:
    kept = set(states)
    return [state for state in State if state in kept]


def drawn(text: str, name: str) -> str:
    """The part of a document between the marks of this name."""
    found = re.search(f"{BEGIN.format(name)}(.*){END.format(name)}", text, re.DOTALL)
    return found[1] if found else ""


def redraw() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    for name, life in ((LIFE_OF_A_CASE, lifecycle()), (LIFE_OF_A_SIGN_UP, sign_up_life())):
        head, begin, rest = text.partition(BEGIN.format(name))
        _, end, tail = rest.partition(END.format(name))
        text = f"{head}{begin}{life}{end}{tail}"
    ARCHITECTURE.write_text(text, "utf-8")


if __name__ == "__main__":
    redraw()
