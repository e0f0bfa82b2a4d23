"""What is said in the crash tests, and what must be there in the end, however often the assistant died."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from storage.base import Db


@dataclass(frozen=True)
class Said:
    """`{day}` in a text stands for the day in a case number."""

    id: str
    who: str
    text: str
    group: str | None = None
    """Where a resident says it, where it is not the group that all stories know."""


@dataclass(frozen=True)
class Wave:
    said: tuple[Said, ...]
    minutes: float = 0
    """So much later than the wave before it, all of which is sent by then."""


@dataclass(frozen=True)
class Story:
    """What is said, and what must be there in the end. What was called off is not looked at."""

    waves: tuple[Wave, ...]
    states: dict[str, tuple[str, ...]]
    """The states that the case of a message may be in: numbers follow the order in which messages of a wave are served."""
    numbered: int
    audit: Counter[str]
    outbox: Counter[str]
    due: dict[tuple[str, str], int]
    counted: dict[str, int] = field(default_factory=dict)
    """Where counters stand beside that of the cases."""
    questions: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Of each queued question its state and by how many it was asked."""
    entries: dict[str, int] = field(default_factory=dict)
    """The code of each entry of the knowledge base, and its version."""
    askings: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """What came of each message that asked, and whether its writer was told later."""
    study_at: str | None = None
    """When, on that day, staff get the study page: then the rhythms run."""
    more_groups: tuple[str, ...] = ()
    """Beside the one that all stories know, with the same people."""
    quiet: tuple[str, str] = ("00:00", "00:00")
    look: Callable[[Db], Awaitable[Any]] | None = None
    """Reads what else must stand in the tables in the end, which is `found`."""
    found: Any = None

    @property
    def messages(self) -> list[str]:
        return sorted(one.id for wave in self.waves for one in wave.said)


def _each_later(minutes: float, *said: tuple[str, str, str]) -> tuple[Wave, ...]:
    """One message a wave: what each leads to is sent before the next, and no group has heard two lines lately."""
    return tuple(Wave((Said(*one),), minutes) for one in said)


FIRST_HOUR = Story(
    waves=(
        Wave(
            (
                Said("m1", "w1", "3号楼2单元楼道灯坏了三天没人管"),
                Said("m2", "w2", "7号楼2单元下水道堵了，脏水都冒出来了没人管"),
                Said("m3", "w3", "@小助手 楼道灯坏了三天没人管"),
            )
        ),
        Wave((Said("m4", "wx_li", "受理 SQ{day}-01"),)),
        Wave((Said("m5", "w4", "楼道里有煤气味！七号楼三单元"),)),
        Wave((), minutes=31),
    ),
    states={
        "m1": ("accepted", "filed"),
        "m2": ("accepted", "filed"),
        "m3": ("awaiting_place",),
        "m5": ("filed",),
    },
    numbered=3,
    audit=Counter({"complaints.file": 4, "complaints.accept": 1}),
    outbox=Counter(
        {
            "complaints.filed": 2,
            "complaints.urgent": 2,
            "complaints.ask_place": 1,
            "complaints.accepted": 1,
            "complaints.update_accepted": 1,
            "complaints.emergency": 1,
            "complaints.alert": 4,
            "complaints.place.timed_out": 1,
        }
    ),
    due={
        ("complaints.alert", "done"): 1,
        ("complaints.alert", "waiting"): 1,
        ("complaints.clock", "waiting"): 2,
        ("dialog.timeout", "done"): 1,
    },
)
"""Everything at once: two cases, one that waits for its place, an emergency that nobody answers."""

WHOLE_LIFE = Story(
    waves=(
        *_each_later(
            11,
            ("m1", "w1", "3号楼2单元楼道灯坏了三天没人管"),
            ("m2", "w2", "3号楼1单元楼道灯也坏了，黑咕隆咚的"),
            ("m3", "w3", "7号楼门口井盖翘起来了，没人管"),
            ("s1", "wx_li", "受理 SQ{day}-01"),
            ("s2", "wx_li", "派 SQ{day}-02 小周"),
            ("s3", "wx_li", "并案 SQ{day}-01 SQ{day}-02"),
            ("s4", "wx_li", "受理 SQ{day}-03"),
            ("s5", "wx_li", "挂起 SQ{day}-03 等配件"),
            ("s6", "wx_li", "撤销"),
            ("s7", "wx_li", "办结 SQ{day}-01 换了灯泡"),
            ("r1", "w1", "1"),
            ("r2", "w2", "3"),
            ("s8", "wx_li", "办结 SQ{day}-01 又换了一个"),
            ("s9", "wx_li", "办结 SQ{day}-03 修好了"),
        ),
        Wave((Said("r3", "w1", "1"),), minutes=25 * 60),
        Wave((), minutes=49 * 60),
    ),
    states={"m1": ("closed",), "m2": ("merged",), "m3": ("closed",)},
    numbered=3,
    audit=Counter(
        {
            "complaints.file": 3,
            "complaints.accept": 2,
            "complaints.assign": 1,
            "complaints.merge": 1,
            "complaints.suspend": 1,
            "complaints.undo": 1,
            "complaints.resolve": 3,
            "complaints.ask": 3,
            "complaints.rate": 3,
            "complaints.reopen": 1,
            "complaints.close": 2,
        }
    ),
    outbox=Counter(
        {
            "complaints.filed": 3,
            "complaints.accepted": 2,
            "complaints.update_accepted": 2,
            "complaints.assigned": 1,
            "complaints.given_to_you": 1,
            "complaints.update_assigned": 1,
            "complaints.merged": 1,
            "complaints.update_merged": 1,
            "complaints.suspended": 1,
            "complaints.update_suspended": 1,
            "complaints.undone": 1,
            "complaints.update_undone": 1,
            "complaints.resolved": 3,
            "complaints.update_resolved": 3,
            "complaints.rated": 2,
            "complaints.reopened": 1,
            "complaints.reopened_to_you": 1,
            "complaints.asked_again": 2,
        }
    ),
    due={("complaints.follow_up", "done"): 4},
)
"""Three cases through the hands of staff: taken on, given, joined, paused and taken back, resolved, rated, done again, asked
again, and closed by silence.
"""

A_QUESTION = Story(
    waves=(
        *_each_later(
            11,
            ("m1", "w1", "@小助手 养老金资格认证在哪办？"),
            ("m2", "w2", "@小助手 养老金资格认证去哪办？"),
            ("m3", "w1", "@小助手 养老金资格认证在哪办？"),
            ("s1", "wx_li", "答 1 带身份证到社区一楼，手机上刷脸也行。"),
            ("m4", "w3", "@小助手 养老金资格认证在哪办？"),
        ),
        Wave((), minutes=60),
    ),
    states={},
    numbered=0,
    audit=Counter({"policy.answer": 1}),
    outbox=Counter(
        {
            "policy.handed_over": 3,
            "policy.waits_for_you": 2,
            "policy.kept": 1,
            "policy.answered_later": 1,
            "policy.answer": 1,
            "policy.study": 4,  # the words and the file, for two
        }
    ),
    due={("policy.weekly", "done"): 1, ("policy.weekly", "waiting"): 1},
    counted={"question": 1, "policy": 1, "policy-revision": 1},
    questions={"养老金资格认证在哪办?": ("answered", 2)},
    entries={"question-1": 1},
    askings={
        "m1": ("handed_over", True),
        "m2": ("handed_over", True),
        "m3": ("handed_over", True),
        "m4": ("answered", False),
    },
    study_at="11:30",
)
"""A question that waits, asked by two, of whom one asks again; answered by staff, asked again and answered; then the week's
study page with its file.
"""
