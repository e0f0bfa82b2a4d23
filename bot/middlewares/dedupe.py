"""A message acts once. A second delivery under the same id ends here, and so does the same text by the same person within
five seconds outside a dialogue, since gateways repeat under a new id.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.delivery import Delivery, Next
from bot.expectations import Expectations
from bot.message import kept_words, longest_kept
from scheduler.clock import Clock
from storage import messages
from storage.accounts import Directory
from storage.failpoint import reach
from storage.messages import Received

log = structlog.get_logger()

ANSWERS = (None, "dialog.answer")
REPEAT_WINDOW = timedelta(seconds=5)


class Dedupe:
    def __init__(self, directory: Directory, expectations: Expectations, clock: Clock) -> None:
        self._directory = directory
        self._expectations = expectations
        self._clock = clock

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        conversation, _ = delivery.known
        received = self.received(delivery)
        db = delivery.open_db
        inbox = await messages.receive(db, self._directory.community, self._directory.account, received)
        if inbox is None:
            log.info("message.delivered_twice")
            return
        reach("receive.recorded")
        delivery.inbox = inbox
        twin = await messages.said_just_before(db, received, inbox, REPEAT_WINDOW) if received.text else None
        # in a dialogue the same short answer may be meant twice; what opened the dialogue was not
        if twin is not None and not (self._expectations.dialog(conversation) and twin.intent in ANSWERS):
            log.info("message.repeated")
            return
        await proceed(delivery)

    def received(self, delivery: Delivery, state: str = "done") -> Received:
        """What the inbox keeps of this delivery."""
        conversation, _ = delivery.known
        understood = delivery.screened.understanding
        command = delivery.screened.command
        return Received(
            message=delivery.inbound.id,
            contact=conversation.contact,
            group=conversation.group,
            text=kept_words(delivery.inbound.text, longest_kept(delivery.inbound)),
            said=repr((delivery.inbound.text, delivery.inbound.quote, delivery.inbound.mentioned)),
            at=delivery.inbound.at,
            received_at=self._clock.now(),
            intent="staff.command" if command else understood.intent,
            rule=command.name if command else understood.rule,
            score=understood.score,
            why=understood.why,
            state=state,
        )
