"""Every sentence that a rule file gives as an example is heard as such, and every `not:` sentence is not."""

from __future__ import annotations

import pytest

from bot.message import Understanding
from intents.understanding.rules import ReadyRule
from tests.understanding.judged import judge, understood

EXAMPLES = [(rule, text) for rule in judge().rules for text in rule.rule.examples]
COUNTEREXAMPLES = [(rule, text) for rule in judge().rules for text in rule.rule.counterexamples]


def name(value: object) -> str:
    return value.rule.name if isinstance(value, ReadyRule) else str(value)


def heard(ready: ReadyRule, text: str) -> Understanding:
    """Where the rule listens: in a group, there also with a mention or beside a quote, or in private."""
    private, quoting = ready.rule.where == "private", ready.rule.needs_quote
    return understood(text, mentioned=text.startswith("@小助手"), private=private, quoting=quoting)


@pytest.mark.parametrize(("ready", "text"), EXAMPLES, ids=name)
def test_an_example_reaches_its_intent_and_category(ready: ReadyRule, text: str) -> None:
    found = heard(ready, text)
    if ready.rule.quiet:
        assert (found.intent, found.speak, found.lead) == (None, False, True)
        return
    assert found.intent == ready.rule.intent
    if ready.rule.category:
        assert found.category == ready.rule.category


@pytest.mark.parametrize(("ready", "text"), COUNTEREXAMPLES, ids=name)
def test_a_counterexample_does_not(ready: ReadyRule, text: str) -> None:
    found = heard(ready, text)
    assert not (found.speak and found.intent == ready.rule.intent)
