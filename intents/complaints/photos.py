"""A picture sent next by the same person belongs to the case just filed."""

from __future__ import annotations

from bot.context import Context
from bot.expectations import PHOTO_WAIT, Expectations
from intents.errors import PhotoUnusable
from storage import audit, complaints, photos
from storage.complaints import Complaint


class Photos:
    def __init__(self, community: str, expectations: Expectations) -> None:
        self._community = community
        self._expectations = expectations

    async def attach(self, context: Context, content: bytes) -> Complaint | None:
        """Keep the picture, with its case where it is known; returns the case."""
        if not content:
            raise PhotoUnusable()
        expected = self._expectations.reported_within(context.conversation, context.inbound.at, PHOTO_WAIT)
        complaint = await complaints.by_id(context.db, expected) if expected is not None else None
        await photos.keep(
            context.db,
            self._community,
            inbox=context.inbox,
            content=content,
            complaint=complaint.id if complaint else None,
            now=context.now,
        )
        if complaint is not None:
            await audit.note(
                context.db,
                self._community,
                at=context.now,
                actor="resident",
                verb="complaints.photo",
                subject=f"complaint:{complaint.id}",
                contact=context.speaker.contact,
                after={"size": len(content)},
            )
        return complaint
