"""Fixtures that every folder may use, and what a skipped test means: a loud line here, a failure in CI."""

from __future__ import annotations

import gc
import os

import pytest

from tests.assistants import assistant, world, world_on_both
from tests.databases import database, database_url, empty_url, shelf, vault

__all__ = ["assistant", "database", "database_url", "empty_url", "shelf", "vault", "world", "world_on_both"]


def pytest_collection_finish() -> None:
    """What is there now stays until the end, and need not be looked through again and again."""
    gc.collect()
    gc.freeze()


def _skipped(config: pytest.Config) -> list[str]:
    """Why tests were skipped, each reason once."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter is not None else []
    reasons = [report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in reports]
    return [f"{reasons.count(reason)} × {reason.removeprefix('Skipped: ')}" for reason in dict.fromkeys(reasons)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reasons = _skipped(config)
    if not reasons:
        return
    in_ci = os.environ.get("CI") == "true"
    terminalreporter.section("NOT EVERYTHING WAS TESTED", sep="!", red=in_ci, yellow=not in_ci, bold=True)
    for reason in reasons:
        terminalreporter.line(f"skipped: {reason}")
    if in_ci:
        terminalreporter.line("In CI a skipped test fails the run.", red=True)
