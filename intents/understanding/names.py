"""Names that people give: 我叫孙桂兰, 联系人 吴建军. A word is only taken for a name where the grammar says so."""

from __future__ import annotations

import re
from functools import cache

from intents.understanding.lexicon import lexicon, one_of, words

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    surname = rf"(?:{one_of(words('names', 'double_surnames'))}|[{''.join(words('names', 'surnames'))}])"
    not_names = one_of(words("names", "not_names"))
    full = rf"(?!{not_names}){surname}{_HAN}{{1,2}}(?!{_HAN})"
    loose = rf"(?!{not_names}){surname}{_HAN}{{2}}"
    said = re.compile(rf"{one_of(words('names', 'said'))}[ :{lexicon()['names']['is']}]{{0,2}}(?P<name>{full}|{loose})")
    alone = re.compile(rf"(?:^|[\s,:;。、])(?P<name>{surname}{_HAN}{{1,2}})(?=$|[\s,;。、])")
    return said, alone


def said_names(text: str) -> list[tuple[str, int, int]]:
    """Names after 我叫, 联系人 and the like, and where they stand."""
    return [(match["name"], match.start("name"), match.end("name")) for match in _patterns()[0].finditer(text)]


def name(text: str, *, bare: bool) -> str | None:
    """`bare`: also a word that stands alone and looks like a name, as people write who sign up (吴建军 13800003344)."""
    found = said_names(text)
    if found:
        return found[0][0]
    if not bare:
        return None
    candidates = [match["name"] for match in _patterns()[1].finditer(text)]
    usual = [each for each in candidates if each not in lexicon()["names"]["common_words"].split()]
    return usual[0] if usual else None


def surname(full: str) -> str:
    return full[:2] if full[:2] in words("names", "double_surnames") else full[:1]
