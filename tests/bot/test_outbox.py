"""The sender: paced, lane by lane, and honest about what may or may not have gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import SendRefused, SendUncertain
from bot.message import Echo
from bot.posting import split
from scheduler.clock import VirtualClock
from storage.messages import OutboxRow
from tests.assistants import MORNING
from tests.bot.office import NEXT_MORNING, TONIGHT, Office


class TestPacing:
    async def test_a_gap_lies_between_two_messages(self, office: Office) -> None:
        await office.queue("1", "2", "3")
        await office.work()
        assert office.wire.texts == ["1", "2", "3"]
        assert office.wire.seconds == [0, 3, 6]

    async def test_jitter_is_drawn_once_a_message(self, office: Office) -> None:
        await office.start(jitter_s=2)
        await office.queue(*"1234")
        await office.work()
        gaps = [later - earlier for earlier, later in zip(office.wire.seconds, office.wire.seconds[1:], strict=False)]
        assert all(3 <= gap < 5 for gap in gaps)
        assert len(set(gaps)) == 3

    async def test_no_minute_sees_more_than_its_limit(self, office: Office) -> None:
        await office.start(gap_s=1, a_minute=4)
        await office.queue(*"1234567890")
        await office.work()
        assert office.wire.seconds == [0, 1, 2, 3, 60, 61, 62, 63, 120, 121]

    async def test_a_gap_longer_than_a_minute_is_kept(self, office: Office) -> None:
        await office.start(gap_s=150, notice_gap_s=600)
        await office.queue("1", "2")
        await office.queue("3", kind="notice")
        for _ in range(20):  # somebody wakes the sender in between
            await office.work(seconds=50)
        assert office.wire.seconds == [0, 150, 750]

    async def test_notices_keep_more_distance(self, office: Office) -> None:
        await office.queue("1", "2", kind="notice")
        await office.work()
        assert office.wire.seconds == [0, 10]

    async def test_after_the_days_cap_only_alerts_go(self, office: Office) -> None:
        await office.start(a_day=2)
        await office.queue("notice 1", "notice 2", "notice 3", kind="notice")
        await office.work(hours=1)
        await office.queue("reminder", kind="reminder")
        await office.queue("reply")
        await office.queue("alert", kind="alert")
        await office.work(hours=1)
        assert office.wire.texts == ["notice 1", "notice 2", "alert"]
        await office.work()
        assert [text.endswith("reply") for text in office.wire.texts[3:]] == [True, False, False]  # with its number
        assert office.wire.texts[4:] == ["reminder", "notice 3"]
        assert office.wire.moments[4] == NEXT_MORNING

    async def test_at_night_notices_and_reminders_wait_and_replies_and_alerts_do_not(self, office: Office) -> None:
        await office.start(at=TONIGHT)
        await office.queue("notice", kind="notice")
        await office.queue("reminder", kind="reminder")
        await office.queue("reply")
        await office.queue("alert", kind="alert")
        await office.work()
        assert office.wire.texts == ["alert", "reply", "reminder", "notice"]
        assert office.wire.moments[:2] == [TONIGHT, TONIGHT + timedelta(seconds=3)]
        assert office.wire.moments[2] == NEXT_MORNING

    async def test_a_restart_does_not_burst(self, office: Office) -> None:
        await office.start(notice_gap_s=20, a_day=3)
        await office.queue("1", "2", kind="notice")
        await office.work(seconds=25)
        last = office.wire.moments[-1]
        await office.start(notice_gap_s=20, a_day=3)
        await office.queue("3", "4", kind="notice")
        await office.work()
        assert office.wire.moments == [last + timedelta(seconds=20), NEXT_MORNING]

    async def test_the_urgent_overtakes_what_waits_for_its_turn(self, office: Office) -> None:
        await office.queue("reply 1", "reply 2")
        await office.work(seconds=1)
        await office.queue("fire", kind="alert")
        await office.queue("go outside", lane=1)
        await office.work()
        assert office.wire.texts == ["reply 1", "fire", "go outside", "reply 2"]


class TestRefused:
    async def test_it_is_tried_again_with_longer_and_longer_pauses(self, office: Office) -> None:
        office.wire.faults = [SendRefused("busy", retryable=True)] * 3
        await office.queue("hello")
        await office.work()
        assert office.wire.seconds == [0, 5, 15, 35]
        assert office.wire.texts == ["hello"]
        assert (await office.state(), await office.told()) == ("sent", [])

    async def test_after_the_last_attempt_staff_are_told_its_words(self, office: Office) -> None:
        office.wire.faults = [SendRefused("busy", retryable=True)] * 5
        await office.queue("楼道灯修好了")
        await office.work()
        assert (await office.state(), await office.told()) == ("failed", ["system.dead_letter"])
        assert [one.contact for one in office.wire.went] == ["wx_li"]
        assert "楼道灯修好了" in office.wire.texts[0]

    async def test_what_cannot_help_is_not_tried_again(self, office: Office) -> None:
        office.wire.faults = [SendRefused("no such contact", retryable=False)]
        await office.queue("hello")
        await office.queue("next")
        await office.work()
        assert (await office.state(), await office.told()) == ("failed", ["system.dead_letter"])
        assert "next" in office.wire.texts  # one dead letter stops nobody

    async def test_an_alert_about_an_alert_is_not_made(self, office: Office) -> None:
        office.wire.faults = [SendRefused("no", retryable=False)] * 9
        await office.queue("fire", kind="alert")
        await office.work()
        assert (await office.state(), await office.told()) == ("failed", [])

    async def test_while_one_waits_to_be_tried_again_others_go(self, office: Office) -> None:
        office.wire.faults = [SendRefused("busy", retryable=True)]
        await office.queue("first", "second")
        await office.work()
        assert office.wire.texts == ["second", "first"]


class TestUncertain:
    @pytest.mark.parametrize("kind", ["reply", "alert"])
    async def test_what_is_better_said_twice_is_said_again(self, office: Office, kind: str) -> None:
        office.wire.faults = [SendUncertain("broken off")]
        await office.queue("SQ261125-01", kind=kind)
        await office.work()
        assert office.wire.texts == ["SQ261125-01", "SQ261125-01"]
        assert (await office.state(), await office.told()) == ("sent", [])

    @pytest.mark.parametrize("kind", ["notice", "reminder"])
    async def test_what_must_not_be_said_twice_is_shown_to_staff_once(self, office: Office, kind: str) -> None:
        office.wire.faults = [SendUncertain("broken off")]
        await office.queue("明天停水", kind=kind)
        await office.work(minutes=5)
        assert office.wire.texts.count("明天停水") == 1
        assert (await office.state(), await office.told()) == ("unknown", ["system.uncertain"])
        assert "明天停水" in office.wire.texts[-1]
        await office.start()
        await office.work(minutes=5)
        assert (office.wire.texts, await office.told()) == ([], ["system.uncertain"])

    async def test_where_there_are_echoes_one_settles_it(self, office: Office) -> None:
        office.wire.echoes, office.wire.faults = True, [SendUncertain("broken off")]
        await office.queue("收到")
        await office.work(seconds=1)
        assert await office.state() == "unknown"
        await office.assistant.dispatcher.feed(Echo("e1", "收到", office.clock.now(), contact="w1"))
        await office.work(minutes=5)
        assert office.wire.texts == ["收到"]
        assert [(row.state, row.message) for row in await office.rows()] == [("sent", "e1")]

    async def test_where_no_echo_comes_it_is_said_again_soon(self, office: Office) -> None:
        office.wire.echoes, office.wire.faults = True, [SendUncertain("broken off")]
        await office.queue("收到")
        await office.work()
        assert office.wire.seconds == [0, 15]

    async def test_an_echo_from_elsewhere_settles_nothing(self, office: Office) -> None:
        office.wire.echoes, office.wire.faults = True, [SendUncertain("broken off")]
        await office.queue("收到")
        await office.work(seconds=1)
        for echo in (Echo("e1", "收到", office.clock.now(), group="room:3"), Echo("e2", "别的", MORNING, contact="w1")):
            await office.assistant.dispatcher.feed(echo)
        assert await office.state() == "unknown"

    async def test_the_echo_of_a_late_reply_settles_it_too(self, office: Office) -> None:
        office.wire.echoes, office.wire.faults = True, [SendUncertain("broken off")]
        await office.queue("SQ261125-01", created_at=MORNING - timedelta(hours=1))
        await office.work(seconds=1)
        await office.assistant.dispatcher.feed(Echo("e1", office.wire.texts[0], office.clock.now(), contact="w1"))
        assert await office.state() == "sent"

    async def test_a_fault_that_nobody_foresaw_is_uncertain_too(self, office: Office) -> None:
        office.wire.faults = [KeyError("a bug in the channel")]
        await office.queue("收到")
        await office.work()
        assert office.wire.texts == ["收到", "收到"]
        assert await office.state() == "sent"

    async def test_alerts_that_never_get_certain_come_to_an_end(self, office: Office) -> None:
        office.wire.faults = [SendUncertain("broken off")] * 200
        await office.queue("fire", kind="alert")
        await office.work()
        assert len(office.wire.tried) == 5
        assert await office.told() == []


class TestLate:
    async def test_a_reply_that_is_too_late_is_not_sent_and_staff_are_told(self, office: Office) -> None:
        await office.queue("说一声在几号楼", expires_at=MORNING + timedelta(minutes=30))
        await office.start(at=MORNING + timedelta(minutes=31))
        await office.work()
        assert (await office.state(), await office.told()) == ("expired", ["system.expired"])
        assert [one.contact for one in office.wire.went] == ["wx_li"]

    async def test_a_numbered_reply_that_goes_late_says_so(self, office: Office) -> None:
        await office.queue("编号SQ261125-01", expires_at=MORNING + timedelta(hours=24))
        await office.start(at=MORNING + timedelta(hours=2))
        await office.work()
        assert office.wire.texts[0] != "编号SQ261125-01"
        assert office.wire.texts[0].endswith("编号SQ261125-01")

    async def test_an_alert_is_never_too_late(self, office: Office) -> None:
        await office.queue("fire", kind="alert")
        await office.start(at=MORNING + timedelta(days=2))
        await office.work()
        assert office.wire.texts == ["fire"]


class TestAfterADeath:
    """A row found in `sending`: nobody knows whether it went."""

    async def die_while_sending(self, office: Office, kind: str) -> None:
        await office.queue("明天停水", kind=kind)
        async with office.database.transaction() as db:
            row = (await db.scalars(select(OutboxRow))).one()
            row.state, row.attempts, row.attempted_at = "sending", 1, office.clock.now()
        await office.start()
        await office.work()

    @pytest.mark.parametrize("kind", ["reply", "alert"])
    async def test_a_reply_is_said_again(self, office: Office, kind: str) -> None:
        await self.die_while_sending(office, kind)
        assert (office.wire.texts, await office.state(), await office.told()) == (["明天停水"], "sent", [])

    @pytest.mark.parametrize("kind", ["notice", "reminder"])
    async def test_a_notice_is_shown_to_staff(self, office: Office, kind: str) -> None:
        await self.die_while_sending(office, kind)
        assert (await office.state(), await office.told()) == ("unknown", ["system.uncertain"])
        assert [one.contact for one in office.wire.went] == ["wx_li"]

    async def test_a_clock_that_was_set_back_changes_nothing(self, office: Office) -> None:
        office.clock.move_to(MORNING + timedelta(minutes=5))
        await office.queue("编号SQ261125-01")
        async with office.database.transaction() as db:
            row = (await db.scalars(select(OutboxRow))).one()
            row.state, row.attempts, row.attempted_at = "sending", 1, office.clock.now()
        office.clock = VirtualClock(MORNING)
        await office.start()
        await office.work(minutes=6)
        assert office.wire.texts == ["编号SQ261125-01"]
        assert office.wire.moments[0] <= MORNING + timedelta(minutes=5, seconds=3)

    async def test_nothing_meant_for_an_older_login_goes_to_anybody(self, office: Office) -> None:
        await office.queue("您的件办好了")
        await office.log_in("bot2")
        await office.work()
        assert (office.wire.tried, await office.state()) == ([], "failed")


def cut(text: str) -> list[int]:
    return [len(part) for part in split(text)]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", [0]),
        ("短", [2 - 1]),
        ("字" * 1800, [1800]),
        ("字" * 1801, [1800, 1]),
        ("\n".join(["字" * 99] * 40), [1799, 1799, 399]),
        ("字" * 1800 + "\n" + "字" * 5, [1800, 5]),
        ("\n" + "字" * 1800, [1800, 1]),
    ],
    ids=[
        "nothing",
        "short",
        "just fits",
        "one too many",
        "at a line's end",
        "a line that fits",
        "a line that does not",
    ],
)
def test_long_texts_are_cut_at_the_end_of_a_line(text: str, lengths: list[int]) -> None:
    assert cut(text) == lengths
    assert "".join(split(text)).replace("\n", "") == text.replace("\n", "")
