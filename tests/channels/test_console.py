"""What is sent stands in the terminal; a file by its name."""

from __future__ import annotations

from io import StringIO

from bot.channels.console import Console
from bot.message import Echo, Event, File, Outbound, OutboundKind
from tests.assistants import MORNING

PAGE = File("学习页.docx", b"PK")


async def test_a_file_is_named_on_a_line_of_its_own() -> None:
    shown, heard = StringIO(), list[Event]()

    async def feed(event: Event) -> None:
        heard.append(event)

    console = Console(["小助手"], lambda: MORNING, read=StringIO(), write=shown)
    await console.run(feed)
    await console.send(Outbound("out-1", OutboundKind.REPLY, "这周的学习页", contact="wx_li"))
    await console.send(Outbound("out-2", OutboundKind.REPLY, PAGE.name, contact="wx_li", file=PAGE))
    assert "(wx_li) 小助手: 这周的学习页\n" in shown.getvalue()
    assert "(wx_li) 小助手: <学习页.docx>\n" in shown.getvalue()
    echoes = [(one.text, one.contact, one.is_file) for one in heard if isinstance(one, Echo)]
    assert echoes == [("这周的学习页", "wx_li", False), (PAGE.name, "wx_li", True)]
