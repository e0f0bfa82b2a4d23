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
├── KindUnknown      a line of the activity ledger of no kind that there is
├── DayNotYet        what is entered as done, on a day that is still to come or that there is not
├── LineUnknown      no line of this number that counts, or one of somebody else
├── TaskUnknown      no task of this number that is open
├── NotYourTask      a task is ended by who sees to it, who gave it, or who gives tasks
├── QuoteGone         what is quoted is neither remembered nor kept
├── SessionClosed     it is over, called off, or has begun
├── SessionNotYet     nobody is called down or checked in before its day
├── NoSuchBatch       a part or a batch to be called that there is not
├── TooManyAtDoor     more people than are checked in at once
├── CalledAtNight     nobody is called down in quiet hours
├── SessionFull       no room for so many more; nothing has changed
├── SessionNotNamed   several sessions, or none, that a command may mean
├── PeopleOutOfRange  nobody, or more than one person signs up
├── NotSignedUp       nothing to change or to call off
├── SignedUpByFamily  somebody else of that household did so
├── SessionTooSmall   a change that leaves people who are in without a place
├── SlotUnknown       no such part of a session
├── DoseTooEarly      the dose before lies too near
├── OfferGone         the place that was offered is no longer held
├── VisitorUnknown    nobody of that code comes to these appointments
├── NoReception       no appointments today, or several, or a number that is none of them
├── RoleUnknown       no role of that name
├── BuildingsNotNeeded only a grid member looks after buildings
├── DraftRefused      a session said in a sentence
│   ├── DraftIncomplete   no day, no hour, or nothing that says what it is
│   ├── WhenUnclear       two days or hours that it may mean
│   ├── InThePast         it would have begun already
│   ├── EndsBefore        it would end before it begins
│   ├── CapacityImpossible nobody fits in, or more than a community has people
│   ├── BuildingUnknown   a batch of a building that is not here
│   ├── BatchesUnclear    too many buildings or batches, or one outside of the session
│   ├── SlotsUnclear      slots and their times that do not agree, too many of them, or none of that number
│   ├── DraftTooLong      more than a notice says
│   ├── ChangeUnclear     nothing in it that changes a session
│   └── NothingChanges    it is so already
├── BroadcastUnknown no notice of this number
├── BroadcastNotAllowed what its state does not allow, or what is done already
├── NotSecond        the second word is another's than the first
├── NobodyToAgree    too many groups for one alone, and nobody else to ask
├── NoticeTooLong    a notice that belongs into a file
├── GroupsUnknown    none of what was named is a group, a tag or a building of one
├── GroupsUnclear    a part of several groups' names
├── TooManyBuildings a range of more buildings than there can be
├── NothingToRepeat  no group where it surely failed, or not that group
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


class KindUnknown(Refusal):
    key = "activities.kind_unknown"


class DayNotYet(Refusal):
    key = "activities.day_not_yet"


class LineUnknown(Refusal):
    key = "activities.line_unknown"


class TaskUnknown(Refusal):
    key = "activities.task_unknown"


class NotYourTask(Refusal):
    key = "activities.not_your_task"


class AnswerTooLong(Refusal):
    key = "policy.answer_too_long"


class EntryExpired(Refusal):
    key = "policy.entry_expired"


class BroadcastUnknown(Refusal):
    key = "notices.unknown"


class BroadcastNotAllowed(Refusal):
    key = "notices.not_allowed"


class NotSecond(Refusal):
    key = "notices.not_second"


class NobodyToAgree(Refusal):
    key = "notices.nobody_to_agree"


class NoticeTooLong(Refusal):
    key = "notices.too_long"


class GroupsUnknown(Refusal):
    key = "notices.groups_unknown"


class GroupsUnclear(Refusal):
    key = "notices.groups_unclear"


class TooManyBuildings(Refusal):
    key = "notices.too_many_buildings"


class NothingToRepeat(Refusal):
    key = "notices.nothing_to_repeat"


class TooManyNumbers(Refusal):
    key = "policy.too_many_numbers"


class SessionClosed(Refusal):
    key = "sessions.closed"


class SessionNotYet(Refusal):
    key = "sessions.not_yet"


class NoSuchBatch(Refusal):
    key = "sessions.no_such_batch"


class TooManyAtDoor(Refusal):
    key = "sessions.too_many_at_door"


class CalledAtNight(Refusal):
    key = "sessions.called_at_night"


class SessionFull(Refusal):
    key = "sessions.full"


class SessionNotNamed(Refusal):
    key = "sessions.not_named"


class PeopleOutOfRange(Refusal):
    key = "sessions.people_out_of_range"


class NotSignedUp(Refusal):
    key = "sessions.not_signed_up"


class SignedUpByFamily(Refusal):
    key = "sessions.signed_up_by_family"


class SlotUnknown(Refusal):
    key = "sessions.slot_unknown"


class DoseTooEarly(Refusal):
    key = "sessions.dose_too_early"


class OfferGone(Refusal):
    key = "sessions.offer_gone"


class NoReception(Refusal):
    key = "sessions.no_reception"


class VisitorUnknown(Refusal):
    key = "sessions.visitor_unknown"


class DraftRefused(Refusal):
    """A session, or a change of one, that cannot be made of what was said."""


class DraftIncomplete(DraftRefused):
    key = "sessions.draft_incomplete"


class WhenUnclear(DraftRefused):
    key = "sessions.when_unclear"


class InThePast(DraftRefused):
    key = "sessions.in_the_past"


class EndsBefore(DraftRefused):
    key = "sessions.ends_before"


class CapacityImpossible(DraftRefused):
    key = "sessions.capacity_impossible"


class BuildingUnknown(DraftRefused):
    key = "sessions.building_unknown"


class BatchesUnclear(DraftRefused):
    key = "sessions.batches_unclear"


class SlotsUnclear(DraftRefused):
    key = "sessions.slots_unclear"


class DraftTooLong(DraftRefused):
    key = "sessions.draft_too_long"


class ChangeUnclear(DraftRefused):
    key = "sessions.change_unclear"


class SessionTooSmall(Refusal):
    key = "sessions.too_small"


class NothingChanges(DraftRefused):
    key = "sessions.nothing_changes"
