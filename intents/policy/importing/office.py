"""Word and Excel files are zips of XML, and both can lie. Here they are looked at before a library gets to read them.

What a library gets is a copy in memory with the checked XML alone: pictures and the like are empty in it, so that nothing is
unpacked that is not counted, and no second directory can say something else.
"""

from __future__ import annotations

import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final
from xml.parsers import expat

from intents.policy.importing.limits import (
    HIGHEST_RATIO,
    LARGEST_DIRECTORY,
    LARGEST_OFFICE_FILE,
    LARGEST_UNPACKED,
    MOST_MEMBERS,
    RATIO_FROM,
)
from intents.policy.importing.outcomes import Unreadable

TYPES: Final = "[Content_Types].xml"
CHUNK: Final = 1 << 16
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x06"
_END_SIZE: Final = 22
_END_64_SIZE: Final = 56
_LOCATOR_SIZE: Final = 20
_MAY_BE: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Office:
    """An open Word or Excel file whose directory has been checked."""

    def __init__(self, archive: zipfile.ZipFile, suffix: str, most: int) -> None:
        self._archive = archive
        self._suffix = suffix
        self._most = most
        self.names = archive.namelist()

    def scan(self, name: str, parser: Any) -> None:
        """Feed a member to an expat parser, piece by piece. A document type is refused: no entity is ever declared."""
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.buffer_text = True
        with self._archive.open(name) as member:
            for piece in self._pieces(member):
                parser.Parse(piece, False)
        parser.Parse(b"", True)

    def copy(self) -> BytesIO:
        """The same file with its XML alone, each member unpacked under the limit."""
        copied = BytesIO()
        with zipfile.ZipFile(copied, "w", zipfile.ZIP_STORED) as target:
            left = self._most
            for name in self.names:
                with target.open(name, "w") as written:
                    if not is_xml(name):
                        continue
                    with self._archive.open(name) as member:
                        for piece in self._pieces(member, left):
                            written.write(piece)
                            left -= len(piece)
        copied.seek(0)
        return copied

    def _pieces(self, member: IO[bytes], most: int = LARGEST_UNPACKED) -> Iterator[bytes]:
        while piece := member.read(CHUNK):
            most -= len(piece)
            if most < 0:
                raise Unreadable("importing.unpacks_too_large", most=self._most // 1_000_000)
            yield piece


def is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


@contextmanager
def opened(path: Path, suffix: str, content: str, most: int) -> Iterator[Office]:
    """`content`: the type of its main part, `most`: how many bytes of XML are read. Raises `Unreadable` for all that is wrong,
    also while it is read."""
    _look_at(path, suffix)
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            office = Office(archive, suffix, most)
            _check_type(office, content, suffix)
            yield office
    except _BROKEN as fault:
        raise Unreadable("importing.not_office", suffix=suffix) from fault


def _look_at(path: Path, suffix: str) -> None:
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("importing.empty_file")
    if size > LARGEST_OFFICE_FILE:
        raise Unreadable("importing.file_too_large", most=LARGEST_OFFICE_FILE // 1_000_000)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:8] == _OLD_OFFICE:
            is_encrypted = data.find(_ENCRYPTED) >= 0
            raise Unreadable("importing.encrypted" if is_encrypted else "importing.old_office", suffix=suffix)
        if data[:2] != b"PK":
            raise Unreadable("importing.not_office", suffix=suffix)
        if _directory_size(data) > LARGEST_DIRECTORY:
            raise Unreadable("importing.bomb")


def _directory_size(data: mmap.mmap) -> int:
    """What the zip's end says of its directory, which is otherwise read whole."""
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - 0xFFFF))
    if end < 0 or end + _END_SIZE > len(data):
        return 0  # no zip at all: said when it is opened
    (size,) = struct.unpack_from("<L", data, end + 12)
    end_64 = end - _LOCATOR_SIZE - _END_64_SIZE
    if end_64 >= 0 and data[end_64 : end_64 + 4] == _END_64:
        (size,) = struct.unpack_from("<Q", data, end_64 + 40)
    return int(size)


def _check(archive: zipfile.ZipFile) -> None:
    """By what the directory says. That it says the truth is seen while reading: no more is unpacked than it says."""
    members = archive.infolist()
    total = sum(one.file_size for one in members)
    if len(members) > MOST_MEMBERS or total > LARGEST_UNPACKED or len(set(archive.namelist())) < len(members):
        raise Unreadable("importing.bomb")
    for one in members:
        if one.flag_bits & 1:
            raise Unreadable("importing.encrypted")
        if one.file_size > RATIO_FROM and one.file_size > HIGHEST_RATIO * one.compress_size:
            raise Unreadable("importing.bomb")
        if one.compress_type not in _MAY_BE:
            raise zipfile.BadZipFile(one.filename)


def _check_type(office: Office, content: str, suffix: str) -> None:
    if TYPES not in office.names:
        raise Unreadable("importing.not_office", suffix=suffix)
    types: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda _, attributes: types.append(attributes.get("ContentType", ""))
    office.scan(TYPES, parser)
    if content not in types:
        raise Unreadable("importing.not_office", suffix=suffix)


def _refuse_entities(*_: object) -> None:
    raise Unreadable("importing.entities")
