"""Names that people give: 我叫孙桂兰, 联系人 吴建军. A word is only taken for a name where the grammar says so."""

from __future__ import annotations

import re
from functools import cache

from intents.understanding.lexicon import HAN, lexicon, one_of, words


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    surname = rf"(?:{one_of(words('names', 'double_surnames'))}|[{''.join(words('names', 'surnames'))}])"
    not_names = one_of(words("names", "not_names"))
    full = rf"(?!{not_names}){surname}{HAN}{{1,2}}(?!{HAN})"
    loose = rf"(?!{not_names}){surname}{HAN}{{2}}"
    said = re.compile(rf"{one_of(words('names', 'said'))}[ :{lexicon()['names']['is']}]{{0,2}}(?P<name>{full}|{loose})")
    alone = re.compile(rf"(?:^|[\s,:;。、])(?P<name>{surname}{HAN}{{1,2}})(?=$|[\s,;。、])")
    return said, alone


@cache
def _titled() -> re.Pattern[str]:
    surname, terms = f"[{''.join(words('names', 'surnames'))}]", lexicon()["names"]
    nickname = rf"[{terms['nicknamed']}]{surname}|{surname}{HAN}{{0,2}}{one_of(words('names', 'titles'))}"
    return re.compile(rf"[ ,]?{terms['of']}?(?P<name>{nickname})(?!{HAN})")


def name_at_door(text: str, end: int) -> str | None:
    """What somebody is called right after the address that ends there: 5号楼的老韩, 3-2-501 王阿姨."""
    match = _titled().match(text, end)
    return match["name"] if match else None


@cache
def _signed_up() -> re.Pattern[str]:
    surname, terms = f"[{''.join(words('names', 'surnames'))}]", lexicon()["names"]
    titled = rf"{surname}{HAN}{{0,2}}?{one_of(words('names', 'titles'))}"
    full = rf"(?!{one_of(words('names', 'not_names'))}){surname}{HAN}{{1,2}}?"
    return re.compile(rf"[{terms['helping']}](?P<name>{titled}|{full})(?={one_of(words('names', 'signed_up'))})")


def signed_up_name(text: str) -> str | None:
    """Whom somebody signs up: 给张大爷报名, 替王桂英登记."""
    match = _signed_up().search(text)
    return match["name"] if match else None


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
