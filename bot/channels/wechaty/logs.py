"""Logs name nobody: raw ids are hashed, and errors give their type and place, since their words may quote people."""

from __future__ import annotations

from hashlib import blake2s
from pathlib import PurePath


def hashed(raw_id: str) -> str:
    return blake2s(raw_id.encode(errors="replace"), digest_size=4, person=b"linli").hexdigest()


def where(error: BaseException) -> str:
    """`ValueError at boxes.py:31`."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
