"""What a rule file may hold, checked when the assistant starts. What it means is in `rules.py`.

A file is a list of rules, or a mapping with `lists` (named words, usable as `$name` in every file) and `rules`.
Words are a list or one line with spaces between them. All the conditions a rule has must hold:

    any       one of the words         all    each of them (a `$list` counts as one of its words)
    none      none of the words        pairs  a thing and a fault at most `within` characters apart; several: any of them
    pattern   a google-re2 expression over the folded text
    unless    another, which must not be found there
    needs_mention, needs_address, needs_quote, where (group | private)

`sounds: true` needs no words: the rule holds where the weights of `sounding.py` hear its intent, with a margin that
`weighing.py` knows by the intent, or of `heard_from` where a rule without words has to be surer.
`quiet: true` keeps what a rule finds as a lead, without an intent; `alone: true` leaves place and signals out of its score.
`perhaps: true` never speaks, however high its score: it is a lead at most, and gives way to a rule that speaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import re2
import yaml

from intents.understanding.errors import RuleError
from intents.understanding.yaml_source import Step, line_of, load_yaml

RULE_KEYS: Final = (
    *(
        "name",
        "intent",
        "category",
        "any",
        "all",
        "none",
        "pairs",
        "pattern",
        "unless",
        "needs_mention",
        "needs_address",
        "needs_quote",
        "where",
    ),
    *("sounds", "heard_from", "quiet", "perhaps", "alone", "score", "urgency", "examples", "not"),
)
PAIR_KEYS: Final = ("things", "faults", "within")
URGENCIES: Final = ("P0", "P1", "P2", "P3")
_INTENT: Final = re.compile(r"[a-z]+\.[a-z_]+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    things: Words
    faults: Words
    within: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as written, words still with their `$lists`."""

    name: str
    file: Path
    index: int
    intent: str | None
    score: float
    category: tuple[str, str] | None = None
    any: Words = ()
    all: Words = ()
    none: Words = ()
    pairs: tuple[Pair, ...] = ()
    pattern: str | None = None
    unless: str | None = None
    needs_mention: bool = False
    where: str | None = None
    sounds: bool = False
    heard_from: float | None = None
    quiet: bool = False
    perhaps: bool = False
    alone: bool = False
    needs_address: bool = False
    needs_quote: bool = False
    urgency: str | None = None
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def may_speak(self) -> bool:
        return not self.quiet and not self.perhaps


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a file: every check goes through it, so that a fault knows its line."""

    file: Path
    steps: tuple[Step, ...]
    value: Any

    def fault(self, key: str, **params: Any) -> RuleError:
        return RuleError(self.file, line_of(self.file, self.steps), key, **params)

    def __getitem__(self, step: Step) -> Node:
        return Node(self.file, (*self.steps, step), self.value[step])

    def mapping(self, known: Sequence[str]) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.typed(dict)
        for key in value:
            if key not in known:
                raise Node(self.file, (*self.steps, key), None).fault("unknown_key", name=key, known=" ".join(known))
        return value

    def typed(self, expected: type | tuple[type, ...]) -> Any:
        if not isinstance(self.value, expected) or (isinstance(self.value, bool) and expected is not bool):
            names = expected if isinstance(expected, tuple) else (expected,)
            raise self.fault("wrong_type", name=self.steps[-1] if self.steps else "", expected=_kinds(names))
        return self.value

    def words(self) -> Words:
        value = self.typed((str, list))
        items = tuple(value.split()) if isinstance(value, str) else tuple(self[i].typed(str) for i in range(len(value)))
        if not items or not all(items):
            raise self.fault("empty", name=self.steps[-1])
        return items

    def pattern(self) -> str:
        pattern: str = self.typed(str)
        try:
            re2.compile(pattern, pattern_options())
        except re2.error as error:
            raise self.fault("bad_pattern", reason=_reason(error)) from error
        return pattern


def _kinds(expected: Sequence[type]) -> str:
    return "/".join(kind.__name__ for kind in expected)


@dataclass(frozen=True, slots=True)
class RuleFile:
    rules: tuple[Rule, ...]
    node: Node
    lists: Mapping[str, Node] = field(default_factory=dict)


def read_source(file: Path) -> Node:
    try:
        return Node(file, (), load_yaml(file))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RuleError(
            file, mark.line + 1 if mark else 1, "unreadable", reason=getattr(error, "problem", "")
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(file, 1, "unreadable", reason=str(error)) from error


def read_rules(file: Path) -> RuleFile:
    root = read_source(file)
    if isinstance(root.value, list):
        return RuleFile(_rules(root), root)
    if not isinstance(root.value, dict):
        raise root.fault("not_rules")
    content = root.mapping(("lists", "rules"))
    if "rules" not in content:
        return RuleFile((), root, read_lists(root))
    return RuleFile(_rules(root["rules"]), root["rules"], read_lists(root))


def read_lists(root: Node) -> Mapping[str, Node]:
    if "lists" not in root.value:
        return {}
    lists = root["lists"]
    return {name: lists[name] for name in lists.typed(dict)}


def _rules(node: Node) -> tuple[Rule, ...]:
    return tuple(_rule(node[i], i) for i in range(len(node.typed(list))))


def _rule(node: Node, index: int) -> Rule:
    given = node.mapping(RULE_KEYS)
    for key in ("name", "score"):
        if key not in given:
            raise node.fault("missing", name=key)
    name = node["name"].typed(str)

    def words(key: str) -> Words:
        return node[key].words() if key in given else ()

    def flag(key: str) -> bool:
        return bool(node[key].typed(bool)) if key in given else False

    rule = Rule(
        name=name,
        file=node.file,
        index=index,
        intent=_intent(node, given),
        score=_score(node["score"]),
        category=_category(node["category"]) if "category" in given else None,
        any=words("any"),
        all=words("all"),
        none=words("none"),
        pairs=_pairs(node["pairs"]) if "pairs" in given else (),
        pattern=node["pattern"].pattern() if "pattern" in given else None,
        unless=node["unless"].pattern() if "unless" in given else None,
        needs_mention=flag("needs_mention"),
        where=_choice(node["where"], ("group", "private")) if "where" in given else None,
        sounds=flag("sounds"),
        heard_from=float(node["heard_from"].typed((int, float))) if "heard_from" in given else None,
        quiet=flag("quiet"),
        perhaps=flag("perhaps"),
        alone=flag("alone"),
        needs_address=flag("needs_address"),
        needs_quote=flag("needs_quote"),
        urgency=_choice(node["urgency"], URGENCIES) if "urgency" in given else None,
        examples=_sentences(node, "examples"),
        counterexamples=_sentences(node, "not"),
    )
    _check_whole(node, rule)
    return rule


def _check_whole(node: Node, rule: Rule) -> None:
    if not (rule.any or rule.all or rule.pairs or rule.sounds or (rule.needs_mention and rule.pattern)):
        raise node.fault("no_words", name=rule.name)
    if not rule.examples:
        raise node.fault("no_examples", name=rule.name)


def _intent(node: Node, given: Mapping[str, Any]) -> str | None:
    if given.get("quiet") is True and "intent" not in given:
        return None
    if "intent" not in given:
        raise node.fault("missing", name="intent")
    intent: str = node["intent"].typed(str)
    if not _INTENT.fullmatch(intent):
        raise node["intent"].fault("bad_intent", name=intent)
    return intent


def _score(node: Node) -> float:
    score = float(node.typed((int, float)))
    if not 0 <= score <= 1:
        raise node.fault("bad_range", name="score", low=0, high=1)
    return score


def _category(node: Node) -> tuple[str, str]:
    levels = node.typed(list)
    if len(levels) != 2:
        raise node.fault("wrong_type", name="category", expected="[level1, level2]")
    return node[0].typed(str), node[1].typed(str)


def _choice(node: Node, choices: Sequence[str]) -> str:
    value: str = node.typed(str)
    if value not in choices:
        raise node.fault("wrong_type", name=node.steps[-1], expected="/".join(choices))
    return value


def _pairs(node: Node) -> tuple[Pair, ...]:
    value = node.typed((dict, list))
    return (_pair(node),) if isinstance(value, dict) else tuple(_pair(node[i]) for i in range(len(value)))


def _pair(node: Node) -> Pair:
    given = node.mapping(PAIR_KEYS)
    for key in ("things", "faults"):
        if key not in given:
            raise node.fault("missing", name=key)
    within = node["within"].typed(int) if "within" in given else 12
    if not 0 <= within <= 200:
        raise node["within"].fault("bad_range", name="within", low=0, high=200)
    return Pair(node["things"].words(), node["faults"].words(), within)


def pattern_options() -> Any:
    """The default options print a fault on stderr; the RuleError says it already."""
    options = re2.Options()
    options.log_errors = False
    return options


def _reason(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _sentences(node: Node, key: str) -> tuple[str, ...]:
    if key not in node.value:
        return ()
    sentences = node[key].typed(list)
    return tuple(node[key][i].typed(str) for i in range(len(sentences)))
