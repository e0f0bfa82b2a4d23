"""Documentation that fails the build: what it names exists, and what exists is named."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
import yaml
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from bot.app import command_words
from bot.cli import app
from bot.message import OutboundKind
from bot.settings import Settings, load_settings
from intents.features import FEATURES
from intents.policy.deciding import Verdict
from intents.understanding.schema import read_rules
from storage.failpoint import NAMES
from storage.messages import SendState
from storage.tables import Base
from tests.docs.drawing import ARCHITECTURE, LIFE_OF_A_CASE, LIFE_OF_A_SIGN_UP, drawn, lifecycle
from tests.docs.pages import (
    DOCS,
    GUIDE,
    PAGES,
    PROJECT,
    anchors,
    blocks,
    code,
    links,
    names,
    rows,
    spans,
    text,
    words_in_code,
)
from tests.docs.sign_up_life import sign_up_life

README = PROJECT / "README.md"
GLOSSARY = DOCS / "glossary.md"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
FILE = re.compile(r"[\w./-]+/[\w./-]*|[\w-]+\.(?:py|yaml|toml|md|bat|txt)")
NOT_OURS = frozenset({".cache/gateway", ".wechaty/", "var/", "var/linli.key", "var/synonyms.yaml"})
BY_THEMSELVES = frozenset({"LINLI_KEY", "LINLI_LOG_LEVEL", "LINLI_CACHE", "LINLI_CRASH_AT"})
ONE_PAGE = 40
ROLES = {
    "admin": "管理员",
    "worker": "社工",
    "grid": "网格员",
    "mediator": "调解员",
    "property": "物业",
    "viewer": "查看",
}
LATER = frozenset({"加分", "审核", "冲正", "兑换", "取货"})
"""Commands of features that are not there yet."""


def by_name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def pyproject() -> dict[str, Any]:
    return tomllib.loads(text(PROJECT / "pyproject.toml"))


def commands() -> dict[str, Any]:
    found: dict[str, Any] = getattr(typer.main.get_command(app), "commands")  # noqa: B009 - typer types it as a plain command
    return found


def all_commands() -> dict[str, Any]:
    """Those of groups too, by their whole name: `policy import`."""
    found: dict[str, Any] = {}
    for name, command in commands().items():
        inner = getattr(command, "commands", None)
        found.update({f"{name} {word}": one for word, one in inner.items()} if inner else {name: command})
    return found


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of the configuration with its default; of a list of things, the keys of one."""
    for name, field in model.model_fields.items():
        inner = [one for one in (field.annotation, *get_args(field.annotation)) if _is_model(one)]
        if inner:
            yield from leaves(inner[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.default


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def shown(default: Any) -> str:
    """A default as the guide writes it."""
    if default is PydanticUndefined:
        return "必填"
    if default in (None, (), "", {}) or isinstance(default, SecretStr):
        return "空"
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, time):
        return f"{default:%H:%M}"
    return f"{default:g}" if isinstance(default, float | int) else str(default)


class TestCommands:
    def test_every_linli_command_that_a_page_names_exists(self) -> None:
        named = {
            (by_name(page), words)
            for page in PAGES
            for words in re.findall(r"linli(?: --db \S+)? ([a-z][a-z-]*(?: [a-z]+)?)", code(page))
        }
        known = set(all_commands())
        assert {one for one in named if one[1] not in known and one[1].split()[0] not in known} == set()

    def test_every_flag_of_linli_that_a_page_names_exists(self) -> None:
        known = {flag for command in all_commands().values() for option in command.params for flag in option.opts}
        known |= {"--config", "--db", "--debug", "--help"}
        named = {
            flag
            for page in PAGES
            for line in re.findall(r"linli .*", code(page))
            for flag in re.findall(r" (--[\w-]+)", line)
        }
        assert named - known == set()

    def test_every_linli_command_is_in_the_guide(self) -> None:
        assert {name for name in all_commands() if f"linli {name}" not in code(GUIDE)} == set()

    def test_every_make_target_that_a_page_names_exists(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", text(PROJECT / "Makefile"), re.MULTILINE))
        named = {target for page in PAGES for target in re.findall(r"\bmake ([a-z-]+)", code(page))}
        assert named - targets == set()
        assert {"make run", "make test"} <= {line.split("#")[0].strip() for line in blocks(README)[0].splitlines()}

    def test_the_two_readmes_show_the_same_commands(self) -> None:
        shown_here, shown_there = (
            [line.split("#")[0].strip() for block in blocks(page) for line in block.splitlines()]
            for page in (README, PROJECT / "README.zh.md")
        )
        assert shown_here == shown_there


class TestStaffCommands:
    def test_the_table_lists_each_command_as_it_is_typed(self) -> None:
        shown_as = [names(row[0])[0] for row in rows(GUIDE, "## 命令")]
        usages = [usage for feature in FEATURES for command in feature.staff for usage in command.usage.split(" · ")]
        assert shown_as == [_typed(usage) for usage in usages]

    def test_the_table_says_who_may_give_it(self) -> None:
        given = {names(row[0])[0].split()[0]: row[2] for row in rows(GUIDE, "## 命令")}
        for feature in FEATURES:
            for command in feature.staff:
                expected = "、".join(ROLES[role] for role in command.roles) or "所有工作人员"
                assert given[command.word] == expected, command.word

    def test_every_example_is_understood_as_a_command(self) -> None:
        words = command_words()
        examples = [line for block in blocks(GUIDE, "命令") for line in block.splitlines()]
        assert examples
        assert [line for line in examples if words.parse(line) is None] == []

    def test_no_page_shows_a_command_that_is_not_there(self) -> None:
        assert {span for span in spans(GUIDE) if span.split()[0] in LATER} == set()


def _typed(usage: str) -> str:
    """`为什么` is given by quoting, which its usage says in words."""
    return usage.rsplit(maxsplit=1)[-1] if usage.startswith("引用") else usage


class TestConfiguration:
    def test_the_guide_describes_every_key_with_its_default(self) -> None:
        described = {names(row[0])[0]: row[1] for row in rows(GUIDE, "## config.yaml 里的每一项")}
        assert described == {key: shown(default) for key, default in leaves(Settings)}

    def test_every_key_of_the_shipped_file_is_one_of_them(self) -> None:
        content = yaml.safe_load(text(PROJECT / "config.yaml"))
        tops = {key.split(".")[0] for key, _ in leaves(Settings)}
        assert set(content) == tops
        load_settings(PROJECT / "config.yaml")

    def test_every_key_that_a_page_names_exists(self) -> None:
        known = {key for key, _ in leaves(Settings)}
        known |= {key.rsplit(".", depth)[0] for key in known for depth in range(1, key.count(".") + 1)}
        tops = {key.split(".")[0] for key in known}
        dotted = re.compile(r"(?<![\w./-])[a-z_]+(?:\.[a-z_]+)+(?![\w(/])")
        named = {key for page in PAGES for key in dotted.findall("\n".join(spans(page)))}
        suspects = {key for key in named if key.split(".")[0] in tops and not FILE.fullmatch(key)}
        assert suspects - known - _other_dotted_names() == set()

    def test_every_variable_of_the_environment_that_a_page_names_exists(self) -> None:
        known = BY_THEMSELVES | {f"LINLI_{key.replace('.', '__').upper()}" for key, _ in leaves(Settings)}
        named = {name for page in PAGES for name in re.findall(r"LINLI_[A-Z_]+", text(page))}
        assert named - known == set()
        assert BY_THEMSELVES - words_in_code() == set()


def _other_dotted_names() -> set[str]:
    """Dotted names that are something else: a table's column, an intent, a reply, a kind of due row."""
    found = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    for feature in FEATURES:
        found |= set(yaml.safe_load(text(feature.replies))) | set(feature.router.due_handlers)
        found |= {rule.intent for file in feature.rules for rule in read_rules(file).rules if rule.intent}
    return found


class TestArchitecture:
    def test_the_life_of_a_case_is_drawn_from_the_code(self) -> None:
        assert drawn(text(ARCHITECTURE), LIFE_OF_A_CASE) == lifecycle(), "python -m tests.docs.drawing draws it anew"

    def test_the_life_of_a_sign_up_is_drawn_as_its_table_says(self) -> None:
        assert drawn(text(ARCHITECTURE), LIFE_OF_A_SIGN_UP) == sign_up_life(), "python -m tests.docs.drawing"

    def test_the_rooms_import_each_other_as_the_checks_say(self) -> None:
        [contract] = [one for one in pyproject()["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
        layers = []
        for layer in contract["layers"]:
            modules = {module.strip() for module in layer.split(":")}
            layers.append("bot.app, bot.cli" if "bot.app" in modules else min(modules).split(".")[0])
        assert " -> ".join(layers) in {block.strip() for block in blocks(ARCHITECTURE)}

    def test_the_states_of_an_outgoing_message(self) -> None:
        tables = rows(ARCHITECTURE, "## The outbox")
        named = [names(row[0])[0] for row in tables if names(row[0])]
        assert set(named) == {str(state) for state in SendState} | {str(kind) for kind in OutboundKind}

    def test_the_points_at_which_it_may_die(self) -> None:
        assert {name for row in rows(ARCHITECTURE, "## When it dies") for name in names(row[0])} == NAMES

    def test_every_table_and_its_file(self) -> None:
        described = {
            name: names(row[1])[0] for row in rows(ARCHITECTURE, "## The transaction") for name in names(row[0])
        }
        files = {
            mapper.class_.__tablename__: mapper.class_.__module__.replace(".", "/") + ".py"
            for mapper in Base.registry.mappers
        }
        assert described == files

    def test_the_middlewares_in_their_order(self) -> None:
        _, _, rest = text(PROJECT / "bot/app.py").partition("middlewares: list[Middleware] = [")
        built, _, _ = rest.partition("\n        ]")
        in_code = [name.lower() for name in re.findall(r"^ {12}(\w+)", built, re.MULTILINE)]
        assert [names(row[0])[0] for row in rows(ARCHITECTURE, "## The life of a message")] == in_code

    def test_what_may_be_decided_of_a_question(self) -> None:
        decided = [names(row[0])[0] for row in rows(ARCHITECTURE, "## From a question to an answer")]
        assert decided == [str(verdict) for verdict in Verdict]

    def test_every_kind_of_due_row(self) -> None:
        kinds = {name for row in rows(ARCHITECTURE, "## What falls due") for name in names(row[0])}
        registered = {kind for feature in FEATURES for kind in feature.router.due_handlers}
        assert kinds == registered | {"dialog.timeout", "retention"}


class TestNames:
    @pytest.mark.parametrize("page", PAGES, ids=by_name)
    def test_links_lead_somewhere(self, page: Path) -> None:
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path) if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link

    @pytest.mark.parametrize("page", PAGES, ids=by_name)
    def test_paths_exist(self, page: Path) -> None:
        known = {file.name for file in _files()}
        for span in spans(page):
            if FILE.fullmatch(span) and span not in NOT_OURS:
                assert span in known if "/" not in span else (PROJECT / span).exists(), span

    @pytest.mark.parametrize("page", [ARCHITECTURE, GLOSSARY, PROJECT / "CONTRIBUTING.md", *DECISIONS], ids=by_name)
    def test_identifiers_exist(self, page: Path) -> None:
        libraries = set(_libraries())
        for span in spans(page):
            if re.fullmatch(r"[A-Za-z_][\w.]*(?:\(.*\))?", span) and not FILE.fullmatch(span) and span not in libraries:
                bare = span.partition("(")[0]
                assert set(bare.split(".")) <= words_in_code(), span

    def test_every_term_of_the_glossary_has_an_identifier(self) -> None:
        heads = re.findall(r"^## .+$", text(GLOSSARY), re.MULTILINE)
        for head in heads:
            assert [row for row in rows(GLOSSARY, head) if not names(row[2])] == []


def _files() -> Iterator[Path]:
    for folder, subfolders, files in os.walk(PROJECT):
        subfolders[:] = [one for one in subfolders if one == ".ci" or not one.startswith(".")]
        yield from (Path(folder) / file for file in files)


def _libraries() -> list[str]:
    project = pyproject()["project"]
    needed = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return [re.split(r"[^\w-]", one)[0] for one in needed]


class TestDecisions:
    def test_they_are_numbered_and_keep_their_form(self) -> None:
        assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
        for page in DECISIONS:
            content = text(page)
            assert content.startswith(f"# {int(page.name[:4])}. "), page.name
            assert re.findall(r"^## (\w+)$", content, re.MULTILINE) == ["Context", "Decision", "Consequences"], (
                page.name
            )
            assert len(content.splitlines()) <= ONE_PAGE, page.name

    def test_every_library_has_its_line(self) -> None:
        [page] = [page for page in DECISIONS if "libraries" in page.name]
        described = {name for row in rows(page, "## Decision") for name in names(row[0])}
        assert described == set(_libraries())


class TestReleases:
    def test_the_changelog_knows_this_version(self) -> None:
        [latest, *_] = re.findall(r"^## \[([\d.]+)\]", text(PROJECT / "CHANGELOG.md"), re.MULTILINE)
        assert latest == pyproject()["project"]["version"]

    def test_the_licence_is_the_one_named(self) -> None:
        assert pyproject()["project"]["license"] == "Apache-2.0"
        assert "Version 2.0, January 2004" in text(PROJECT / "LICENSE")
