"""Reading YAML, and finding the line of a fault when there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from scheduler.yaml_file import load_yaml

__all__ = ["Step", "line_of", "load_yaml"]

Step = str | int


def line_of(path: Path, steps: Sequence[Step]) -> int:
    """The line of a key or item, found by a second, slow reading: only done for a fault. As deep as the steps lead."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1 if node is None else node.start_mark.line + 1
    for step in steps:
        found = _child(node, step)
        if found is None:
            break
        node, line = found
    return line


def _child(node: Any, step: Step) -> tuple[Any, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    return None
