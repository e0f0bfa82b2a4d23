"""Stories of notices and sessions for the crash tests: what is said, and what must be there in the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from storage.base import Db
from storage.broadcasts import Broadcast, BroadcastGroup
from storage.calls import Call
from storage.messages import OutboxRow
from storage.receipts import Receipt
from storage.sessions import Session, Slot
from storage.sign_ups import SignUp
from tests.crash.scene import Death
from tests.crash.stories import Said, Story, Wave

MORE_GROUPS = tuple(f"{number}号楼业主群" for number in (4, 5, 6, 7, 8))
ARRIVED = ("sent", "unknown")
"""What became of a row of which one may say that it went, or that nobody knows and staff are asked to look."""


async def _broadcasts(db: Db) -> Any:
    """Each broadcast with its state, in how many groups it went or is uncertain, and by how many it was acknowledged."""
    found = []
    for one in await db.scalars(select(Broadcast).order_by(Broadcast.number)):
        rows = list(await db.scalars(select(BroadcastGroup).where(BroadcastGroup.broadcast_id == one.id)))
        outbox = {row.outbox_id for row in rows}
        states = list(await db.scalars(select(OutboxRow.state).where(OutboxRow.id.in_(outbox))))
        receipts = list(await db.scalars(select(Receipt.id).where(Receipt.broadcast_id == one.id)))
        found.append((one.state, len(rows), sum(state in ARRIVED for state in states), len(receipts)))
    return found


async def _session(db: Db) -> Any:
    """The session, its places, who signed up, and who was reminded of what."""
    [session] = await db.scalars(select(Session))
    slots = [(slot.capacity, slot.taken) for slot in await db.scalars(select(Slot))]
    rows = await db.scalars(select(SignUp).order_by(SignUp.turn))
    people = [(row.name, row.people, row.state) for row in rows]
    names = {f"sign-up:{row.id}": row.name for row in await db.scalars(select(SignUp))}
    calls = Counter((row.cause, names[row.person], row.way) for row in await db.scalars(select(Call)))
    notices = [told[:-1] for told in await _broadcasts(db)]
    return (session.state, session.sequence), slots, people, calls, notices


A_BROADCAST = Story(
    waves=(
        Wave((Said("s1", "wx_li", "通知 全部群 回执 明天上午停水，收到请回复"),)),
        Wave((Said("s2", "wx_li", "确认"),)),
        Wave((Said("s3", "wx_li", "暂停 TZ{day}-01"),)),
        Wave((Said("s4", "wx_li", "继续 TZ{day}-01"),), minutes=61),
        Wave((Said("r1", "w1", "收到"), Said("r2", "w2", "1", MORE_GROUPS[0])), minutes=5),
        Wave((Said("r3", "w1", "收到", MORE_GROUPS[1]), Said("r4", "w3", "好的收到")), minutes=1),
        Wave((Said("s5", "wx_li", "回执 TZ{day}-01"),), minutes=1),
        Wave((), minutes=5),
    ),
    states={},
    numbered=0,
    audit=Counter({"notices.begun": 1, "notices.paused": 1, "notices.resumed": 1}),
    outbox=Counter(
        {
            "notices.would_send": 1,
            "notices.begun": 1,
            "notices.paused": 1,
            "notices.resumed": 1,
            "notices.text": 6,
            "notices.receipts": 1,
        }
    ),
    due={("dialog.timeout", "done"): 1},
    counted={"TZ": 1},
    more_groups=MORE_GROUPS,
    quiet=("09:00", "11:00"),
    look=_broadcasts,
    found=[("running", 6, 6, 3)],
)
"""One notice to six groups: begun in quiet hours, paused before anything is sent, resumed when all may go, acknowledged by three,
of whom one does so twice.
"""

A_SESSION = Story(
    waves=(
        Wave((Said("s1", "wx_li", "活动 后天下午2:30-4:30活动室健康讲座 名额3"),)),
        Wave((Said("s2", "wx_li", "确认"),)),
        Wave((Said("m1", "w2", "报名 6-1-101 两个人"),), minutes=11),
        Wave((Said("m2", "w4", "讲座我报名 8-1-802"),), minutes=11),
        Wave((Said("m3", "w1", "#接龙 健康讲座\n1. 3-2-501 王阿姨 1人"),), minutes=11),
        Wave((Said("m4", "w3", "我也报名 5-1-302"),), minutes=11),
        Wave((Said("m5", "w4", "我不去了，取消报名"),), minutes=11),
        Wave((Said("m6", "w1", "来"),), minutes=11),
        Wave((), minutes=27.5 * 60),
        Wave((Said("s3", "wx_li", "取消活动 HD{day}-01 下大雨"),), minutes=60),
        Wave((Said("s4", "wx_li", "确认"),), minutes=1),
        Wave((), minutes=5),
    ),
    states={},
    numbered=0,
    audit=Counter({"sessions.create": 1, "notices.begun": 2, "sessions.cancel": 1}),
    outbox=Counter(
        {
            "sessions.would_create": 1,
            "sessions.created": 1,
            "notices.text": 2,
            "sessions.joined": 3,
            "sessions.noted": 1,
            "sessions.waiting": 1,
            "sessions.left": 1,
            "sessions.offered": 1,
            "sessions.reminder": 2,
            "sessions.group_reminder": 1,
            "sessions.would_cancel": 1,
            "sessions.was_cancelled": 1,
            "sessions.cancelled_for_you": 3,
        }
    ),
    due={("dialog.timeout", "done"): 1, ("dialog.timeout", "waiting"): 1, ("sessions.day", "done"): 1},
    counted={"HD": 1, "TZ": 1, "sign-up": 4},
    look=_session,
    found=(
        ("cancelled", 1),
        [(3, 3)],
        [("李叔", 2, "confirmed"), ("小陈", 1, "cancelled"), ("王阿姨", 1, "confirmed"), ("赵姐", 1, "waiting")],
        Counter(
            [
                *(("sessions.day", name, "private") for name in ("李叔", "王阿姨")),
                *(("sessions.cancelled", name, "private") for name in ("李叔", "王阿姨", "赵姐")),
            ]
        ),
        [("running", 1, 1), ("running", 1, 1)],
    ),
)
"""A lecture for three: made, announced and filled by two; one waits by a group note, one behind; a place comes free, is offered
and taken; the day before everybody is reminded; it is called off.
"""

BROADCAST_DEATHS = {
    "while it is begun and held": [
        Death("receive.fed", 2),
        Death("receive.recorded", 2),
        Death("receive.before_commit", 2),
        Death("receive.after_commit", 3),
        Death("send.before_claim"),
        Death("tick.claimed"),
        Death("tick.before_commit"),
        Death("tick.after_commit"),
        Death("receive.before_commit", 5),
    ],
    "while it goes out": [
        Death("send.after_claim", 6),
        Death("send.after_call", 2),
        Death("start.recovered"),
        Death("send.before_call", 2),
        Death("send.before_settle"),
        Death("send.settled"),
        Death("receive.after_commit", 6),
    ],
}
SESSION_DEATHS = {
    "while people sign up": [
        Death("receive.fed", 2),
        Death("receive.recorded", 3),
        Death("receive.before_commit", 4),
        Death("receive.after_commit", 5),
        Death("receive.before_commit", 6),
        Death("receive.after_commit", 7),
        Death("receive.recorded", 2),
        Death("receive.before_commit", 8, certain=False),
    ],
    "while they are told": [
        Death("send.before_claim", 2),
        Death("send.after_claim", 2),
        Death("send.before_call", 2),
        Death("send.after_call", 2),
        Death("start.recovered"),
        Death("send.before_settle", 2),
        Death("send.settled", 2),
    ],
    "while they are reminded": [
        Death("tick.claimed"),
        Death("tick.before_commit"),
        Death("tick.after_commit"),
        Death("tick.claimed", 2),
        Death("tick.before_commit"),
        Death("tick.after_commit"),
        Death("send.after_claim"),
        Death("send.after_call"),
        Death("send.before_settle"),
        Death("receive.before_commit", 9, certain=False),
    ],
}
"""Many lives in a row, each of which ends one step further on."""
