"""aiogram with one handler behind one regular expression, on the messages of a file. Runs in a venv of its own.

As `b_aiogram_one.py` of the first measurements: updates are made beforehand, only the dispatching is timed.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib
import json
import logging
import re
import sys
import time
from pathlib import Path
from typing import Any


async def main(file: Path) -> None:
    logging.disable(logging.CRITICAL)
    aiogram: Any = importlib.import_module("aiogram")
    content = json.loads(file.read_text("utf-8"))
    wanted = re.compile("|".join(map(re.escape, content["words"])))
    heard = 0

    async def has_word(message: Any) -> bool:
        return wanted.search(message.text or "") is not None

    async def handle(message: Any) -> None:
        nonlocal heard
        heard += 1

    bot, dispatcher, router = aiogram.Bot("42:TEST"), aiogram.Dispatcher(), aiogram.Router()
    router.message.register(handle, has_word)
    dispatcher.include_router(router)
    updates = {name: _updates(aiogram.types, texts) for name, texts in content["sets"].items()}
    print("ready", aiogram.__version__, flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            return
        name, times = line.split()
        start = time.perf_counter()
        for _ in range(int(times)):
            for update in updates[name]:
                await dispatcher.feed_update(bot, update)
        print(time.perf_counter() - start, flush=True)


def _updates(types: Any, texts: list[str]) -> list[Any]:
    chat, now = types.Chat(id=-100, type="group", title="g"), datetime.datetime.now(datetime.UTC)
    people = [types.User(id=number, is_bot=False, first_name="u") for number in range(300)]
    return [
        types.Update(
            update_id=number,
            message=types.Message(message_id=number, date=now, chat=chat, from_user=people[number % 300], text=text),
        )
        for number, text in enumerate(texts)
    ]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
