"""The life of a sign-up, drawn: its states from the code, its moves from the table here, which a test walks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from intents.sessions.signing_up import SigningUp
from storage.sign_ups import HOLDING, LIVE, State

PROJECT = Path(__file__).parents[2]
NOTHING: Final = "[*]"
MOVES: Final[tuple[tuple[str, str, State, str], ...]] = (
    ("join", NOTHING, State.CONFIRMED, "there is room"),
    ("join", NOTHING, State.WAITING, "it is full"),
    ("fill", State.WAITING, State.OFFERED, "a place came free"),
    ("accept", State.OFFERED, State.CONFIRMED, "来"),
    ("let_pass", State.OFFERED, State.PASSED, "no answer in time"),
    ("move", State.WAITING, State.CONFIRMED, "another slot has room"),
    ("move", State.OFFERED, State.CONFIRMED, "another slot has room"),
    ("admit", State.WAITING, State.CONFIRMED, "at the door, there is room"),
    ("admit", State.OFFERED, State.CONFIRMED, "at the door"),
    ("leave", State.CONFIRMED, State.CANCELLED, "取消报名"),
    ("leave", State.WAITING, State.CANCELLED, "取消报名"),
    ("leave", State.OFFERED, State.CANCELLED, "不来"),
)
"""Which method of `SigningUp`, from which state, to which, when. `resize`, and `move` of who is in, leave the state as it is."""


def sign_up_life() -> str:
    words = yaml.safe_load((PROJECT / "intents/sessions/replies.yaml").read_text("utf-8"))
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{words[f"word.sign_up.{state}"]} {state}" as {state}' for state in State]
    for move, origin, target, when in MOVES:
        if not hasattr(SigningUp, move):
            raise LookupError(f"SigningUp has no {move}")
        lines.append(f"    {origin} --> {target} : {move}, {when}")
    lines += ["```", "", "| State | Live | Holds places |", "| --- | --- | --- |"]
    lines += [f"| `{state}` | {_yes(state in LIVE)} | {_yes(state in HOLDING)} |" for state in State]
    return "\n".join([*lines, ""])


def _yes(holds: bool) -> str:
    return "yes" if holds else ""
