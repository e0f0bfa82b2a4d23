"""The Wechaty channel as config.yaml describes it."""

from __future__ import annotations

from bot.channels.wechaty import Tls, WechatyChannel, WechatySettings
from bot.cli.messages import CommandFault
from bot.settings import Settings
from bot.sources import SystemChance
from scheduler.clock import Clock


def wechaty_channel(settings: Settings, clock: Clock) -> WechatyChannel:
    facts = settings.channel.wechaty
    token = facts.token.get_secret_value()
    if not token:
        raise CommandFault("channel.no_token")
    tls = Tls(ca=facts.tls_ca, server_name=facts.tls_server_name, verify=facts.tls_verify) if facts.tls else None
    gateway = WechatySettings(
        endpoint=facts.endpoint,
        token=token,
        tls=tls,
        names=settings.channel.names,
        accept_invitations=facts.accept_invitations,
        call_timeout_s=facts.call_timeout_s,
        watchdog_interval_s=facts.watchdog_interval_s,
        picture_max_bytes=int(settings.limits.picture_mb * 2**20),
    )
    return WechatyChannel(gateway, clock.now, SystemChance().jitter)
