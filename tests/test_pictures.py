from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zlib
from random import Random
from typing import Any

import pytest
from PIL import Image

from bot.pictures import UnusablePicture, clean

MB = 2**20


def photo(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(target, kind, **options)
    return target.getvalue()


def noise(size: tuple[int, int], mode: str = "RGB", kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    channels = len(mode)
    Image.frombytes(mode, size, Random(1).randbytes(size[0] * size[1] * channels)).save(target, kind)
    return target.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Huawei"
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 49.0, 12.5), 3: "E", 4: (111.0, 39.0, 7.25)})
    return photo(exif=exif, comment=b"taken at home")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_nothing_of_the_camera_or_the_place_survives() -> None:
    cleaned = clean(with_exif(), max_bytes=MB, max_pixels=10**7)
    assert not opened(cleaned).getexif()
    assert b"Huawei" not in cleaned
    assert b"taken at home" not in cleaned
    assert b"Exif" not in cleaned


def test_it_stands_upright() -> None:
    assert opened(clean(with_exif(), max_bytes=MB, max_pixels=10**7)).size == (300, 400)


def test_text_chunks_of_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    info = PngInfo()
    info.add_text("Author", "wang")
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(target, "PNG", pnginfo=info)
    cleaned = clean(target.getvalue(), max_bytes=MB, max_pixels=10**7)
    assert b"wang" not in cleaned
    assert opened(cleaned).format == "PNG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_the_formats_people_send(kind: str) -> None:
    assert opened(clean(photo(kind=kind), max_bytes=MB, max_pixels=10**7)).size == (400, 300)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "I;16"])
def test_other_colour_modes(mode: str) -> None:
    target = io.BytesIO()
    picture = Image.new(mode, (40, 30))
    picture.save(target, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(clean(target.getvalue(), max_bytes=MB, max_pixels=10**7)).size == (40, 30)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_too_many_bytes_are_made_fewer(mode: str) -> None:
    large = noise((400, 400), mode)
    assert len(large) > 200_000
    cleaned = clean(large, max_bytes=200_000, max_pixels=10**7)
    assert len(cleaned) <= 200_000


def test_far_too_many_bytes() -> None:
    with pytest.raises(UnusablePicture, match="bytes"):
        clean(noise((400, 400)), max_bytes=10_000, max_pixels=10**7)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\xff\xd8\xff\xe0" + bytes(50), photo()[:300], b"%PDF-1.7 nothing", b"<svg xmlns='x'/>"],
    ids=["empty", "text", "header only", "cut off", "pdf", "svg"],
)
def test_not_an_image(content: bytes) -> None:
    with pytest.raises(UnusablePicture, match="not an image"):
        clean(content, max_bytes=MB, max_pixels=10**7)


def test_damage_is_never_another_error() -> None:
    random = Random(7)
    for whole in (photo(), photo(kind="PNG"), photo(kind="GIF"), photo(kind="WEBP"), photo(kind="BMP")):
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(random.randint(1, 12)):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            with contextlib.suppress(UnusablePicture):
                assert len(clean(bytes(damaged), max_bytes=MB, max_pixels=10**6)) <= MB


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_a_bomb_is_refused_before_it_unpacks(side: int) -> None:
    content = bomb(side, side)
    tracemalloc.start()
    try:
        with pytest.raises(UnusablePicture, match="pixels"):
            clean(content, max_bytes=MB, max_pixels=25_000_000)
        assert tracemalloc.get_traced_memory()[1] < MB
    finally:
        tracemalloc.stop()
