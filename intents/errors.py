"""Refusals: a rule that says no, as a reply key of `replies.yaml` and its parameters.

Refusal (bot.message)
├── CaseUnknown       no such number, or none of this person's business
├── CaseNotNamed      a command without a number, and nothing quoted that tells which
├── CaseAmbiguous     a quote that several messages fit
├── MoveNotAllowed    the state of the case does not allow it; says what it does allow
├── NotYourRole       (bot.commands) a staff member whose role may not do this
├── CommandIncomplete what is missing after the command's word
├── PhotoUnusable     not a picture, or too large
└── NothingQuoted     a command that is given by quoting, without a quote
"""

from __future__ import annotations

from bot.message import Refusal


class CaseUnknown(Refusal):
    key = "refused.case_unknown"


class CaseNotNamed(Refusal):
    key = "refused.case_not_named"


class CaseAmbiguous(Refusal):
    key = "refused.case_ambiguous"


class MoveNotAllowed(Refusal):
    key = "refused.move_not_allowed"


class CommandIncomplete(Refusal):
    key = "refused.command_incomplete"


class NothingQuoted(Refusal):
    key = "refused.nothing_quoted"


class PhotoUnusable(Refusal):
    key = "complaints.photo_unusable"
