"""Sealed columns: AES-256-GCM per field, the column's name as associated data, and keyed digests for looking things up.

The key comes from the environment (`LINLI_KEY`, 32 bytes as base64) or from a file that is made at first start with mode
0600. Every engine carries its vault on its dialect, so that no key is a global.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.errors import KeyUnusable

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_VARIABLE = "LINLI_KEY"


class Vault:
    """Seals and opens with one key. `fingerprint` tells whether a key fits a database without giving it away."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyUnusable("key.length", expected=KEY_BYTES, found=len(key))
        self._aead = AESGCM(key)
        self._index_key = hmac.digest(key, b"linli blind index", "sha256")

    @property
    def fingerprint(self) -> str:
        return self.digest("fingerprint", "linli")[:16]

    def seal(self, content: bytes, column: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, content, column.encode())

    def open(self, sealed: bytes, column: str) -> bytes:
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], column.encode())
        except (InvalidTag, ValueError) as fault:  # ValueError: shorter than its nonce
            raise KeyUnusable("key.wrong_or_damaged", column=column) from fault

    def digest(self, purpose: str, text: str) -> str:
        """Keyed digest (HMAC-SHA-256, hex) that finds equal texts without keeping them."""
        return hmac.new(self._index_key, f"{purpose}\0{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def load_vault(path: Path, *, create: bool) -> Vault:
    """The vault of the environment's key, else of the file's; with `create` the file is made where it is missing."""
    if from_environment := os.environ.get(KEY_VARIABLE):
        return Vault(_decoded(from_environment, f"${KEY_VARIABLE}"))
    if not path.exists():
        if not create:
            raise KeyUnusable("key.missing", path=str(path))
        _create(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyUnusable("key.readable_by_others", path=str(path))
    return Vault(_decoded(path.read_text("ascii", errors="replace"), str(path)))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)  # whole or not at all


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise KeyUnusable("key.not_base64", path=where) from fault


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that lie encrypted in the database. `column` (`table.column`) binds a value to its place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).seal(self.encoded(value), self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else self.decoded(vault_of(dialect).open(bytes(value), self.column))

    def encoded(self, value: Any) -> bytes:
        return bytes(value)

    def decoded(self, content: bytes) -> Any:
        return content


class Sealed(SealedBytes):
    """Text, encrypted. A lone surrogate cannot be stored as UTF-8 and is replaced."""

    cache_ok = True

    def encoded(self, value: Any) -> bytes:
        return str(value).encode("utf-8", "replace")

    def decoded(self, content: bytes) -> Any:
        return content.decode()


class SealedJson(SealedBytes):
    """A JSON value, encrypted."""

    cache_ok = True

    def encoded(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def decoded(self, content: bytes) -> Any:
        return json.loads(content)


def attach_vault(dialect: Dialect, vault: Vault) -> None:
    dialect.linli_vault = vault  # type: ignore[attr-defined]


def vault_of(dialect: Dialect) -> Vault:
    vault = getattr(dialect, "linli_vault", None)
    if not isinstance(vault, Vault):
        raise KeyUnusable("key.not_loaded")
    return vault
