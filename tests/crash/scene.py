"""What is said in every crash test, and what must be in the tables and on the wire in the end, however often we died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.channels.texts import split_mention
from storage.audit import AuditRow
from storage.base import Base
from storage.complaints import Complaint
from storage.counters import Counter as CounterRow
from storage.database import Database
from storage.dialogs import DialogRow
from storage.due import DueRow
from storage.messages import CALLED_OFF, InboxRow, OutboxRow
from storage.policy import Policy
from storage.questions import Asking, Question
from storage.reporters import Reporter
from storage.secrets import Vault
from tests.crash.stories import Said, Story
from tests.databases import KEY
from tests.forked import Ended, nursery

PROJECT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
GROUP = "3号楼业主群"
GAP = timedelta(seconds=0.05)
LONGEST_LIFE_S = 60
SOAK = bool(os.environ.get("SOAK"))

SETTINGS: dict[str, Any] = {
    "community": {"id": "xingfu", "name": "幸福里社区", "phones": {"office": "0531-5550100"}},
    "channel": {"names": ["小助手"]},
    "staff": [
        {"contact": "wx_li", "name": "李主任", "role": "admin"},
        {"contact": "wx_zhou", "name": "小周", "role": "worker"},
    ],
    "quiet_hours": {"start": "00:00", "end": "00:00"},
    # what is delivered again after a death is not too old to be heard, and so to be known again
    "limits": {"oldest_message_minutes": 100_000},
    "pacing": {
        "gap_s": GAP.total_seconds(),
        "notice_gap_s": GAP.total_seconds(),
        "jitter_s": 0,
        "a_minute": 10_000,
        "a_day": 10_000,
    },
}
PEOPLE = {"w1": "3-2-501 王阿姨", "w2": "李叔", "w3": "赵姐", "w4": "小陈"}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOT_COUNTED = ("retention", "complaints.morning", "complaints.evening")
URGENT = "complaints.urgent"
SAID_OF_OURSELVES = {"system.uncertain", "system.broadcast", "system.gap"}
"""What staff may be told about the death itself."""
OF_A_BROADCAST = "notices.text"


@dataclass(frozen=True)
class Death:
    """One life that ends at a point; `times`: at which of the times that it comes by there; not `certain`: if it does."""

    point: str
    times: int = 1
    certain: bool = True

    def __str__(self) -> str:
        return f"{self.point}:{self.times}"


def _forked(plan: Path, environment: dict[str, str]) -> Ended:
    return nursery().run(
        "tests.crash.child:live", str(plan), cwd=PROJECT, environment=environment, longest_s=LONGEST_LIFE_S
    )


def _anew(plan: Path, environment: dict[str, str]) -> Ended:
    """From the first import on, with another seed of its hashes in every life."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.child", str(plan)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        timeout=LONGEST_LIFE_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass
class Scene:
    url: str
    folder: Path
    story: Story
    start: datetime = field(
        default_factory=lambda: (datetime.now(ZONE) + timedelta(days=1)).replace(
            hour=10, minute=0, second=0, microsecond=0
        )
    )
    """Tomorrow, so that no alarm of the real clock rings."""

    @property
    def day(self) -> str:
        return f"{self.start:%y%m%d}"

    def play(self, *deaths: Death) -> None:
        """Die at each of these, then live to the end."""
        for death in deaths:
            self._live(death)
        self._live(None)

    def _live(self, death: Death | None) -> None:
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps(self._plan(), ensure_ascii=False), "utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
        if death is not None:
            environment["LINLI_CRASH_AT"] = str(death)
        ended = _anew(plan, environment) if SOAK else _forked(plan, environment)
        expected = {0} if death is None else {-signal.SIGKILL} if death.certain else {0, -signal.SIGKILL}
        assert ended.code in expected, f"{death or 'to the end'}: {ended.code}\n{ended.err.decode()[-3000:]}"

    def _plan(self) -> dict[str, Any]:
        waves: list[dict[str, Any]] = []
        at = self.start
        for wave in self.story.waves:
            at += timedelta(minutes=wave.minutes)
            said = [self._message(one, at) for one in wave.said]
            waves.append({"minutes": wave.minutes, "messages": said})
        # the gateway delivers one of them twice in any case
        waves[0]["messages"].append(waves[0]["messages"][0])
        return {
            "url": self.url,
            "key": KEY.hex(),
            "start": self._goes_on_at().isoformat(),
            "folder": str(self.folder),
            "settings": self._settings(),
            "rhythms": self.story.study_at is not None,
            "roster": dict.fromkeys((GROUP, *self.story.more_groups), PEOPLE),
            "waves": waves,
        }

    def _settings(self) -> dict[str, Any]:
        quiet = dict(zip(("start", "end"), self.story.quiet, strict=True))
        if self.story.study_at is None:
            return {**SETTINGS, "quiet_hours": quiet}
        study = {"weekday": WEEKDAYS[self.start.weekday()], "at": self.story.study_at}
        return {**SETTINGS, "policy": {"study": study}}

    def _message(self, said: Said, at: datetime) -> dict[str, Any]:
        group = said.group or GROUP
        where = {} if said.who.startswith("wx_") else {"group": group, "group_name": group}
        called = {"sender_name": PEOPLE.get(said.who, ""), "mentioned": "@" in said.text}
        _, text = split_mention(said.text.format(day=self.day), tuple(SETTINGS["channel"]["names"]))
        return {"id": said.id, "sender": said.who, "text": text, "at": at.isoformat(), **where, **called}

    def _goes_on_at(self) -> datetime:
        moments = [self.start]
        passed = self.folder / "passed.json"
        if passed.exists():
            moments.append(datetime.fromisoformat(json.loads(passed.read_text())["at"]))
        return max(moments + [sent + timedelta(microseconds=1) for _, sent in self.attempts()])

    def wire(self) -> list[dict[str, Any]]:
        path = self.folder / "wire.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def attempts(self) -> list[tuple[str, datetime]]:
        return [(line["id"], datetime.fromisoformat(line["attempted_at"]).astimezone(ZONE)) for line in self.wire()]


