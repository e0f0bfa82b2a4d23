"""Sessions in one sentence of staff: made with `read`, changed with `changed`.

    周六上午8:30-11:30东门核酸，7-12号楼9:30开始        改到周日上午9点

What cannot be understood is refused in one line that says what is missing (`DraftRefused` in `intents/errors.py`); what was
not said and had to be assumed is named, so that it is said back before anything goes out.
"""

from __future__ import annotations

from intents.sessions.draft_changes import Change, changed, differences
from intents.sessions.draft_reading import Caution, Draft, Known, read

__all__ = ["Caution", "Change", "Draft", "Known", "changed", "differences", "read"]
