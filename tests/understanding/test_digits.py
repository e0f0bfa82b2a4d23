"""Lists of numbers as staff type them."""

from __future__ import annotations

import pytest

from intents.understanding.digits import names_more_than, numbers_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3、5 8-10", [3, 5, 8, 9, 10]),
        ("１～３", [1, 2, 3]),
        ("999999", [999999]),
        ("99999999", None),
        ("1-9999999", None),
        ("12345671234567", None),
        ("1-101", None),
        ("3-1", None),
        ("", None),
        ("三", None),
        ("1a", None),
    ],
)
def test_numbers_and_ranges(text: str, numbers: list[int] | None) -> None:
    assert numbers_of(text, 100) == numbers


@pytest.mark.parametrize(
    ("text", "too_many"),
    [
        ("1-101", True),
        ("1-99999999999", True),
        ("1-" + "9" * 3_000, True),
        ("1-100", False),
        ("99999999", False),
        ("abc", False),
        ("", False),
    ],
)
def test_too_many_of_them(text: str, too_many: bool) -> None:
    assert names_more_than(text, 100) is too_many
