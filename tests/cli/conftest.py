from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Linli


@pytest.fixture
def linli(tmp_path: Path) -> Linli:
    return Linli(tmp_path)
