"""WeChat through a Wechaty gateway (gRPC).

settings   where the gateway is, and the limits
gateway    one connection: calls with deadlines, answers as plain values; the only file that knows the stubs
boxes      files as the gateway packs them
cache      values loaded once for all who ask at the same time
directory  names of people and groups
receiving  what the gateway reports -> events of `bot.message`
sending    one outbound message -> calls, and what their failure proves
link       the life of one connection: listen, watch, deliver in order
channel    `WechatyChannel`: links one after another, for ever
"""

from bot.channels.wechaty.channel import WechatyChannel
from bot.channels.wechaty.settings import Tls, WechatySettings

__all__ = ["Tls", "WechatyChannel", "WechatySettings"]
