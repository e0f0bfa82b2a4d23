"""Every word a person reads stands in YAML, every key is used, and no Chinese hides in code."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.app import load_replies
from bot.settings import load_settings
from intents.complaints.lifecycle import Move, State
from intents.features import FEATURES

PROJECT = Path(__file__).parent.parent
ROOMS = ("bot", "intents", "scheduler", "storage", "web")
CJK = re.compile("[\u4e00-\u9fff]")
KEY = re.compile(r"""["']([a-z_]+(?:\.[a-z_0-9]+)+)["']""")


def _sources() -> list[Path]:
    return [file for room in ROOMS for file in (PROJECT / room).rglob("*.py")]


def _strings(file: Path) -> str:
    """The code without its docstrings and comments."""
    text = re.sub(r'"""(?:.|\n)*?"""', "", file.read_text("utf-8"))
    return re.sub(r"#.*", "", text)


def test_no_chinese_in_code() -> None:
    assert [str(file) for file in _sources() if CJK.search(_strings(file))] == []


def test_every_reply_key_is_used_and_every_used_key_exists() -> None:
    keys = load_replies(load_settings(PROJECT / "config.yaml")).keys
    said = {key for key in keys if not key.startswith("word.")}
    named = {key for file in _sources() for key in KEY.findall(_strings(file))}
    described = {f"{feature.name}.{part}" for feature in FEATURES for part in ("title", "usage")}
    timed_out = {key for key in said if key.endswith(".timed_out")}  # the dialogue's state + ".timed_out"
    replies = load_replies(load_settings(PROJECT / "config.yaml"))
    parts = {key for one in keys for key in re.findall(r'said\("([a-z_.]+)"', replies.source(one))}
    assert said - named - described - parts - timed_out - {"late"} == set()
    prefixes = (*(f"{feature.name}." for feature in FEATURES), "refused.", "system.", "private.")
    replied = set(re.findall(r'(?:Reply|Post|tell_staff)\((?:db, )?"([a-z_.]+)"', _all_code()))
    assert {key for key in replied if key.startswith(prefixes)} - said == set()


def test_every_word_that_templates_ask_for_exists() -> None:
    replies = load_replies(load_settings(PROJECT / "config.yaml"))
    asked = set()
    for key in replies.keys:
        asked |= set(re.findall(r'word\("([a-z_.]+)"\)', replies.source(key)))
    assert {word for word in asked if f"word.{word}" not in replies.keys} == set()


def test_every_state_and_verb_has_a_word() -> None:
    replies = load_replies(load_settings(PROJECT / "config.yaml"))
    verbs = set(re.findall(r'verb="(complaints\.[a-z_]+)"', _all_code())) | {f"complaints.{move}" for move in Move}
    wanted = {f"word.state.{state}" for state in State} | {f"word.move.{move}" for move in Move}
    wanted |= {f"word.verb.{verb}" for verb in verbs}
    assert wanted - replies.keys == set()


def test_every_message_of_the_command_line_is_used_and_exists() -> None:
    messages = yaml.safe_load((PROJECT / "bot/cli/messages.yaml").read_text("utf-8"))
    code = _all_code()
    named = set(KEY.findall(code)) | set(re.findall(r'(?:say|text|Fault)\("([a-z_.]+)"', code))
    built = {key for key in messages if key.startswith(("config.", "doctor."))}  # f"config.{kind}", f"doctor.{part}"
    assert set(messages) - named - built - {"help"} == set()


def _all_code() -> str:
    return "\n".join(_strings(file) for file in _sources())
