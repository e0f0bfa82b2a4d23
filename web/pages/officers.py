"""In whose name something is done on the page, and what that person's role may do: the same roles as for commands."""

from __future__ import annotations

from typing import get_args

from bot.commands import NotYourRole
from bot.settings import Role
from intents.complaints.lifecycle import Move
from intents.features import FEATURES
from storage.accounts import Directory, Officer
from web.faults import OfficerUnknown

ROLES = get_args(Role)
ROLE_OF = {str(Move.DROP): "complaints.accept"}
"""What no command does is for whoever may do this."""


class Officers:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._commands = {command.name: command for feature in FEATURES for command in feature.staff}

    def all(self) -> list[Officer]:
        """Who manages first."""
        return sorted(self._directory.officers.values(), key=lambda one: (ROLES.index(one.role), one.contact))

    def chosen(self, contact: int | None) -> Officer | None:
        """The one that a page remembers, else the first; None where nobody is bound."""
        known = self._directory.officers.get(contact or 0)
        return known or next(iter(self.all()), None)

    def named(self, contact: int) -> Officer:
        """Raises `OfficerUnknown`."""
        if contact not in self._directory.officers:
            raise OfficerUnknown()
        return self._directory.officers[contact]

    def may(self, officer: Officer, act: str) -> bool:
        """`act`: something done with a case, or the whole name of a command."""
        roles = self._commands[self._command(act)].roles
        return not roles or officer.role in roles

    def check(self, officer: Officer, act: str) -> None:
        """Raises `NotYourRole`."""
        if not self.may(officer, act):
            raise NotYourRole(command=self._commands[self._command(act)].word)

    def _command(self, act: str) -> str:
        return act if act in self._commands else ROLE_OF.get(act, f"complaints.{act}")
