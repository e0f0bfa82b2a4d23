"""What "1", "满意" or "根本没修好" say in answer to: are you content?"""

from __future__ import annotations

from typing import Final

from intents.complaints.follow_up import Rating
from intents.complaints.place_answers import words
from intents.understanding.digits import bare
from intents.understanding.normalise import normalise

DIGITS: Final = {"1": Rating.SATISFIED, "2": Rating.MOSTLY, "3": Rating.DISSATISFIED}
LONGEST: Final = 60
"""A last word is short; a longer text speaks of other things too."""
LONGEST_UNNAMED: Final = 15
"""In a group, said to nobody in particular and not understood as a last word, only so much is taken for one."""
_PARTICLES: Final = "\u4e86\u554a\u5440\u5427\u54e6\u5566\u5462\u561b"


def rating_of(text: str, *, asked: bool, loosely: bool = True) -> Rating | None:
    """Digits count only while the question is open; common words such as 好了 only where nothing else is said. The discontent is
    looked for first: 没修好 holds 修好. Not `loosely`: only what can hardly mean anything else.
    """
    said = normalise(text).strip()
    plain = bare(said)
    if asked and plain in DIGITS:
        return DIGITS[plain]
    order = (Rating.DISSATISFIED, Rating.MOSTLY, Rating.SATISFIED)
    for rating in order:
        if plain in words(f"{rating}_alone") or plain.rstrip(_PARTICLES) in words(f"{rating}_alone"):
            return rating if asked else None
    if len(said) > (LONGEST if loosely else LONGEST_UNNAMED):
        return None
    return next((rating for rating in order if any(word in said for word in words(str(rating)))), None)


def may_answer(text: str) -> bool:
    """Whether a text may answer an open question: cheap, for the screen. What the judge takes for a last word passes anyway."""
    return len(text) <= LONGEST and rating_of(text, asked=True, loosely=False) is not None
