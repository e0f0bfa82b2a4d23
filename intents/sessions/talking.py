"""What is said about sign-ups, and to whom: one short answer a burst in a group, nothing personal in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.context import Context, Post
from bot.message import Reply
from intents.sessions.signing_up import Offer, Standing
from storage import calls, messages, sign_ups
from storage.accounts import Directory
from storage.base import Db
from storage.calls import Reminded, Way
from storage.sessions import SessionView
from storage.sign_ups import HOLDING, SignedUp, State

NOTED: Final = "session-note:{}"


class Talking:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def stands(self, context: Context, standing: Standing) -> Reply:
        """The answer to a sign-up: in a group together with those that still wait to be given there."""
        key = "sessions.waiting" if standing.sign_up.state == State.WAITING else "sessions.joined"
        group = context.conversation.group
        about = f"{key}:{standing.session.id}" if group is not None else None
        several = about is not None and await messages.waiting_line(context.db, about, group, None) is not None
        return Reply(key, {**params(standing), "several": several}, about=about)

    async def counted(
        self, db: Db, session: SessionView, no_room: Sequence[str] = (), too_early: Sequence[str] = ()
    ) -> Reply:
        """One short answer to a burst of group notes: how it stands, not who was added."""
        counts = await sign_ups.count(db, session.id)
        params = {
            "session": session,
            "households": sum(counts[state][0] for state in HOLDING if state in counts),
            "people": sum(counts[state][1] for state in HOLDING if state in counts),
            "waiting": counts[State.WAITING][0] if State.WAITING in counts else 0,
            "no_room": list(no_room),
            "too_early": list(too_early),
        }
        about = NOTED.format(session.id)
        return Reply("sessions.noted", params, mention=False, trouble=about, about=about)

    async def recounted(self, context: Context, session: SessionView) -> list[Reply]:
        """The same anew, where it still waits to be said here."""
        group = context.conversation.group
        if group is None or await messages.waiting_line(context.db, NOTED.format(session.id), group, None) is None:
            return []
        return [await self.counted(context.db, session)]

    def offered(self, offers: Sequence[Offer]) -> list[Post]:
        """Whoever is asked hears it in private where that is possible, else where they signed up."""
        return [post for offer in offers if (post := self._offered(offer)) is not None]

    def unreachable(self, offers: Sequence[Offer]) -> list[Reminded]:
        """Those who can only be telephoned."""
        return [
            Reminded(
                cause="sessions.offer",
                subject=offer.session.number,
                person=f"sign-up:{offer.sign_up.id}",
                name=offer.sign_up.name,
                phone=offer.sign_up.phone,
                way=Way.CALL,
                say={"key": "sessions.say_offer"},
                session=offer.session.id,
                sign_up=offer.sign_up.id,
                until=offer.sign_up.offered_until,
            )
            for offer in offers
            if self._offered(offer) is None
        ]

    def _offered(self, offer: Offer) -> Post | None:
        sign_up = offer.sign_up
        say = {"session": offer.session, "slot": offer.session.slot(sign_up.slot), "sign_up": sign_up}
        return self.to(sign_up, "sessions.offered", say, kind="reminder", expires_at=sign_up.offered_until)

    def to(
        self, sign_up: SignedUp, key: str, say: dict[str, Any], *, kind: str, expires_at: datetime | None
    ) -> Post | None:
        """To whoever signed up: in private, else in their group; None where neither is possible."""
        contact = sign_up.contact
        if contact is None or self._directory.raw_contact(contact) is None:
            return None
        if self._directory.is_friend(contact):
            return Post(key, {**say, "private": True}, contact=contact, kind=kind, expires_at=expires_at)
        if sign_up.group is None or self._directory.raw_group(sign_up.group) is None:
            return None
        return Post(
            key,
            {**say, "private": False},
            group=sign_up.group,
            mentions=(contact,),
            kind=kind,
            expires_at=expires_at,
            names={contact: sign_up.name},
        )


def params(standing: Standing) -> dict[str, Any]:
    session, sign_up = standing.session, standing.sign_up
    return {
        "session": session,
        "slot": session.slot(sign_up.slot),
        "batch": session.plan.batch_of(sign_up.building),
        "people": sign_up.people,
        "place": standing.place,
        "before": standing.before,
        "again": standing.again,
        "several": False,
    }


async def on_call_list(db: Db, community: str, people: Sequence[Reminded], now: datetime) -> None:
    for one in people:
        await calls.enter(db, community, one, now)
