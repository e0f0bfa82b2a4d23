"""Telephone numbers of people: mobiles, written together or in groups, and landlines with their area."""

from __future__ import annotations

import re
from typing import Final

MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
LANDLINE: Final = re.compile(r"(?<![0-9])0[0-9]{2,3}-?[0-9]{7,8}(?![0-9])")
IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")


def phone(text: str) -> str | None:
    match = MOBILE.search(text) or LANDLINE.search(text)
    return re.sub(r"[ -]", "", match[0]) if match else None
