"""The words of the command line, and faults as one line a community worker understands."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.yaml_file import load_yaml


class CommandFault(Exception):
    """It could not be done; `key` of messages.yaml says why. Exit code 1."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = load_yaml(Path(__file__).with_name("messages.yaml"))
    return texts


def text(message: str, **params: object) -> str:
    return str(_texts()[message]).format(**params)


def help_text(key: str) -> str:
    return str(_texts()["help"][key])


def say(message: str, **params: object) -> None:
    """To stderr: stdout carries results only."""
    print(text(message, **params), file=sys.stderr)  # noqa: T201


def one_line(fault: BaseException) -> str:
    """What went wrong in one line, without what people wrote and without tokens."""
    key = getattr(fault, "key", None)
    if key in _texts():
        return text(key, **getattr(fault, "params", {}))
    return (
        " ".join(str(fault).split())
        if type(fault).__name__ == "RuleError"
        else text("unexpected", fault=type(fault).__name__)
    )