@dataclass
class Found:
    """What the tables hold in the end."""

    rows: dict[type[Base], list[Any]]
    seen: Any = None
    """What the story looks at beside these."""

    @classmethod
    async def read(cls, url: str, story: Story) -> Found:
        database = Database(url, Vault(KEY))
        tables: tuple[type[Any], ...] = (
            InboxRow,
            OutboxRow,
            Complaint,
            Reporter,
            AuditRow,
            DueRow,
            DialogRow,
            CounterRow,
            Question,
            Asking,
            Policy,
        )
        async with database.reading() as db:
            rows = {table: list(await db.scalars(select(table).order_by(table.id))) for table in tables}
            seen = None if story.look is None else await story.look(db)
        await database.close()
        return cls(rows, seen)

    def check(self, scene: Scene, deaths: int) -> None:
        self._nothing_lost_nothing_doubled(scene)
        self._every_question_once(scene.story)
        self._everything_said(scene, deaths)
        self._pacing_kept(scene)
        assert self.seen == scene.story.found

    def _nothing_lost_nothing_doubled(self, scene: Scene) -> None:
        story, inbox = scene.story, {row.id: row for row in self.rows[InboxRow]}
        assert sorted(row.message for row in inbox.values()) == story.messages
        assert {row.state for row in inbox.values()} == {"done"}
        cases = {inbox[case.inbox_id].message: case for case in self.rows[Complaint]}
        assert sorted(cases) == sorted(story.states)
        assert len(self.rows[Complaint]) == len(self.rows[Reporter]) == len(story.states)
        numbers = sorted(case.number for case in cases.values() if case.number)
        assert numbers == [f"SQ{scene.day}-{count:02}" for count in range(1, story.numbered + 1)]
        cases_counted = {"SQ": story.numbered} if story.numbered else {}
        assert {counter.kind: counter.value for counter in self.rows[CounterRow]} == cases_counted | story.counted
        for message, states in story.states.items():
            assert cases[message].state in states, f"{message} is {cases[message].state}"
        assert Counter(step.verb for step in self.rows[AuditRow]) == story.audit
        assert self.rows[DialogRow] == []
        due = Counter((row.kind, row.state) for row in self.rows[DueRow] if row.kind not in NOT_COUNTED)
        assert {key: count for key, count in due.items() if key[1] != "cancelled"} == story.due

    def _every_question_once(self, story: Story) -> None:
        questions = {row.text: (row.state, row.asked) for row in self.rows[Question]}
        assert (questions, len(self.rows[Question])) == (story.questions, len(story.questions))
        assert [(row.code, row.version) for row in self.rows[Policy]] == [*story.entries.items()]
        messages = {row.id: row.message for row in self.rows[InboxRow]}
        askings = {messages[row.inbox_id]: (row.outcome, row.told_at is not None) for row in self.rows[Asking]}
        assert (askings, len(self.rows[Asking])) == (story.askings, len(story.askings))

    def _everything_said(self, scene: Scene, deaths: int) -> None:
        outbox = self.rows[OutboxRow]
        keys = Counter(row.reply_key for row in outbox if row.reply_key not in SAID_OF_OURSELVES)
        assert keys == scene.story.outbox, f"{keys - scene.story.outbox}, not {scene.story.outbox - keys}"
        went = Counter(line["id"] for line in scene.wire())
        uncertain = Counter(row.reply_key == OF_A_BROADCAST for row in outbox if row.state == "unknown")
        told = Counter(row.reply_key for row in outbox)
        assert uncertain[False] == told["system.uncertain"]
        assert (uncertain[True] > 0) == (told["system.broadcast"] > 0)  # one line for all groups of a broadcast
        cases = {case.inbox_id: case.number for case in self.rows[Complaint]}
        for row in outbox:
            times = went[f"out-{row.id}"]
            if row.kind in ("reply", "alert"):
                assert row.state == "sent", f"{row.reply_key} is {row.state}"
                assert 1 <= times <= 1 + deaths
            else:
                # an urgent case that was taken on before staff were told of it need not be told any more
                assert row.state in ("sent", "unknown") or (row.reply_key, row.error) == (URGENT, CALLED_OFF)
                assert times <= 1
            texts = {line["text"] for line in scene.wire() if line["id"] == f"out-{row.id}"}
            assert texts <= {row.text}, f"{row.reply_key}: {texts - {row.text}}"
            if row.reply_key in ("complaints.filed", "complaints.emergency"):
                assert cases[row.inbox_id] in row.text

    def _pacing_kept(self, scene: Scene) -> None:
        moments = [at for _, at in scene.attempts()]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert min(gaps) >= GAP
