"""Where a real component is missing its tests are skipped loudly; in CI a skip fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TESTS = """
import pytest

def test_with_a_real_server():
    pytest.skip("PostgreSQL cannot run here")

def test_without():
    pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(("in_ci", "status"), [("true", 1), ("", 0)])
def test_a_skip_is_loud_and_fails_in_ci(tmp_path: Path, in_ci: str, status: int, workers: str) -> None:
    (tmp_path / "test_something.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pytest.ini", "-n", workers),
            "test_something.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "CI": in_ci, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "NOT EVERYTHING WAS TESTED" in ran.stdout
    assert "1 × PostgreSQL cannot run here" in ran.stdout
