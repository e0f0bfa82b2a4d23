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

from storage.audit import AuditRow
from storage.base import Base
from storage.complaints import Complaint, Reporter
from storage.counters import Counter as CounterRow
from storage.database import Database
from storage.dialogs import DialogRow
from storage.due import DueRow
from storage.messages import InboxRow, OutboxRow
from storage.secrets import Vault
from tests.databases import KEY

PROJECT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
GROUP = "3号楼业主群"
GAP = timedelta(seconds=0.05)
LONGEST_LIFE_S = 60

SETTINGS: dict[str, Any] = {
    "community": {"id": "xingfu", "name": "幸福里社区", "phones": {"office": "0531-5550100"}},
    "channel": {"names": ["小助手"]},
    "staff": [
        {"contact": "wx_li", "name": "李主任", "role": "admin"},
        {"contact": "wx_zhou", "name": "小周", "role": "worker"},
    ],
    "quiet_hours": {"start": "00:00", "end": "00:00"},
    "pacing": {
        "gap_s": GAP.total_seconds(),
        "notice_gap_s": GAP.total_seconds(),
        "jitter_s": 0,
        "a_minute": 10_000,
        "a_day": 10_000,
    },
}
PEOPLE = {"w1": "3-2-501 王阿姨", "w2": "李叔", "w3": "赵姐", "w4": "小陈"}

SAID = [
    ("m1", "w1", "3号楼2单元楼道灯坏了三天没人管"),
    ("m2", "w2", "7号楼2单元下水道堵了，脏水都冒出来了没人管"),
    ("m3", "w3", "@小助手 楼道灯坏了三天没人管"),
]
COMMAND = ("m4", "wx_li", "受理 {number}")
"""Of the first case: whichever of the first two messages became it."""
EMERGENCY = ("m5", "w4", "楼道里有煤气味！七号楼三单元")

AUDIT = Counter({"complaints.file": 4, "complaints.accept": 1})
OUTBOX = Counter(
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
)
SAID_OF_OURSELVES = {"system.uncertain", "system.gap"}
"""What staff may be told about the death itself."""


@dataclass(frozen=True)
class Death:
    """One life that ends at a point; `times`: at which of the times that it comes by there; not `certain`: if it does."""

    point: str
    times: int = 1
    certain: bool = True

    def __str__(self) -> str:
        return f"{self.point}:{self.times}"


@dataclass
class Scene:
    url: str
    folder: Path
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
        done = subprocess.run(
            [sys.executable, "-m", "tests.crash.child", str(plan)],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            timeout=LONGEST_LIFE_S,
            check=False,
        )
        expected = {0} if death is None else {-signal.SIGKILL} if death.certain else {0, -signal.SIGKILL}
        assert done.returncode in expected, (
            f"{death or 'to the end'}: {done.returncode}\n{done.stderr.decode()[-3000:]}"
        )

    def _plan(self) -> dict[str, Any]:
        at = self.start.isoformat()

        def message(said: tuple[str, str, str]) -> dict[str, Any]:
            identity, sender, text = said
            where = {} if sender.startswith("wx_") else {"group": GROUP, "group_name": GROUP}
            words = text.format(number=f"SQ{self.day}-01")
            called = {"sender_name": PEOPLE.get(sender, ""), "mentioned": "@" in text}
            return {"id": identity, "sender": sender, "text": words, "at": at, **where, **called}

        first = [message(one) for one in SAID]
        return {
            "url": self.url,
            "key": KEY.hex(),
            "start": self._goes_on_at().isoformat(),
            "folder": str(self.folder),
            "settings": SETTINGS,
            "roster": {GROUP: PEOPLE},
            # the gateway delivers one of them twice in any case
            "waves": [[*first, first[0]], [message(COMMAND)], [message(EMERGENCY)]],
        }

    def _goes_on_at(self) -> datetime:
        moments = [self.start]
        later = self.folder / "half-an-hour-later"
        if later.exists():
            moments.append(datetime.fromisoformat(later.read_text()))
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

    @classmethod
    async def read(cls, url: str) -> Found:
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
        )
        async with database.reading() as db:
            rows = {table: list(await db.scalars(select(table).order_by(table.id))) for table in tables}
        await database.close()
        return cls(rows)

    def check(self, scene: Scene, deaths: int) -> None:
        self._nothing_lost_nothing_doubled(scene)
        self._everything_said(scene, deaths)
        self._pacing_kept(scene)

    def _nothing_lost_nothing_doubled(self, scene: Scene) -> None:
        inbox = {row.id: row for row in self.rows[InboxRow]}
        assert sorted(row.message for row in inbox.values()) == ["m1", "m2", "m3", "m4", "m5"]
        assert {row.state for row in inbox.values()} == {"done"}
        cases = {inbox[case.inbox_id].message: case for case in self.rows[Complaint]}
        assert sorted(cases) == ["m1", "m2", "m3", "m5"]
        assert len(self.rows[Complaint]) == len(self.rows[Reporter]) == 4
        numbers = sorted(case.number for case in cases.values() if case.number)
        assert numbers == [f"SQ{scene.day}-{count:02}" for count in (1, 2, 3)]
        assert [counter.value for counter in self.rows[CounterRow]] == [3]
        assert cases["m3"].state == "awaiting_place"
        assert sorted(case.state for case in cases.values()) == ["accepted", "awaiting_place", "filed", "filed"]
        assert Counter(step.verb for step in self.rows[AuditRow]) == AUDIT
        assert self.rows[DialogRow] == []
        due = Counter((row.kind, row.state) for row in self.rows[DueRow])
        assert due == Counter(
            {
                ("complaints.alert", "done"): 1,
                ("complaints.alert", "waiting"): 1,
                ("dialog.timeout", "done"): 1,
                ("retention", "waiting"): 1,
            }
        )

    def _everything_said(self, scene: Scene, deaths: int) -> None:
        outbox = self.rows[OutboxRow]
        keys = Counter(row.reply_key for row in outbox if row.reply_key not in SAID_OF_OURSELVES)
        assert keys == OUTBOX
        went = Counter(line["id"] for line in scene.wire())
        uncertain = [row for row in outbox if row.state == "unknown"]
        told = [row for row in outbox if row.reply_key == "system.uncertain"]
        assert len(uncertain) == len(told)
        cases = {case.inbox_id: case.number for case in self.rows[Complaint]}
        for row in outbox:
            times = went[f"out-{row.id}"]
            if row.kind in ("reply", "alert"):
                assert row.state == "sent", f"{row.reply_key} is {row.state}"
                assert 1 <= times <= 1 + deaths
            else:
                assert row.state in ("sent", "unknown")
                assert times <= 1
            texts = {line["text"] for line in scene.wire() if line["id"] == f"out-{row.id}"}
            assert texts <= {row.text}, f"{row.reply_key}: {texts - {row.text}}"
            if row.reply_key in ("complaints.filed", "complaints.emergency"):
                assert cases[row.inbox_id] in row.text

    def _pacing_kept(self, scene: Scene) -> None:
        moments = [at for _, at in scene.attempts()]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert min(gaps) >= GAP
