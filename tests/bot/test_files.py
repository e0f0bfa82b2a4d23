"""A message may carry a file: it goes after its words, to nobody else, and by the same rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.channels.base import SendRefused, SendUncertain
from bot.context import Context, Post, Said, Speaker
from bot.message import Conversation, Echo, File, Inbound, Reply, Understanding
from bot.posting import LONGEST_TEXT, Posting, UnusableFile
from storage import lines, messages
from storage.attachments import MOST_BYTES, Attachment
from storage.base import Db
from storage.messages import OutboxRow
from tests.assistants import MORNING
from tests.bot.office import TONIGHT, Office

PAGE = File("学习页.docx", b"PK page of the week")
OTHER = File("海报.png", b"png")
KEY = "refused.nothing_quoted"


def words(office: Office) -> str:
    return office.assistant.replies(KEY, {}, public=False)


async def post(office: Office, *posts: Post) -> None:
    async def deed(_db: Db, _now: datetime) -> list[Said]:
        return list(posts)

    await office.assistant.acting.do(deed)


def to_wang(office: Office, file: File | None = PAGE, **fields: object) -> Post:
    fields = {"contact": office.assistant.directory.contact("w1"), "kind": "reply", **fields}
    return Post(**{"key": KEY, "file": file, **fields})  # type: ignore[arg-type]


def to_group(office: Office, file: File | None = PAGE, **fields: object) -> Post:
    return to_wang(office, file, **{"contact": None, "group": office.assistant.directory.group("room:3"), **fields})


async def kept(office: Office) -> list[Attachment]:
    async with office.database.reading() as db:
        return list(await db.scalars(select(Attachment)))


class TestOnItsWay:
    async def test_it_goes_after_its_words_to_the_same_place(self, office: Office) -> None:
        await post(office, to_wang(office), to_wang(office, None))
        await office.work()
        first, second, third = office.wire.went
        assert (first.text, first.file, first.contact) == (words(office), None, "w1")
        assert (second.text, second.file, second.contact) == (PAGE.name, PAGE, "w1")
        assert (third.text, third.file) == (words(office), None)
        assert office.wire.seconds == [0, 3, 6]
        assert {row.state for row in await office.rows()} == {"sent"}

    async def test_a_notice_keeps_it_through_the_night(self, office: Office) -> None:
        await office.start(at=TONIGHT)
        await post(office, to_wang(office, kind="notice"))
        await office.work(hours=1)
        assert office.wire.went == []
        await office.start(at=TONIGHT + timedelta(hours=10))
        await office.work()
        assert [one.file for one in office.wire.went] == [None, PAGE]
        assert [str(one.kind) for one in office.wire.went] == ["notice", "notice"]

    async def test_a_group_is_told_whom_it_is_for_with_the_words_only(self, office: Office) -> None:
        wang = office.assistant.directory.contact("w1")
        await post(office, to_group(office, kind="notice", mentions=(wang,)))
        await office.work()
        assert [(one.group, one.contact, one.mentions) for one in office.wire.went] == [
            ("room:3", None, ("w1",)),
            ("room:3", None, ()),
        ]

    async def test_after_long_words_it_comes_last(self, office: Office) -> None:
        text = "字" * (LONGEST_TEXT + 1)
        await post(office, to_wang(office, key="late", params={"text": text}))
        await office.work()
        assert [one.file for one in office.wire.went] == [None, None, PAGE]

    async def test_one_that_goes_to_several_is_kept_once(self, office: Office) -> None:
        li = office.assistant.directory.contact("wx_li")
        await post(office, to_wang(office), to_wang(office, contact=li), to_wang(office, OTHER))
        await office.work()
        assert [one.contact for one in office.wire.went if one.file == PAGE] == ["w1", "wx_li"]
        assert [(one.name, one.content) for one in await kept(office)] == [
            (PAGE.name, PAGE.content),
            (OTHER.name, OTHER.content),
        ]

    async def test_a_late_reply_says_so_in_words_not_in_the_name(self, office: Office) -> None:
        await post(office, to_wang(office, numbered=True))
        await office.start(at=MORNING + timedelta(hours=2))
        await office.work()
        first, second = office.wire.texts
        assert first != words(office)
        assert first.endswith(words(office))
        assert second == PAGE.name

    async def test_what_a_group_has_heard_enough_of_holds_the_file_too(self, office: Office) -> None:
        about: dict[str, Any] = {"kind": "notice", "trouble": "lamp"}
        await post(office, to_group(office, None, **about), to_group(office, None, **about), to_group(office, **about))
        await office.work(minutes=9)
        assert [one.file for one in office.wire.went] == [None, None]
        await office.work(minutes=3)
        assert [one.file for one in office.wire.went] == [None, None, None, PAGE]


class TestItsWordsDoNotGo:
    async def test_while_they_are_tried_again_it_waits(self, office: Office) -> None:
        office.wire.faults = [SendRefused("busy", retryable=True)] * 2
        await post(office, to_wang(office))
        await office.work()
        assert office.wire.texts == [words(office), PAGE.name]
        assert office.wire.seconds == [0, 5, 15, 18]

    async def test_where_they_are_refused_for_good_it_is_not_sent_and_staff_hear_it_once(self, office: Office) -> None:
        office.wire.faults = [SendRefused("no such contact", retryable=False)]
        await post(office, to_wang(office))
        await office.work()
        assert [one.contact for one in office.wire.went] == ["wx_li"]
        assert [row.state for row in await office.rows()] == ["failed", "expired", "sent"]
        assert await office.told() == ["system.dead_letter"]

    async def test_where_they_come_too_late_staff_hear_it_once(self, office: Office) -> None:
        await post(office, to_wang(office))
        await office.start(at=MORNING + timedelta(minutes=31))
        await office.work()
        assert [row.state for row in await office.rows()][:2] == ["expired", "expired"]
        assert await office.told() == ["system.expired"]

    async def test_where_it_alone_comes_too_late_staff_hear_that(self, office: Office) -> None:
        await office.start(a_day=1)
        await post(office, to_wang(office))
        await office.work(minutes=31)
        assert [one.text for one in office.wire.went if one.contact == "w1"] == [words(office)]
        assert [row.state for row in await office.rows()][:2] == ["sent", "expired"]
        assert await office.told() == ["system.expired"]

    async def test_where_they_are_called_off_it_is_too(self, office: Office) -> None:
        await post(office, to_wang(office, about="page"))
        async with office.database.transaction() as db:
            assert await lines.call_off(db, "page") == 1
        await office.work()
        assert office.wire.went == []
        assert [row.state for row in await office.rows()] == ["expired", "expired"]
        assert await office.told() == []

    async def test_notices_that_may_have_gone_are_shown_to_staff_and_the_file_goes(self, office: Office) -> None:
        office.wire.faults = [SendUncertain("broken off")]
        await post(office, to_wang(office, kind="notice"))
        await office.work(minutes=5)
        assert [one.file for one in office.wire.went if one.contact == "w1"] == [None, PAGE]
        assert await office.told() == ["system.uncertain"]

    async def test_until_an_echo_settles_them_it_waits(self, office: Office) -> None:
        office.wire.echoes, office.wire.faults = True, [SendUncertain("broken off")]
        await post(office, to_wang(office, kind="notice"))
        await office.work(seconds=10)
        assert office.wire.texts == [words(office)]
        await office.assistant.dispatcher.feed(Echo("e1", words(office), office.clock.now(), contact="w1"))
        await office.work(seconds=10)
        assert office.wire.texts == [words(office), PAGE.name]
        assert await office.told() == []


class TestUncertain:
    async def test_a_replys_file_is_sent_again(self, office: Office) -> None:
        office.wire.faults = [None, SendUncertain("broken off")]
        await post(office, to_wang(office))
        await office.work()
        assert office.wire.texts == [words(office), PAGE.name, PAGE.name]
        assert await office.told() == []

    async def test_a_notices_file_is_shown_to_staff_by_its_name(self, office: Office) -> None:
        office.wire.faults = [None, SendUncertain("broken off")]
        await post(office, to_wang(office, kind="notice"))
        await office.work()
        assert office.wire.texts.count(PAGE.name) == 1
        assert await office.told() == ["system.uncertain"]
        assert PAGE.name in office.wire.texts[-1]

    @pytest.mark.parametrize("name", [PAGE.name, ""], ids=["by its name", "by its place"])
    async def test_its_echo_settles_it(self, office: Office, name: str) -> None:
        office.wire.echoes, office.wire.faults = True, [None, SendUncertain("broken off")]
        await post(office, to_wang(office))
        await office.work(seconds=5)
        for other in (
            Echo("e1", PAGE.name, office.clock.now(), contact="w1"),  # somebody typed its name
            Echo("e2", OTHER.name, office.clock.now(), contact="w1", is_file=True),
            Echo("e3", name, office.clock.now(), group="room:3", is_file=True),
        ):
            await office.assistant.dispatcher.feed(other)
        assert (await office.rows())[1].state == "unknown"
        await office.assistant.dispatcher.feed(Echo("e4", name, office.clock.now(), contact="w1", is_file=True))
        await office.work(minutes=5)
        assert office.wire.texts == [words(office), PAGE.name]
        assert (await office.rows())[1].message == "e4"

    async def test_after_a_death_in_the_middle_of_it(self, office: Office) -> None:
        await post(office, to_wang(office))
        async with office.database.transaction() as db:
            first, second = await db.scalars(select(OutboxRow).order_by(OutboxRow.id))
            first.state, second.state, second.attempts = "sent", "sending", 1
            first.attempted_at = second.attempted_at = office.clock.now()
        await office.start()
        await office.work()
        assert [(one.text, one.file) for one in office.wire.went] == [(PAGE.name, PAGE)]


class TestSaidBetterMeanwhile:
    async def test_words_in_the_place_of_others_bring_their_own_file(self, office: Office) -> None:
        await post(office, to_wang(office, about="page"))
        await post(office, to_wang(office, OTHER, about="page"))
        await office.work()
        assert [one.file for one in office.wire.went] == [None, OTHER]
        await post(office, to_wang(office, about="page"))
        await post(office, to_wang(office, None, about="page"))
        await office.work()
        assert [one.file for one in office.wire.went] == [None, OTHER, None]

    async def test_words_that_are_added_keep_what_was_there(self, office: Office) -> None:
        await post(office, to_wang(office, about="page"))
        await post(office, to_wang(office, OTHER, about="page", adds=True, key="refused.nothing_to_undo"))
        await office.work()
        assert [one.file for one in office.wire.went] == [None, PAGE, OTHER]


class TestReplies:
    async def answer(self, office: Office, reply: Reply, *, friend: bool = True, group: bool = True) -> None:
        house = office.assistant
        posting = Posting(house.directory, house.replies, lambda name: name, house.sender.wake)
        wang, place = house.directory.contact("w1") or 0, house.directory.group("room:3") if group else None
        said = Inbound("m1", "w1", "请发给我", office.clock.now(), group="room:3" if group else None)
        async with office.database.transaction() as db:
            context = Context(
                db,
                office.clock.now(),
                said,
                said.text,
                Understanding(said.text),
                Conversation(house.directory.account, place, wang),
                Speaker(wang, "王阿姨", friend),
            )
            context.inbox = await self._received(db, office, wang)
            await posting.answer(context, [reply])
        await office.work()

    async def _received(self, db: Db, office: Office, contact: int) -> int:
        await db.execute(delete(messages.InboxRow))
        kept = messages.Received("m1", contact, None, "", "", MORNING, MORNING, None, None, 0, ())
        return await messages.receive(db, "xingfu", office.assistant.directory.account, kept) or 0

    async def test_it_follows_the_answer_where_that_goes(self, office: Office) -> None:
        await self.answer(office, Reply(KEY, file=PAGE))
        assert [(one.group, one.file, one.mentions) for one in office.wire.went] == [
            ("room:3", None, ("w1",)),
            ("room:3", PAGE, ()),
        ]
        assert [one.in_reply_to for one in office.wire.went] == ["m1", "m1"]

    async def test_what_is_private_goes_to_the_private_chat(self, office: Office) -> None:
        await self.answer(office, Reply(KEY, private=True, file=PAGE))
        assert [(one.group, one.contact, one.file) for one in office.wire.went] == [
            (None, "w1", None),
            (None, "w1", PAGE),
        ]

    async def test_what_is_private_never_reaches_the_group_of_whom_we_cannot_reach(self, office: Office) -> None:
        await self.answer(office, Reply(KEY, private=True, file=PAGE), friend=False)
        assert [(one.group, one.file) for one in office.wire.went] == [("room:3", None)]
        assert await kept(office) == []


@pytest.mark.parametrize(
    "file",
    [
        File("page.docx", bytes(MOST_BYTES + 1)),
        File("page.docx", b""),
        File("", b"x"),
        File("../page.docx", b"x"),
        File("a\\b.docx", b"x"),
        File("line\nbreak.docx", b"x"),
        File("字" * 101, b"x"),
    ],
    ids=["too large", "empty", "no name", "a path", "a path on Windows", "two lines", "a long name"],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_is_written(office: Office, file: File) -> None:
    with pytest.raises(UnusableFile):
        await post(office, to_wang(office), to_wang(office, file))
    assert await office.rows() == []
    assert await kept(office) == []


async def test_the_largest_goes(office: Office) -> None:
    largest = File("page.docx", bytes(MOST_BYTES))
    await post(office, to_wang(office, largest))
    await office.work()
    assert office.wire.went[-1].file == largest


async def test_it_is_forgotten_with_its_message_and_not_before_it_went(office: Office) -> None:
    await post(office, to_wang(office, about="page"), to_wang(office, OTHER, kind="notice"))
    async with office.database.transaction() as db:
        await messages.forget_messages(db, MORNING + timedelta(days=180))
    assert len(await kept(office)) == 2
    await office.work(seconds=3)  # the reply is through, the notice waits for its turn
    async with office.database.transaction() as db:
        first_of_notice = select(OutboxRow.id).where(OutboxRow.kind == "notice").order_by(OutboxRow.id).limit(1)
        await db.execute(
            update(OutboxRow).where(OutboxRow.id == first_of_notice.scalar_subquery()).values(state="sent")
        )
    async with office.database.transaction() as db:
        assert await messages.forget_messages(db, MORNING + timedelta(days=180)) == (0, 2)
    assert [one.name for one in await kept(office)] == [OTHER.name]  # and the words before it, which it follows
    await office.work()
    assert office.wire.went[-1].file == OTHER
    async with office.database.transaction() as db:
        assert await messages.forget_messages(db, MORNING + timedelta(days=180)) == (0, 2)
    assert (await kept(office), await office.rows()) == ([], [])
