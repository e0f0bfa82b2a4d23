"""Words of a search by jieba, which is large and slow to load: only when somebody searches, and never in the event loop."""

from __future__ import annotations

import asyncio
import logging
import warnings

MOST_WORDS = 8


async def search_words(text: str) -> list[str]:
    """The words worth looking for: of two or more characters, or whatever was set apart by spaces."""
    return await asyncio.to_thread(_segmented, text)


def _segmented(text: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own source warns on newer Pythons
        import jieba  # noqa: PLC0415 - 80 MB and a second

        jieba.setLogLevel(logging.ERROR)
        typed = text.split()
        words = [word for part in typed for word in jieba.cut(part) if len(word) > 1 or part == word]
    return list(dict.fromkeys(words or typed))[:MOST_WORDS]
