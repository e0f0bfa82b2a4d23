"""Photos that people send: checked, and stripped of where and when and with which phone they were taken."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
QUALITIES: Final = (88, 75, 60)
ATTEMPTS_MAX: Final = 6
SHRINK: Final = 0.7

# What Pillow raises on damaged files; warnings too, where they are made errors.
DAMAGE: Final = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error, zlib.error, Warning)


class UnusablePicture(ValueError):
    """Not an image, of a format we do not open, or too large even when made smaller. The text says which."""


def clean(content: bytes, *, max_bytes: int, max_pixels: int) -> bytes:
    """The same picture as JPEG (PNG where it is transparent), upright, of at most `max_bytes`, with nothing else in it.

    It is written anew from its pixels, so that no metadata of any kind survives. Only the header is read before its
    size is known: what unpacks to more than `max_pixels` is refused, not unpacked.
    """
    if len(content) > max_bytes * 4:
        raise UnusablePicture("too many bytes")
    picture = _opened(content, max_pixels)
    for _ in range(ATTEMPTS_MAX):
        for written in _written(picture):
            if len(written) <= max_bytes:
                return written
        picture = picture.resize((_shrunk(picture.width), _shrunk(picture.height)))
    raise UnusablePicture("too many bytes")


def _shrunk(length: int) -> int:
    return max(1, int(length * SHRINK))


def _opened(content: bytes, max_pixels: int) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > max_pixels:
                raise UnusablePicture("too many pixels")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            transparent = picture.has_transparency_data
    except UnusablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture("too many pixels") from None
    except DAMAGE as error:
        raise UnusablePicture("not an image") from error
    return upright.convert("RGBA" if transparent else "RGB")


def _written(picture: Image.Image) -> Iterator[bytes]:
    if picture.mode == "RGBA":
        yield _saved(picture, "PNG")
        return
    for quality in QUALITIES:
        yield _saved(picture, "JPEG", quality=quality)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    target = io.BytesIO()
    picture.info.clear()
    picture.save(target, kind, **options)
    return target.getvalue()
