"""Where the gateway is, who we are to it, and the limits."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Tls:
    """How to know the gateway by its certificate.

    `ca` is a PEM file (none: the system's authorities). `server_name` is the name in the certificate where it differs
    from the endpoint's host: `insecure` for the one that every gateway is born with. As that one's private key is
    published, checking it proves nothing; `verify=False` says so openly: encrypted, but to whoever answers.
    """

    ca: Path | None = None
    server_name: str | None = None
    verify: bool = True

    def context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise ValueError(f"tls.ca: {self.ca}: {error.strerror or 'no certificate in it'}") from error
        if self.ca is not None:
            # Authorities that people make themselves, and Wechaty's own, lack what strict checking wants.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["h2"])
        return context


@dataclass(frozen=True, slots=True)
class WechatySettings:
    """`names` are what residents write after an @, besides the account's own name and its names in groups."""

    endpoint: str
    token: str = field(repr=False)
    tls: Tls | None = None
    names: tuple[str, ...] = ()
    accept_invitations: bool = True
    watchdog_interval_s: float = 5.0
    call_timeout_s: float = 5.0
    start_timeout_s: float = 20.0
    send_timeout_s: float = 20.0
    backoff_min_s: float = 0.2
    backoff_max_s: float = 15.0
    workers: int = 16
    pending_max: int = 1024
    text_max_chars: int = 40_000
    picture_max_bytes: int = 8 * 2**20
    cache_max: int = 20_000
    cache_ttl_s: float = 1800.0

    def __post_init__(self) -> None:
        if not self.token or not self.token.isascii() or not self.token.isprintable():
            raise ValueError("token: must be printable ASCII and not empty")
        _ = self.address

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(f"//{self.endpoint}")
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or not port:
            raise ValueError(f"endpoint: {self.endpoint!r} is not host:port")
        return host, port
