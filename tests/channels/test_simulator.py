"""The chat that exists in memory only: what left stays to be looked at, but not every file for ever."""

from __future__ import annotations

from bot.channels.simulator import KEPT_FILES, Simulator
from bot.message import Connected, File, Outbound, OutboundKind
from tests.assistants import MORNING


async def test_of_old_files_the_name_is_left() -> None:
    simulator = Simulator(Connected("bot", "小助手", MORNING), lambda: MORNING, echoes=False)
    for number in range(KEPT_FILES + 1):
        name = f"{number}.docx"
        await simulator.send(Outbound(name, OutboundKind.REPLY, name, contact="wx_li", file=File(name, b"PK")))
        await simulator.send(Outbound("words", OutboundKind.REPLY, "words", contact="wx_li"))
    left = [sent.outbound for sent in simulator.sent if sent.outbound.text != "words"]
    assert [outbound.text for outbound in left] == [f"{number}.docx" for number in range(KEPT_FILES + 1)]
    assert [outbound.file is None for outbound in left] == [True] + [False] * KEPT_FILES
