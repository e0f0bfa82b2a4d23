"""How many people somebody speaks for: 两大一小 is 3, 一家三口 is 3, ＋２ is 2. Where it is not said: None."""

from __future__ import annotations

import re
from functools import cache

from intents.understanding.lexicon import lexicon, number, numeral_letters, one_of, words

_AT_MOST = 99


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    terms, letters = lexicon()["people"], numeral_letters()
    count = rf"(?P<count>[0-9]{{1,2}}|[{letters}]{{1,3}})"
    measure = one_of(words("people", "measures"))
    end = rf"(?![{terms['not_after']}])"
    pair = rf"(?P<big>[0-9]|[{letters}])[ ]?{terms['big']}[ ,]?(?P<small>[0-9]|[{letters}])[ ]?{terms['small']}"
    family = one_of(words("people", "family"))
    signup = one_of(words("people", "signup"))
    return re.compile(pair), (
        re.compile(rf"{family}[^0-9]{{0,2}}?{count}[ ]?{measure}?{end}"),
        re.compile(rf"(?<![0-9A-Za-z.#-]){count}[ ]?{measure}{end}"),
        re.compile(rf"{signup}[ ]?{count}[ ]?{one_of(words('people', 'units'))}{end}"),
        re.compile(rf"^\s*\+[ ]?{count}(?![0-9])"),
    )


def people(text: str) -> int | None:
    both, patterns = _patterns()
    if match := both.search(text):
        return number(match["big"]) + number(match["small"])
    for pattern in patterns:
        if (match := pattern.search(text)) and 0 < number(match["count"]) <= _AT_MOST:
            return number(match["count"])
    return _fixed(text)


def _fixed(text: str) -> int | None:
    for count, phrases in lexicon()["people"]["fixed"].items():
        if any(phrase in text for phrase in phrases.split()):
            return int(count)
    return None
