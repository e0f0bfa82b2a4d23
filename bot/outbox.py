"""The sender: drains committed rows lane by lane, paced, and never loses sight of what may or may not have gone.

A row goes queued -> sending (committed before the call) -> sent | failed | unknown. Sending cannot be exactly-once: the
gateway has no idempotency key. The kind decides what happens when it is uncertain (`bot/lanes.py`).

`step` does one thing and tells when to come again, so that a real sender sleeps and a virtual clock jumps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.channels.base import Channel, SendRefused, SendUncertain
from bot.lanes import ALL, LANES, PASSING, SAID_LATE_AFTER
from bot.message import Echo, Outbound, OutboundKind
from bot.pacing import Pacer
from scheduler.clock import Clock
from storage import messages
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database
from storage.failpoint import reach
from storage.messages import OutboxRow, SendState

log = structlog.get_logger()

ECHO_PATIENCE = timedelta(seconds=15)
ECHO_MEMORY = timedelta(minutes=10)
RETRY_BASE = timedelta(seconds=5)
IDLE = timedelta(seconds=30)


class TellStaff(Protocol):
    def __call__(self, db: Db, key: str, **params: object) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row in `sending`, as the channel is given it."""

    id: int
    outbound: Outbound


class Sender:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        channel: Channel,
        pacer: Pacer,
        clock: Clock,
        *,
        attempts: int,
        late: Callable[[str], str],
        tell_staff: TellStaff,
    ) -> None:
        self._database = database
        self._directory = directory
        self._channel = channel
        self._pacer = pacer
        self._clock = clock
        self._attempts = attempts
        self._late = late
        self._tell_staff = tell_staff
        self._work = asyncio.Event()

    def wake(self) -> None:
        self._work.set()

    async def run(self) -> None:
        """Send for ever."""
        recovered = False
        while True:
            self._work.clear()
            try:
                if not recovered:
                    await self.recover()
                    recovered = True
                again = await self.step()
            except Exception:
                # the database may be away for a moment; a row may be left in `sending`, the others stay where they are
                log.exception("send.step_failed")
                recovered = False
                again = self._clock.now() + RETRY_BASE
            await self._sleep_until(again or self._clock.now() + IDLE)

    async def recover(self) -> None:
        """After a start: what was being sent when we died is uncertain, and the kind decides what now."""
        async with self._database.transaction() as db:
            for row in await messages.interrupted(db, self._directory.account):
                row.state = SendState.UNKNOWN
            await db.flush()
            for row in await messages.uncertain(db, self._directory.account):
                await self._decide(db, row)
        reach("start.recovered")

    async def step(self) -> datetime | None:
        """Send at most one message. Returns when there may be something to do again; None where nothing waits."""
        now = self._clock.now()
        async with self._database.transaction() as db:
            echo_until = await self._give_up_waiting(db, now)
            for row in await messages.expire(db, self._directory.account, now):
                log.warning("send.expired", kind=row.kind)
                if row.kind != OutboundKind.ALERT:
                    await self._tell_staff(db, "system.expired", number=row.id)
            reach("send.before_claim")
            taken, again = await self._take(db, now)
        if taken is None:
            return min((moment for moment in (again, echo_until) if moment), default=None)
        reach("send.after_claim")
        await self._send(taken)
        return self._clock.now()

    async def _take(self, db: Db, now: datetime) -> tuple[_Taken | None, datetime | None]:
        """Mark the next row as being sent, or tell when one may go."""
        account = self._directory.account
        waits_until = await self._pacer.waits_until(db, now)
        kinds = PASSING if waits_until > now else ALL
        row = await messages.next_to_send(db, account, now, kinds)
        if row is None:
            moments = [await messages.next_moment(db, account, PASSING)]
            if waiting := await messages.next_moment(db, account, ALL):
                moments.append(max(waiting, waits_until))
            return None, min([moment for moment in moments if moment], default=None)
        ready = await self._pacer.ready_at(db, row, now)
        if ready > now:
            return None, ready
        row.state = SendState.SENDING
        row.attempts += 1
        row.attempted_at = now
        return self._taken(row, now), now

    def _taken(self, row: OutboxRow, now: datetime) -> _Taken:
        late = row.kind == OutboundKind.REPLY and now - row.created_at > SAID_LATE_AFTER
        return _Taken(
            row.id,
            Outbound(
                id=f"out-{row.id}",
                kind=OutboundKind(row.kind),
                text=self._late(row.text) if late else row.text,
                group=self._directory.raw_group(row.group_id) if row.group_id is not None else None,
                contact=self._directory.raw_contact(row.contact_id) if row.contact_id is not None else None,
                mentions=tuple(
                    raw for raw in (self._directory.raw_contact(contact) for contact in row.mentions) if raw
                ),
                in_reply_to=row.in_reply_to,
            ),
        )

    async def _send(self, taken: _Taken) -> None:
        reach("send.before_call")
        message: str | None = None
        fault: Exception | None = None
        try:
            if taken.outbound.group is None and taken.outbound.contact is None:
                raise SendRefused("this person or group is of an older epoch", retryable=False)
            message = await self._channel.send(taken.outbound)
        except (SendRefused, SendUncertain) as raised:
            fault = raised
        except Exception as unforeseen:
            log.exception("send.unforeseen")
            fault = SendUncertain(type(unforeseen).__name__)
        reach("send.after_call")
        async with self._database.transaction() as db:
            row = await messages.outbox_row(db, taken.id)
            if fault is None:
                self._settle(row, message)
            elif row.state == SendState.SENDING:  # an echo may have settled it meanwhile
                await self._failed(db, row, fault)
            reach("send.before_settle")
        reach("send.settled")

    def _settle(self, row: OutboxRow, message: str | None) -> None:
        row.state = SendState.SENT
        row.sent_at = self._clock.now()
        row.message = message or row.message
        row.error = None

    async def _failed(self, db: Db, row: OutboxRow, fault: Exception) -> None:
        row.error = str(fault)[:200]
        log.warning("send.failed", kind=row.kind, attempts=row.attempts, fault=row.error)
        if isinstance(fault, SendUncertain):
            row.state = SendState.UNKNOWN
            if not self._channel.echoes:
                await self._decide(db, row)
        elif isinstance(fault, SendRefused) and fault.retryable and row.attempts < self._attempts:
            row.state = SendState.QUEUED
            row.not_before = self._clock.now() + RETRY_BASE * 2 ** (row.attempts - 1)
        else:
            await self._bury(db, row)

    async def _decide(self, db: Db, row: OutboxRow) -> None:
        """No echo came: send again what is better said twice than lost, show the rest to staff."""
        if LANES[OutboundKind(row.kind)].send_again and row.attempts < self._attempts:
            row.state = SendState.QUEUED
            row.not_before = self._clock.now()
        elif row.error != _SHOWN:
            row.error = _SHOWN
            if row.kind != OutboundKind.ALERT:  # an alert about an alert would never end
                await self._tell_staff(db, "system.uncertain", number=row.id, text=row.text)

    async def _bury(self, db: Db, row: OutboxRow) -> None:
        row.state = SendState.FAILED
        if row.kind != OutboundKind.ALERT:
            await self._tell_staff(db, "system.dead_letter", number=row.id, text=row.text)

    async def _give_up_waiting(self, db: Db, now: datetime) -> datetime | None:
        """Decide what no echo has settled in time; returns until when one is waited for."""
        waiting: list[datetime] = []
        for row in await messages.uncertain(db, self._directory.account):
            patience_ends = (row.attempted_at or now) + ECHO_PATIENCE
            if row.error == _SHOWN:
                continue
            if patience_ends <= now:
                await self._decide(db, row)
            else:
                waiting.append(patience_ends)
        return min(waiting, default=None)

    async def settle_echo(self, echo: Echo) -> None:
        """Our own message came back: what was uncertain has gone."""
        group = self._directory.group(echo.group) if echo.group else None
        contact = self._directory.contact(echo.contact) if echo.contact else None
        async with self._database.transaction() as db:
            since = self._clock.now() - ECHO_MEMORY
            for row in await messages.unsettled(db, self._directory.account, since):
                same_place = row.group_id == group if group is not None else row.contact_id == contact
                if same_place and echo.text in (row.text, self._late(row.text)):
                    self._settle(row, echo.id)
                    return

    async def _sleep_until(self, moment: datetime) -> None:
        seconds = min((moment - self._clock.now()).total_seconds(), IDLE.total_seconds())
        if seconds > 0:
            try:
                await asyncio.wait_for(self._work.wait(), seconds)
            except TimeoutError:
                return


_SHOWN = "uncertain, shown to staff"
