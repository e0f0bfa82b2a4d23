"""The life of a case as a Mermaid drawing: `python -m tests.docs.drawing` writes it into docs/architecture.md anew."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from intents.complaints.lifecycle import MOVES, State

PROJECT = Path(__file__).parents[2]
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
BEGIN, END = "<!-- lifecycle:begin -->\n", "<!-- lifecycle:end -->"


def lifecycle() -> str:
    words = yaml.safe_load((PROJECT / "intents/complaints/replies.yaml").read_text("utf-8"))
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{words[f"word.state.{state}"]} {state}" as {state}' for state in State]
    lines += [f"    [*] --> {state}" for state in State if state not in {target for _, target in MOVES.values()}]
    for move, (origins, target) in MOVES.items():
        word = words[f"word.move.{move}"]
        lines += [f"    {origin} --> {target} : {word} {move}" for origin in State if origin in origins]
    return "\n".join([*lines, "```", ""])


def drawn(text: str) -> str:
    """The part of a document between the marks."""
    found = re.search(f"{BEGIN}(.*){END}", text, re.DOTALL)
    return found[1] if found else ""


def redraw() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    ARCHITECTURE.write_text(f"{head}{BEGIN}{lifecycle()}{END}{tail}", "utf-8")


if __name__ == "__main__":
    redraw()
