"""Refusals: a rule that says no, as a reply key of `replies.yaml` and its parameters.

Refusal (bot.message)
├── CaseUnknown       no such number, or none of this person's business
├── CaseNotNamed      a command without a number, and nothing quoted that tells which
├── CaseAmbiguous     a quote that several messages fit
├── MoveNotAllowed    the state of the case does not allow it; says what it does allow
├── NotYourRole       (bot.commands) a staff member whose role may not do this
├── NothingToUndo     no move of this person that nothing has followed
├── FollowsOwnCase    nobody follows up on their own case
├── NothingOfProblem  none of the cases of a common problem is in a state that allows it
├── NotTheOwner       what is done about a common problem is said by its owner
├── NotHandedOver     nobody of that name, oneself, somebody on leave, or nothing to hand over
├── HandsOverForOthers only an admin does
├── NeverJoined       an emergency, one household's repair or a quarrel is a case by itself
├── CannotReceive     somebody whose role only looks
├── NameNotUnique     two staff members of one name
├── NotYourProblem    a common problem whose cases are not this person's to move
├── CommandIncomplete what is missing after the command's word
├── PhotoUnusable     not a picture, or too large
├── QuestionNotNamed  an answer to a question that nothing tells, or a number that is none
├── QuestionSettled   a question that was answered already, or taken out of the queue
├── AnswerTooLong    an answer that belongs into a file
├── EntryExpired     what no longer holds answers nothing
├── TooManyNumbers   more numbers than are done at once
├── EntryUnknown      no entry of these numbers, or nothing waiting in this category
├── ServiceUnknown    nothing by that name or number is done here; or it was entered today already
├── QuoteGone         what is quoted is neither remembered nor kept
├── RoleUnknown       no role of that name
├── BuildingsNotNeeded only a grid member looks after buildings
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


class NothingToUndo(Refusal):
    key = "refused.nothing_to_undo"


class FollowsOwnCase(Refusal):
    key = "refused.follows_own_case"


class NothingOfProblem(Refusal):
    key = "refused.nothing_of_problem"


class NotTheOwner(Refusal):
    key = "refused.not_the_owner"


class NotHandedOver(Refusal):
    key = "refused.not_handed_over"


class HandsOverForOthers(Refusal):
    key = "refused.hands_over_for_others"


class NotYourProblem(Refusal):
    key = "refused.not_your_problem"


class NeverJoined(Refusal):
    key = "complaints.never_joined"


class CannotReceive(Refusal):
    key = "complaints.cannot_receive"


class NameNotUnique(Refusal):
    key = "complaints.name_not_unique"


class CommandIncomplete(Refusal):
    key = "refused.command_incomplete"


class NothingQuoted(Refusal):
    key = "refused.nothing_quoted"


class QuoteGone(Refusal):
    key = "refused.quote_gone"


class RoleUnknown(Refusal):
    key = "refused.role_unknown"


class BuildingsNotNeeded(Refusal):
    key = "refused.buildings_not_needed"


class PhotoUnusable(Refusal):
    key = "complaints.photo_unusable"


class QuestionNotNamed(Refusal):
    key = "policy.question_not_named"


class QuestionSettled(Refusal):
    key = "policy.question_settled"


class EntryUnknown(Refusal):
    key = "policy.entry_unknown"


class ServiceUnknown(Refusal):
    key = "policy.service_unknown"


class AnswerTooLong(Refusal):
    key = "policy.answer_too_long"


class EntryExpired(Refusal):
    key = "policy.entry_expired"


class TooManyNumbers(Refusal):
    key = "policy.too_many_numbers"
