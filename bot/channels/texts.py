"""Quotes and mentions, which WeChat puts into the text itself. Pure functions.

A quoting message reads: corner brackets around `sender: words`, a line of dashes, the answer. A mention is an @, a name
and U+2005, or an ordinary space where somebody typed it by hand.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.message import Quote

OPEN, CLOSE = "\u300c", "\u300d"
COLONS = ":\uff1a"
AT = "@\uff20"
AFTER_NAME = ",:\uff0c\uff1a\u3001 "
NESTING_MAX = 5
NAME_MAX_CHARS = 100

_RULE = re.compile(CLOSE + r"[ \t]*\r?\n[ \t]*(?:[-\u2014\u2500][ \t]?){3,}[ \t]*(?:\r?\n|$)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(f"[{AT}][^{AT}\u2005]{{1,64}}\u2005")


def clean(text: str, *, max_chars: int) -> str:
    """Without what databases and UTF-8 refuse, and not longer than `max_chars`."""
    return _SURROGATE.sub("\ufffd", text[:max_chars]).replace("\x00", "")


def split_quote(text: str) -> tuple[Quote | None, str]:
    """The quoted message and the answer; of quotes within quotes only the outermost sender's own words are kept."""
    return _split(text, NESTING_MAX)


def _split(text: str, depth: int) -> tuple[Quote | None, str]:
    end = _end_of_quote(text) if text.startswith(OPEN) and depth else None
    if end is None:
        return None, text
    inside, answer = text[1 : end.start()], text[end.end() :]
    colon = next((at for at, char in enumerate(inside[:NAME_MAX_CHARS]) if char in COLONS), -1)
    if colon < 1:
        return None, text
    _, words = _split(inside[colon + 1 :].strip(), depth - 1)
    return Quote(sender=inside[:colon].strip(), text=words.strip()), answer.strip()


def _end_of_quote(text: str) -> re.Match[str] | None:
    """Where the brackets balance; where people's own brackets upset the count, the last rule under a bracket."""
    ends = list(_RULE.finditer(text))
    open_brackets, read_to = 0, 0
    for end in ends:
        part = text[read_to : end.start()]
        open_brackets += part.count(OPEN) - part.count(CLOSE) - 1
        read_to = end.start() + 1
        if open_brackets == 0:
            return end
    return ends[-1] if ends else None


def split_mention(text: str, names: tuple[str, ...]) -> tuple[bool, str]:
    """Whether one of `names` is mentioned, and the text without those mentions."""
    pattern = _pattern(names)
    if pattern is None or not any(at in text for at in AT):
        return False, text
    rest, found = pattern.subn("", text)
    return found > 0, rest.strip().lstrip(AFTER_NAME) if found else text


@lru_cache(maxsize=512)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    words = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not words:
        return None
    return re.compile(f"[{AT}](?:{'|'.join(map(re.escape, words))})(?:\\s+|(?=[^\\w\\s])|$)")


def mentions_everybody(text: str, mentions: tuple[str, ...]) -> bool:
    """More people than @ signs: somebody called the whole group, not us."""
    return len(mentions) > max(1, sum(text.count(at) for at in AT))


def without_first_mention(text: str) -> str:
    """For a mention known by its id alone, under a name we have not heard of."""
    return _TOKEN.sub("", text, count=1).strip()
