"""The sender: drains committed rows lane by lane, paced, and never loses sight of what may or may not have gone.

A row goes queued -> sending (committed before the call) -> sent | failed | unknown. Sending cannot be exactly-once: the
gateway has no idempotency key. The kind decides what happens when it is uncertain (`bot/lanes.py`).

`step` sends what may go and tells when to come again, so that a real sender sleeps and a virtual clock jumps.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Channel, ChannelAway, SendRefused, SendUncertain
from bot.lanes import LANES, SAID_LATE_AFTER
from bot.message import Echo, File, Outbound, OutboundKind
from bot.pacing import Allowed, Pacer
from bot.unsent import TellStaff, Unsent
from scheduler.clock import Clock
from storage import attachments, lines, messages
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database
from storage.failpoint import reach
from storage.messages import SHOWN, OutboxRow, SendState

log = structlog.get_logger()

ECHO_PATIENCE = timedelta(seconds=15)
ECHOES_KEPT = 50
ECHO_SLACK = timedelta(seconds=5)
"""How far the chat's clock may be behind ours."""
LOOK_AGAIN = timedelta(seconds=1)
RETRY_BASE = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
IDLE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row in `sending`, as the channel is given it."""

    id: int
    outbound: Outbound


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a call: `message` is the channel's id where it gave one."""

    id: int
    message: str | None
    fault: Exception | None


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
        self._unsent = Unsent(directory, tell_staff)
        self._work = asyncio.Event()
        self._echoes: deque[Echo] = deque(maxlen=ECHOES_KEPT)
        self._uncertain = True
        """Whether a row may be `unknown`: assumed at start, then followed."""
        self._looked_at = clock.now()
        self._echo_until: datetime | None = None

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
        """Send what may go now. Returns when there may be something to do again; None where nothing waits."""
        taken, again = await self._next(None)
        while taken is not None:
            reach("send.after_claim")
            taken, again = await self._next(await self._call(taken))
        return again

    async def _next(self, outcome: _Outcome | None) -> tuple[_Taken | None, datetime | None]:
        """In one transaction: settle what was just sent, and mark the next row as being sent."""
        now = self._clock.now()
        async with self._database.transaction() as db:
            if outcome is not None:
                await self._conclude(db, outcome)
                reach("send.before_settle")
            if outcome is None or outcome.fault is not None or now - self._looked_at >= LOOK_AGAIN:
                self._looked_at = now
                self._echo_until = await self._give_up_waiting(db, now)
                await self._give_up_late(db, now)
            reach("send.before_claim")
            taken, again = await self._take(db, now)
        if outcome is not None:
            reach("send.settled")
        moments = [moment for moment in (again, self._echo_until) if moment is not None]
        return taken, min(moments, default=None)

    async def _give_up_late(self, db: Db, now: datetime) -> None:
        late = await messages.expire(db, self._directory.account, now)
        numbers = {row.id for row in late}
        for row in late:
            log.warning("send.expired", kind=row.kind)
            if row.kind != OutboundKind.ALERT and row.follows_id not in numbers:
                await self._unsent.tell(db, "system.expired", row)
        await lines.call_off_followers(db, self._directory.account)

    async def _take(self, db: Db, now: datetime) -> tuple[_Taken | None, datetime | None]:
        """Mark the next row as being sent, or tell when one may go."""
        account = self._directory.account
        allowed = await self._pacer.allowed(db, now)
        row = await messages.next_to_send(db, account, now, allowed.kinds)
        while row is not None and (quiet_until := await self._pacer.heard_enough(db, row, now)) is not None:
            row.not_before = quiet_until
            await db.flush()
            row = await messages.next_to_send(db, account, now, allowed.kinds)
        if row is not None and row.kind == OutboundKind.REPLY and _was_held(row):
            row = await lines.update_waiting(db, row, now, allowed.kinds) or row
        if row is None:
            return None, await self._next_moment(db, allowed)
        ready = await self._pacer.ready_at(db, row, now)
        if ready > now:
            return None, ready
        row.state = SendState.SENDING
        row.attempts += 1
        row.attempted_at = now
        self._pacer.note(now)
        return await self._taken(db, row, now), now

    async def _next_moment(self, db: Db, allowed: Allowed) -> datetime | None:
        """When a row that waits may go: by its own time, and by what holds back its kind."""
        moments: list[datetime] = []
        for kind, held_until in allowed.held_until.items():
            waiting = await messages.next_moment(db, self._directory.account, [kind])
            if waiting is not None:
                moments.append(max(waiting, held_until))
        return min(moments, default=None)

    async def _taken(self, db: Db, row: OutboxRow, now: datetime) -> _Taken:
        file = await _file_of(db, row)
        late = file is None and row.kind == OutboundKind.REPLY and now - _was_due(row) > SAID_LATE_AFTER
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
                file=file,
                in_reply_to=row.in_reply_to,
            ),
        )

    async def _call(self, taken: _Taken) -> _Outcome:
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
        return _Outcome(taken.id, message, fault)

    async def _conclude(self, db: Db, outcome: _Outcome) -> None:
        row = await messages.outbox_row(db, outcome.id)
        if outcome.fault is None:
            self._settle(row, outcome.message)
        elif row.state == SendState.SENDING:
            await self._failed(db, row, outcome.fault)

    def _settle(self, row: OutboxRow, message: str | None) -> None:
        row.state = SendState.SENT
        row.sent_at = self._clock.now()
        row.message = message or row.message
        row.error = None

    async def _failed(self, db: Db, row: OutboxRow, fault: Exception) -> None:
        row.error = str(fault)[:200]
        log.warning("send.failed", kind=row.kind, attempts=row.attempts, fault=row.error)
        if isinstance(fault, SendUncertain) and (echo := self._echo_of(row)) is not None:
            self._settle(row, echo.id)
        elif isinstance(fault, SendUncertain):
            row.state = SendState.UNKNOWN
            self._uncertain = True
            if not self._channel.echoes:
                await self._decide(db, row)
        elif isinstance(fault, ChannelAway):
            row.state = SendState.QUEUED
            row.attempts -= 1
            row.not_before = self._clock.now() + RETRY_BASE
        elif isinstance(fault, SendRefused) and fault.retryable and self._may_try_again(row):
            row.state = SendState.QUEUED
            row.not_before = self._clock.now() + min(RETRY_BASE * 2 ** (row.attempts - 1), LONGEST_RETRY)
        else:
            await self._bury(db, row)

    def _may_try_again(self, row: OutboxRow) -> bool:
        """An escalation is never given up."""
        return row.attempts < self._attempts or row.kind == OutboundKind.ALERT

    async def _decide(self, db: Db, row: OutboxRow) -> None:
        """No echo came: send again what is better said twice than lost, show the rest to staff."""
        if LANES[OutboundKind(row.kind)].send_again and row.attempts < self._attempts:
            row.state = SendState.QUEUED
            row.not_before = self._clock.now()
        elif row.error != SHOWN:
            row.error = SHOWN
            if row.kind != OutboundKind.ALERT:  # an alert about an alert would never end
                await self._unsent.tell(db, "system.uncertain", row)

    async def _bury(self, db: Db, row: OutboxRow) -> None:
        row.state = SendState.FAILED
        if row.kind != OutboundKind.ALERT:
            await self._unsent.tell(db, "system.dead_letter", row)

    async def _give_up_waiting(self, db: Db, now: datetime) -> datetime | None:
        """Decide what no echo has settled in time; returns until when one is waited for."""
        waiting: list[datetime] = []
        for row in await messages.uncertain(db, self._directory.account):
            patience_ends = (row.attempted_at or now) + ECHO_PATIENCE
            if row.error == SHOWN:
                continue
            if patience_ends <= now:
                await self._decide(db, row)
            else:
                waiting.append(patience_ends)
        return min(waiting, default=None)

    async def settle_echo(self, echo: Echo) -> None:
        """Our own message came back: what was uncertain has gone. Mostly nothing is, and no transaction is needed."""
        self._echoes.append(echo)
        if not self._uncertain:
            return
        async with self._database.transaction() as db:
            rows = await messages.uncertain(db, self._directory.account)
            for row in rows:
                if self._is_echo(echo, row):
                    self._settle(row, echo.id)
                    break
            self._uncertain = any(row.state == SendState.UNKNOWN for row in rows)

    def _echo_of(self, row: OutboxRow) -> Echo | None:
        """The echo that came before the call broke off."""
        found = next((echo for echo in self._echoes if self._is_echo(echo, row)), None)
        if found is not None:
            self._echoes.remove(found)  # one echo settles one row, also where two say the same
        return found

    def _is_echo(self, echo: Echo, row: OutboxRow) -> bool:
        group = self._directory.group(echo.group) if echo.group else None
        contact = self._directory.contact(echo.contact) if echo.contact else None
        same_place = row.group_id == group if group is not None else contact is not None and row.contact_id == contact
        recent = row.attempted_at is None or echo.at >= row.attempted_at - ECHO_SLACK
        if row.attachment_id is not None:
            return same_place and recent and echo.is_file and echo.text in ("", row.text)
        return same_place and recent and echo.text in (row.text, self._late(row.text))

    async def _sleep_until(self, moment: datetime) -> None:
        seconds = min((moment - self._clock.now()).total_seconds(), IDLE.total_seconds())
        if seconds > 0:
            try:
                await asyncio.wait_for(self._work.wait(), seconds)
            except TimeoutError:
                return


def _was_held(row: OutboxRow) -> bool:
    """Whether it waited because its group had heard enough of its trouble, and for nothing else."""
    return (
        row.trouble is not None and row.group_id is not None and row.error is None and row.not_before > row.created_at
    )


def _was_due(row: OutboxRow) -> datetime:
    """What a group was not to hear earlier is not late."""
    return row.not_before if _was_held(row) else row.created_at


async def _file_of(db: Db, row: OutboxRow) -> File | None:
    kept = await attachments.content(db, row.attachment_id) if row.attachment_id is not None else None
    return None if kept is None else File(*kept)
