"""How many people somebody speaks for: 两大一小 is 3, 一家三口 is 3, ＋２ is 2, 我去 我儿子也去 is 2. Not said: None."""

from __future__ import annotations

import re
from functools import cache

from intents.understanding.lexicon import HAN, lexicon, number, numeral_letters, one_of, words

_AT_MOST = 99


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    terms, letters = lexicon()["people"], numeral_letters()
    count = rf"(?P<count>[0-9]{{1,2}}|[{letters}]{{1,3}})"
    measure, piece = one_of(words("people", "measures")), terms["piece"]
    end = rf"(?![{terms['not_after']}])"
    big, small = one_of(words("people", "big")), one_of(words("people", "small"))
    one = rf"[0-9]|[{letters}]"
    pair = rf"(?P<big>{one})[ ]?{piece}?{big}[ ,]?(?P<small>{one})[ ]?{piece}?{small}"
    family = one_of(words("people", "family"))
    signup = one_of(words("people", "signup"))
    return re.compile(pair), (
        re.compile(rf"{family}[^0-9]{{0,2}}?{count}[ ]?(?:{measure}|{piece}|(?!{HAN})){end}"),
        re.compile(rf"(?<![0-9A-Za-z.#-]){count}[ ]?{measure}{end}"),
        re.compile(rf"{signup}[ ]?{count}[ ]?{one_of(words('people', 'units'))}{end}"),
        re.compile(rf"^\s*\+[ ]?{count}(?![0-9])"),
    )


@cache
def _company() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """我带俩孩子; 我去; 我儿子也去; 三个人 which says it outright."""
    terms, one = lexicon()["people"], rf"(?:[0-9]|[{numeral_letters()}])"
    self, relation = one_of(words("people", "self")), one_of(words("people", "relations"))
    together = one_of(words("people", "with"))
    own = rf"(?:{self}{terms['home']}?{terms['of']}?)?"
    first = rf"{self}[ ]?{together}[ ]?{own}(?P<count>{one})?{terms['piece']}?{relation}"
    return (
        re.compile(rf"{first}(?P<more>[ ]?{together}[ ]?{own}{relation})?"),
        re.compile(one_of(words("people", "myself"))),
        re.compile(rf"{relation}[ ]?{one_of(words('people', 'comes_too'))}"),
        re.compile(rf"{one}[ ]?{one_of(words('people', 'outright'))}"),
    )


def people(text: str) -> int | None:
    found = find_people(text)
    return found[0] if found else None


def find_people(text: str) -> tuple[int, int, int] | None:
    """How many, and where it is said."""
    both, patterns = _patterns()
    if match := both.search(text):
        return number(match["big"]) + number(match["small"]), match.start(), match.end()
    if found := _in_company(text):
        return found
    for pattern in patterns:
        if (match := pattern.search(text)) and 0 < number(match["count"]) <= _AT_MOST:
            return number(match["count"]), match.start(), match.end()
    return _fixed(text)


def _in_company(text: str) -> tuple[int, int, int] | None:
    together, myself, comes_too, outright = _company()
    me, others = myself.search(text), list(comes_too.finditer(text))
    if me and others:
        return 1 + len(others), min(me.start(), others[0].start()), max(me.end(), others[-1].end())
    match = together.search(text)
    if match is None or _patterns()[1][0].search(text) or outright.search(text):
        return None  # 我和老伴 一共三个人
    count = number(match["count"]) if match["count"] else 1
    return 1 + count + bool(match["more"]), match.start(), match.end()


def _fixed(text: str) -> tuple[int, int, int] | None:
    for count, phrases in lexicon()["people"]["fixed"].items():
        for phrase in phrases.split():
            if (at := text.find(phrase)) >= 0:
                return int(count), at, at + len(phrase)
    return None
