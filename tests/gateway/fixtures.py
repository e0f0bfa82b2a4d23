"""Fixtures over the rig. A folder's conftest.py takes them: `from tests.gateway.fixtures import gateway, own_gateway`.

gateway         one process for all tests that ask, a fresh world for each
own_gateway     processes of the test's own, to kill and to freeze
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from bot.cli.local_gateway.install import Unavailable, install
from tests.gateway.rig import Gateway

__all__ = ["OwnGateway", "gateway", "own_gateway"]

OwnGateway = Callable[..., Gateway]


def _need_packages() -> None:
    try:
        install()
    except Unavailable as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"the Wechaty gateway cannot run: {missing}")
        pytest.skip(f"the Wechaty gateway cannot run: {missing}")


@cache
def _shared() -> Gateway:
    """Not a session fixture: taken into several conftests it would be several."""
    gateway = Gateway().start()
    atexit.register(gateway.stop)
    return gateway


@pytest.fixture
def gateway() -> Gateway:
    _need_packages()
    gateway = _shared()
    gateway.reset()
    return gateway


@pytest.fixture
def own_gateway() -> Iterator[OwnGateway]:
    """`own_gateway(tls=True)` starts one with these arguments of `Gateway`."""
    _need_packages()
    started: list[Gateway] = []

    def start(**options: object) -> Gateway:
        started.append(Gateway(**options).start())  # type: ignore[arg-type]
        return started[-1]

    yield start
    for gateway in started:
        gateway.stop()
