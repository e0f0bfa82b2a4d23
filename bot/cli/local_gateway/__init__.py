"""A real Wechaty gateway on this machine, with a mock account: `linli demo --wechaty` and the tests run on it.

install    finds Node, installs the gateway's npm packages once
process    the gateway as a child process, driven by JSON lines
"""

from bot.cli.local_gateway.install import Unavailable
from bot.cli.local_gateway.process import Contact, LocalGateway, Record, Room, World

__all__ = ["Contact", "LocalGateway", "Record", "Room", "Unavailable", "World"]
