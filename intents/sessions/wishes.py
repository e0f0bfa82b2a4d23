"""What somebody said of coming or not coming, with whom it is: read once, kept while they are asked which session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.context import Context
from intents.understanding.address import split_nickname
from intents.understanding.digits import bare
from intents.understanding.joining_in import SignUpWords, asks_about_it, sign_up_words
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml
from storage.sign_ups import Who

LONGEST_CHOICE: Final = 12
LONGEST_ANSWER: Final = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """`verb` is join, leave or change; numbers only where they were said."""

    verb: str
    who: Who
    text: str
    people: int | None = None
    delta: int | None = None
    session: int | None = None
    slot: int | None = None
    firm: bool = True
    """Whether it can hardly mean anything else; what is not firm counts only where a session was just spoken of."""

    def kept(self) -> dict[str, Any]:
        """For a dialogue's data."""
        return asdict(self)

    @staticmethod
    def of(data: Mapping[str, Any]) -> Heard:
        return Heard(**{**data, "who": Who(**data["who"])})


def heard_in(context: Context, verb: str | None = None) -> Heard | None:
    """None where it speaks neither of coming nor of not coming. `verb`: what the judge took it for."""
    words = sign_up_words(context.text)
    meant = verb if verb is not None and words.verb is None else words.verb or verb
    if meant is None or (meant == "join" and words.verb is None and asks_about_it(context.text)):
        return None
    firm = words.firm or verb is not None
    return Heard(meant, whose(context, words), context.text, words.people, words.people_delta, firm=firm)


def whose(context: Context, words: SignUpWords) -> Who:
    """As said; what is left out is taken from the nickname, but not for somebody else."""
    known, own_name = split_nickname(context.speaker.name)
    building, unit, room = words.building, words.unit, words.room
    if building is None and not words.for_other and known is not None:
        building, unit, room = known.building, known.unit, known.room
    name = words.name or own_name or context.speaker.name
    # whom staff put down telephoned or came by: only by telephone can they be reached
    telephoned = context.speaker.officer is not None and words.for_other and (words.name or words.phone or room)
    return Who(
        None if telephoned else context.speaker.contact,
        "" if words.for_other and not words.name else name,
        building,
        unit,
        room,
        words.phone,
        for_other=words.for_other,
    )


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {
        key: frozenset(str(said).split()) for key, said in load_yaml(Path(__file__).with_name("words.yaml")).items()
    }


def words(name: str) -> frozenset[str]:
    return _words()[name]


def yes_to_offer(text: str) -> bool:
    return bare(normalise(text)) in words("comes")


def no_to_offer(text: str) -> bool:
    return bare(normalise(text)) in words("declines")


def says_coming_or_not(text: str) -> bool:
    """Whether an answer tells what it is about: 来, 去不了; 好 and 不用了 may answer anybody."""
    return any(word in normalise(text) for word in words("coming"))


def may_answer_offer(text: str) -> bool:
    """Cheap, for the screen."""
    return len(text) <= LONGEST_ANSWER and (yes_to_offer(text) or no_to_offer(text))
