"""Everything the page may have to say has words, and the cast is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml

from bot.app import load_judge
from bot.channels.cast import CAST_FILE, load_cast
from bot.channels.texts import split_mention
from bot.message import Inbound
from bot.settings import Role
from intents.understanding.signals import SIGNALS_FILE
from tests.web.house import settings_for_tests

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
WORDS = yaml.safe_load((Path(__file__).parents[2] / "web" / "words.yaml").read_text("utf-8"))


def test_every_weight_of_the_judge_has_words() -> None:
    signals = yaml.safe_load(SIGNALS_FILE.read_text("utf-8"))["signals"]
    assert set(WORDS["why"]) >= {*signals, "place", "mentioned", "somebody_else"}


def test_every_role_has_words() -> None:
    assert set(WORDS["role"]) == set(get_args(Role))


def test_the_cast_speaks_of_what_it_has() -> None:
    cast = load_cast(settings_for_tests())
    assert len(cast.groups) == 3
    assert len([person for person in cast.people.values() if person.role is None]) == 8
    connected = cast.connected(NOON)
    assert {member.contact for group in connected.groups for member in group.members} == set(cast.people)


def test_a_cast_that_names_nobody_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cast.yaml"
    file.write_text(CAST_FILE.read_text("utf-8").replace("speaker: sim_ma,", "speaker: sim_nobody,"), "utf-8")
    with pytest.raises(ValueError, match="speaker"):
        load_cast(settings_for_tests(), file)


@pytest.mark.parametrize(
    ("title", "intent"),
    [
        ("报一件事", "complaints.file"),
        ("没说在哪儿", "complaints.file"),
        ("急事", "complaints.emergency"),
        ("问进度", "complaints.progress"),
        ("问政策", "policy.ask"),
        ("问材料", "policy.ask"),
        ("没人知道的", "policy.ask"),
        ("方言", "complaints.file"),
        ("闲聊", None),
        ("道谢", None),
        ("你会干啥", "help.show"),
        ("找人", "help.human"),
        ("让它别说话", "help.mute"),
    ],
)
def test_a_quick_phrase_is_understood(title: str, intent: str | None) -> None:
    """What a newcomer tries first must work."""
    settings = settings_for_tests()
    cast = load_cast(settings)
    phrase = next(one for one in cast.phrases if one.title == title)
    mentioned, text = split_mention(phrase.text.replace("{me}", cast.name), settings.channel.names)
    assert phrase.group is not None
    heard = load_judge(settings)(Inbound("1", phrase.speaker, text, NOON, phrase.group, mentioned=mentioned))
    assert (heard.intent if heard.speak else None) == intent
