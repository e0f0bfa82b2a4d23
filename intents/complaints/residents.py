"""What residents say about cases that are there: seconding, asking, rating, taking back, putting right; and mediation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.context import Answer, Context, Said
from bot.filters import Intent, When
from bot.message import Reply, Understanding
from bot.router import Router
from intents.complaints.acknowledging import Acknowledging
from intents.complaints.choosing import Choosing
from intents.complaints.common import Common
from intents.complaints.filing import Filing, report_of
from intents.complaints.finding import Finding
from intents.complaints.flood import Flood
from intents.complaints.follow_up import FOLLOW_UP_KIND, FollowUp, Rating
from intents.complaints.lifecycle import SHOWN_TO_REPORTER, State
from intents.complaints.own_cases import OwnCases
from intents.complaints.ratings import rating_of
from intents.complaints.reopening import AGAIN_WITHIN, Reopening
from intents.complaints.seconding import Seconding
from intents.complaints.telling import Telling, spoken
from storage import complaints, reporters
from storage.base import Db
from storage.complaints import Complaint
from storage.due import Due

router = Router("complaints")
RATEABLE = (State.ANSWERED, State.AWAITING_WORD)


@router.on(Intent("complaints.support"))
async def support(
    context: Context, seconding: Seconding, filing: Filing, flood: Flood, acknowledging: Acknowledging
) -> Answer:
    if context.quiet:
        if context.understanding.speak:
            await filing.keep_lead(context.db, report_of(context))
        return None
    too_many = await flood.stem(context)
    if too_many is not None:
        return too_many
    answer = await seconding.find_and_second(context)
    if answer is not None:
        return answer
    if context.understanding.speak and context.understanding.slots.building:
        # it says itself where and what: nobody has reported it yet, or each home's is its own
        return [*await acknowledging.answer(context, await filing.file(context.db, report_of(context)))]
    if context.understanding.speak:
        await filing.keep_lead(context.db, report_of(context))  # a bare "me too" about nothing of ours is chatter
    return Reply("complaints.nothing_to_second") if context.is_direct else None


@router.on(Intent("complaints.rate"))
async def rated_unasked(
    context: Context,
    db: Db,
    choosing: Choosing,
    follow_up: FollowUp,
    reopening: Reopening,
    own_cases: OwnCases,
    telling: Telling,
) -> Answer:
    """A last word without an open question: on a case that waits for it, on one that was closed, or on one under way."""
    rating = rating_of(context.text, asked=False)
    if rating is None:
        return None
    contact = context.speaker.contact
    named = await choosing.named(context)
    if named is not None and await reporters.of_contact(db, named.id, contact) is None:
        return await own_cases.not_yours(context, named)
    since = context.now - AGAIN_WITHIN
    waiting = [named] if named else await reporters.cases_of(db, contact, RATEABLE, since=since)
    waiting = [one for one in waiting if one.state in RATEABLE]
    if len(waiting) > 1:
        waiting = choosing.narrowed(context, waiting)
    if len(waiting) > 1:
        return await choosing.ask_which(db, context, "rate", waiting, rating=str(rating))
    if waiting:
        complaint = await complaints.held(db, waiting[0].id)
        return await own_cases.rated(context, complaint or waiting[0], rating)
    if rating == Rating.DISSATISFIED:
        closed = [named] if named else await reporters.cases_of(db, contact, (State.CLOSED,), since=since)
        closed = [one for one in closed if one.state == State.CLOSED]
        closed = choosing.narrowed(context, closed)
        if len(closed) == 1:
            return await reopening.reopen(context, closed[0])
    told = await own_cases.say_to_handler(context, rating, named)
    return [*(told or []), *([Reply("complaints.heard", {"rating": str(rating)})] if context.is_direct else [])]


@router.on(Intent("complaints.withdraw"))
async def withdraw(context: Context, db: Db, choosing: Choosing, own_cases: OwnCases) -> Answer:
    named = await choosing.named(context)
    found = [named] if named else await reporters.cases_of(db, context.speaker.contact, SHOWN_TO_REPORTER)
    if named is not None and await reporters.of_contact(db, named.id, context.speaker.contact) is None:
        return await own_cases.not_yours(context, named)
    if len(found) > 1:
        found = choosing.narrowed(context, found)
    if len(found) > 1:
        return await choosing.ask_which(db, context, "withdraw", found)
    if found:
        return await own_cases.withdraw(context, await complaints.held(db, found[0].id) or found[0])
    return Reply("complaints.none_of_yours") if context.is_direct else None


@router.on(Intent("complaints.mediate"))
async def mediate(context: Context, filing: Filing, own_cases: OwnCases) -> Answer:
    """和事佬: filed, handed to staff, and spoken of in private only."""
    if context.quiet:
        await filing.keep_lead(context.db, report_of(context))
        return None
    filed = await filing.file(context.db, report_of(context), mediation=True)
    reachable = context.conversation.group is None or context.speaker.friend
    key = "complaints.mediation_filed" if reachable else "complaints.mediation_noted"
    answer = Reply(key, spoken(filed.complaint), private=reachable, numbered=True)
    return [answer, *own_cases.mediation_asked(filed.complaint)]


@router.on(Intent("complaints.progress"))
async def progress(
    context: Context,
    understanding: Understanding,
    finding: Finding,
    choosing: Choosing,
    telling: Telling,
    common: Common,
) -> Answer:
    """By its number, for those it concerns; else the person's own cases, by what they are about and when they were reported."""
    if understanding.slots.case is not None or context.inbound.quote is not None:
        named = await choosing.named(context)
        if named is not None:
            return await _told([named], context, telling, common)
    own = await finding.own(context)
    meant = choosing.narrowed(context, own)
    if not own and context.conversation.group is not None:
        meant = [one for one in await finding.of_group(context) if choosing.is_about(context, one)][:1]
    return await _told(meant, context, telling, common) if meant else Reply("complaints.none_of_yours")


def _names_case(context: Context) -> bool:
    """Just a case number, said to the assistant or in the private chat."""
    return context.is_direct and context.understanding.slots.case is not None


@router.on(When(_names_case))
async def number_alone(
    context: Context, understanding: Understanding, finding: Finding, telling: Telling, common: Common
) -> Answer:
    return await _told([await finding.asked(context, understanding.slots.case or "")], context, telling, common)


@router.due(FOLLOW_UP_KIND)
async def ask_again(db: Db, due: Due, now: datetime, follow_up: FollowUp) -> Answer:
    posts: list[Said] = [*await follow_up.again(db, due, now)]
    return posts


async def _told(found: Sequence[Complaint], context: Context, telling: Telling, common: Common) -> Reply:
    """A group hears only of what was filed in it under a name; all else, and more than a group should hear, goes to private."""
    group = context.conversation.group
    told = list(found)
    if group is not None:
        told = [one for one in found if one.group_id == group and not one.anonymous and not telling.is_discreet(one)]
    alone = not told or any([await telling.goes_private(context, one) for one in told])
    cases = []
    for one in found if alone else told:
        people = await reporters.count(context.db, one.id)
        cases.append({**spoken(one), "people": people, "common": await common.promised(context.db, one)})
    trouble = telling.trouble(told[0]) if told else None
    return Reply("complaints.progress", {"cases": cases}, private=alone, numbered=True, trouble=trouble)
