"""Who speaks, and where: raw ids become internal ones. A name alone never identifies anybody."""

from __future__ import annotations

from dataclasses import replace

from bot.context import Speaker
from bot.delivery import Delivery, Next
from bot.message import Conversation, Inbound, kept_name
from storage import accounts
from storage.accounts import Directory


def named(inbound: Inbound) -> Inbound:
    """With names that a database can hold."""
    return replace(
        inbound,
        sender_name=kept_name(inbound.sender_name),
        group_name=kept_name(inbound.group_name),
    )


class Identify:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        inbound, db, directory = named(delivery.inbound), delivery.open_db, self._directory
        private = inbound.group is None
        # in a group the channel tells the nickname used there, which is not the contact's own name
        name = inbound.sender_name if private else ""
        contact = await accounts.ensure_contact(db, directory, inbound.sender, name=name, friend=inbound.friend)
        group = None
        if inbound.group is not None:
            group = await accounts.ensure_group(db, directory, inbound.group, inbound.group_name)
            await accounts.ensure_member(db, directory, group, contact, inbound.sender_name)
        delivery.conversation = Conversation(directory.account, group, contact)
        shown = inbound.sender_name or directory.name_in(group, contact)
        delivery.speaker = Speaker(contact, shown, inbound.friend, directory.officers.get(contact))
        await proceed(delivery)
