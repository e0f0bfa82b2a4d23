"""Files as the gateway packs them: "file boxes", JSON with the bytes inside or with where to fetch them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from bot.channels.wechaty.gateway import Gateway
from bot.message import File, Picture

BASE64 = 1
UUID = 7

INLINE_MAX_BYTES = 20 * 1024
"""What the gateway itself sends inside the JSON; anything larger travels by Upload and Download."""


class Unreadable(ValueError):
    """A box of a type we do not open, or too large. The text names the reason, not the file."""


async def open_box(gateway: Gateway, box: str, *, max_bytes: int) -> Picture:
    fields: dict[str, Any] = json.loads(box)
    if _says_too_large(fields, max_bytes):
        raise Unreadable("too large")
    content = await _content(gateway, fields, max_bytes)
    if content is None or len(content) > max_bytes:
        raise Unreadable("too large")
    return Picture(content, name=str(fields.get("name", "")))


def _says_too_large(fields: dict[str, Any], max_bytes: int) -> bool:
    size = fields.get("size")
    encoded = fields.get("base64") or ""
    return (isinstance(size, int) and size > max_bytes) or len(encoded) > max_bytes * 4 // 3 + 4


async def _content(gateway: Gateway, fields: dict[str, Any], max_bytes: int) -> bytes | None:
    kind = fields.get("type") or fields.get("boxType")
    if kind == BASE64:
        try:
            return base64.b64decode(fields["base64"])
        except (binascii.Error, KeyError, TypeError) as error:
            raise Unreadable("broken base64") from error
    if kind == UUID:
        return await gateway.download(str(fields.get("uuid", "")), max_bytes=max_bytes)
    raise Unreadable(f"box type {kind!r}")


async def pack(gateway: Gateway, file: File) -> str:
    """The box to send, its bytes uploaded first where they are many. WeChat tells images by the name's ending."""
    common: dict[str, Any] = {"name": file.name, "metadata": {}, "size": len(file.content)}
    if len(file.content) <= INLINE_MAX_BYTES:
        where = {"type": BASE64, "boxType": BASE64, "base64": base64.b64encode(file.content).decode()}
    else:
        where = {"type": UUID, "boxType": UUID, "uuid": await gateway.upload(file.content)}
    return json.dumps(common | where)
