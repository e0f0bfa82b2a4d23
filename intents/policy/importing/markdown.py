"""A policy as a text with its fields in front, between two lines of ---."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from frontmatter.default_handlers import YAMLHandler

from intents.policy.importing.cleaning import one_line, seen
from intents.policy.importing.encodings import MARK, encoding_of
from intents.policy.importing.fields import Gathered
from intents.policy.importing.limits import DEEPEST_FRONT_MATTER, LARGEST_FRONT_MATTER, LARGEST_TEXT, MOST_LINES
from intents.policy.importing.outcomes import Refused, Row, Tell, Unreadable
from intents.policy.importing.plain_text import blocks_of
from intents.policy.importing.sections import Document, title_of
from storage.policy_entry import LONGEST_BODY

_Loader: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_EMPTY: Final = ("", "~", "null")
_DEEPER: Final = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_UP: Final = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def read_markdown(path: Path, file: str, tell: Tell) -> Iterator[Row | Refused]:
    size = path.stat().st_size
    if size > LARGEST_TEXT:
        yield Refused(file, 1, "body", "importing.text_too_large", {"size": size // 1_000_000, "most": LONGEST_BODY})
        return
    encoding = encoding_of(path, is_rows=False)
    text = path.read_bytes().removeprefix(MARK).decode(encoding)
    text = seen(text)
    if not text.strip():
        raise Unreadable("importing.empty_file")
    if text.count("\n") > MOST_LINES:
        yield Refused(file, 1, "body", "importing.too_many_lines", {"most": MOST_LINES})
        return
    gathered, lines, body, first = _parted(text)
    known = "title" in gathered.values
    blocks = blocks_of(body, first)
    title = title_of(blocks, or_first_line=False)
    if known and title is not None and one_line(str(gathered.values["title"])) != one_line(title.text):
        title = None
    document = Document().read(blocks, title=title)
    values = {**document.values, **gathered.values}
    values.setdefault("id", path.stem)
    names = {**document.names, **gathered.names}
    yield Row(file, 1, values, names, {**document.lines, **lines}, tuple(gathered.unknown))
    tell(1)


def _parted(text: str) -> tuple[Gathered, dict[str, int], str, int]:
    """Fields, their lines, the text after them and the number of its first line."""
    start = text.lstrip("\n ")
    before = text[: len(text) - len(start)].count("\n")
    gathered = Gathered()
    try:
        fields, body = YAMLHandler().split(start) if start.startswith("---") else ("", text)
    except ValueError:
        raise Unreadable("importing.front_matter_open", before + 1) from None
    if not fields:
        return gathered, {}, text, 1
    before += start[: start.index(fields)].count("\n")
    node = _composed(fields, before)
    if not isinstance(node, yaml.MappingNode):
        return gathered, {}, text, 1
    pairs = [(key.value, _value(value)) for key, value in node.value if isinstance(key, yaml.ScalarNode)]
    gathered.take(pairs)
    found = {one_line(str(key.value)): before + 1 + key.start_mark.line for key, _ in node.value}
    lines = {name: found[written] for name, written in gathered.names.items() if written in found}
    return gathered, lines, body, 1 + text[: len(text) - len(body)].count("\n")


def _composed(fields: str, before: int) -> yaml.Node | None:
    """Looked at event by event first: no depth, no size and no reference to itself is ever built."""
    if len(fields) > LARGEST_FRONT_MATTER:
        raise Unreadable("importing.front_matter_size", before + 1, most=LARGEST_FRONT_MATTER // 1000)
    depth = 0
    try:
        for event in yaml.parse(fields, Loader=_Loader):
            depth += isinstance(event, _DEEPER) - isinstance(event, _UP)
            if depth > DEEPEST_FRONT_MATTER or isinstance(event, yaml.AliasEvent):
                raise Unreadable(
                    "importing.front_matter", before + 1 + (event.start_mark.line if event.start_mark else 0)
                )
        node: yaml.Node | None = yaml.compose(fields, Loader=_Loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise Unreadable("importing.front_matter", before + 1 + (mark.line if mark else 0)) from None
    except yaml.YAMLError:
        raise Unreadable("importing.front_matter", before + 1) from None
    return node


def _value(node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return "" if not node.style and node.value in _EMPTY else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(one) for one in node.value]
    return {str(key.value): _value(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
