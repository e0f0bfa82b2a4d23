"""A day as people write it: a real date of Excel, 2026-11-25, 2026/11/25, 2026.11.25, 20261125 or 2026年11月25日."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from intents.policy.importing.outcomes import Unfit
from intents.policy.importing.words import plain, words

LONGEST: Final = 40
EXCEL_BEGINS: Final = date(1899, 12, 30)
EXCEL_DAYS: Final = range(1, 80_000)
_SEPARATED: Final = r"(\d{4})\s*[-/.\u5e74]\s*(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})\s*[\u65e5\u53f7]?"
_TIME: Final = r"(?:[T\s]\s*\d{1,2}:\d{2}[0-9:.+\-Z]*)?"


@cache
def _written() -> tuple[re.Pattern[str], ...]:
    return (re.compile(_SEPARATED + _TIME), re.compile(r"(\d{4})(\d{2})(\d{2})"))


def a_day(value: object, name: str) -> date | None:
    """None where none is said. Raises `Unfit` for a day that does not exist and for what is no day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value is None:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        raise Unfit(name, "importing.not_a_date", value=value)
    if isinstance(value, float) and int(value) in EXCEL_DAYS:
        return EXCEL_BEGINS + timedelta(days=int(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Unfit(name, "importing.not_a_date", value=type(value).__name__)
    said = unicodedata.normalize("NFKC", str(value)).strip()
    if not said or plain(said) in words()["no_date"]:
        return None
    return _read(said, name)


def _read(said: str, name: str) -> date:
    shown = said[:20]
    for pattern in _written() if len(said) <= LONGEST else ():
        match = pattern.fullmatch(said)
        if match is None:
            continue
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise Unfit(name, "importing.no_such_day", value=shown) from None
    raise Unfit(name, "importing.not_a_date", value=shown)
