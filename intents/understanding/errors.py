"""What is wrong with a file that the assistant listens by.

RuleError        a rule, list, signal or category file is faulty: says file, line and fault, before anything starts
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from intents.understanding.yaml_source import load_yaml


@cache
def _wordings() -> Mapping[str, str]:
    wordings: Mapping[str, str] = load_yaml(Path(__file__).with_name("faults.yaml"))
    return wordings


class RuleError(Exception):
    """`key` names the fault (see faults.yaml), `params` fill its wording; `str(error)` is the whole line in Chinese."""

    def __init__(self, file: Path, line: int, key: str, **params: Any) -> None:
        super().__init__(file, line, key, params)
        self.file = file
        self.line = line
        self.key = key
        self.params = params

    def __str__(self) -> str:
        return _wordings()["line"].format(
            file=self.file, line=self.line, fault=_wordings()[self.key].format(**self.params)
        )
