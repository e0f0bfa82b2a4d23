"""Who is who: internal ids that stay, raw ids that are good within one login only."""

from __future__ import annotations

from sqlalchemy import func, select

from storage import accounts, roster
from storage.accounts import Contact, Directory, Epoch
from storage.database import Database
from storage.roster import Seen
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, directory_of, rolled_back, some_group, somebody

ROSTER = [
    Seen("room:3", "3号楼业主群", [("w1", "王秀兰", "3-2-501 王阿姨", True), ("w2", "李建国", "3-1-302 李叔", False)]),
    Seen("room:n", "通知群", [("w2", "李建国", "李叔", False)]),
]


async def reopened(database: Database) -> Directory:
    """The directory as a fresh start reads it from the tables."""
    async with database.transaction() as db:
        return await accounts.open_directory(db, COMMUNITY, "simulator")


async def take_over(database: Database, directory: Directory, seen: list[Seen]) -> None:
    async with database.transaction() as db:
        await roster.take_over(db, directory, seen, [("w9", "孙桂芳")])


async def test_an_account_is_made_once(database: Database) -> None:
    first, again = await directory_of(database), await reopened(database)
    assert (again.account, again.epoch, again.self_raw_id) == (first.account, 1, "bot")


async def test_a_contact_keeps_its_id_and_takes_a_new_name(database: Database, directory: Directory) -> None:
    wang = await somebody(database, directory, "w1", "王秀兰")
    assert await somebody(database, directory, "w1", "秀兰") == wang
    for known in (directory, await reopened(database)):
        assert known.contact("w1") == wang
        assert known.name_in(None, wang) == "秀兰"


async def test_what_is_rolled_back_the_directory_never_knew(database: Database, directory: Directory) -> None:
    group = await some_group(database, directory)
    async with rolled_back(database) as db:
        contact = await accounts.ensure_contact(db, directory, "w1", name="王秀兰", friend=True)
        await accounts.ensure_member(db, directory, group, contact, "3-2-501")
        await accounts.ensure_group(db, directory, "room:new", "新群")
        await accounts.bind_staff(db, directory, contact, name="王", role="admin", buildings=[], bound_by="config")
    assert directory.contact("w1") is None
    assert directory.group("room:new") is None
    assert directory.officers == {}
    assert directory.members(group) == frozenset()


async def test_muting_is_remembered(database: Database, directory: Directory) -> None:
    wang = await somebody(database, directory)
    async with database.transaction() as db:
        await accounts.set_muted(db, directory, wang, True)
        assert not directory.is_muted(wang)
    assert directory.is_muted(wang)
    assert (await reopened(database)).is_muted(wang)


async def test_staff_are_bound_once_and_may_be_unbound(database: Database, directory: Directory) -> None:
    li = await somebody(database, directory, "wx_li", "李主任")
    for role in ("worker", "admin"):
        async with database.transaction() as db:
            await accounts.bind_staff(db, directory, li, name="李主任", role=role, buildings=["3"], bound_by="config")
    officer = (await reopened(database)).officers[li]
    assert (officer.name, officer.role, officer.buildings) == ("李主任", "admin", ("3",))
    async with database.transaction() as db:
        await accounts.unbind_staff(db, directory, li)
    assert directory.officers == {}
    assert (await reopened(database)).officers == {}


async def test_a_roster_is_taken_over_and_read_back_the_same(database: Database, directory: Directory) -> None:
    await take_over(database, directory, ROSTER)
    wang, li = directory.contact("w1"), directory.contact("w2")
    group = directory.group("room:3")
    assert wang is not None
    assert li is not None
    assert group is not None
    for known in (directory, await reopened(database)):
        assert known.members(group) == {wang, li}
        assert known.alias(group, wang) == "3-2-501 王阿姨"
        assert known.is_friend(wang)
        assert not known.is_friend(li)
        assert known.known_members() == {"w1", "w2"}
        assert known.contact("w9") is not None


async def test_a_second_roster_drops_who_left_and_takes_new_nicknames(database: Database, directory: Directory) -> None:
    await take_over(database, directory, ROSTER)
    wang = directory.contact("w1")
    fresh = Seen("room:3", "3号楼大群", [("w1", "王秀兰", "王阿姨", True), ("w3", "赵敏", "赵姐", False)])
    await take_over(database, directory, [fresh])
    known = await reopened(database)
    group = known.group("room:3")
    assert group is not None
    assert known.contact("w1") == wang
    assert {known.raw_contact(member) for member in known.members(group)} == {"w1", "w3"}
    assert known.alias(group, wang or 0) == "王阿姨"
    assert known.group_name(group) == "3号楼大群"


async def test_a_roster_that_is_not_loaded_yet_drops_nobody(database: Database, directory: Directory) -> None:
    await take_over(database, directory, ROSTER)
    await take_over(database, directory, [Seen("room:3", "3号楼业主群", [])])
    group = directory.group("room:3")
    assert group is not None
    assert len(directory.members(group)) == 2


async def test_a_roster_of_thousands_is_taken_over(database: Database, directory: Directory) -> None:
    many = [(f"w{number}", f"人{number}", f"{number}号", False) for number in range(1200)]
    await take_over(database, directory, [Seen("room:big", "大群", many)])
    group = directory.group("room:big")
    assert group is not None
    assert len(directory.members(group)) == 1200


async def test_after_a_new_login_with_permuted_ids_nobody_is_mistaken(database: Database, directory: Directory) -> None:
    await take_over(database, directory, ROSTER)
    wang, li, group = directory.contact("w1"), directory.contact("w2"), directory.group("room:3")
    async with database.transaction() as db:
        await accounts.set_muted(db, directory, wang or 0, True)
        await accounts.bind_staff(db, directory, li or 0, name="李", role="admin", buildings=[], bound_by="config")
    async with database.transaction() as db:
        await accounts.start_epoch(db, directory, "bot2", "account id changed", MORNING)
    assert directory.contact("w1") is None
    permuted = Seen("room:3", "别的群", [("w2", "王秀兰", "3-2-501 王阿姨", True), ("w1", "李建国", "", False)])
    await take_over(database, directory, [permuted])
    for known in (directory, await reopened(database)):
        now_w1, now_w2 = known.contact("w1"), known.contact("w2")
        assert {now_w1, now_w2}.isdisjoint({wang, li})
        assert known.group("room:3") != group
        assert known.raw_contact(wang or 0) is None  # nothing queued for the old one goes to the new one
        assert known.raw_group(group or 0) is None
        assert known.officers == {}
        assert not known.is_muted(now_w1 or 0)


async def test_every_epoch_is_written_down(database: Database, directory: Directory) -> None:
    async with database.transaction() as db:
        await accounts.start_epoch(db, directory, "bot2", "account id changed", MORNING)
    async with database.reading() as db:
        rows = (await db.scalars(select(Epoch).order_by(Epoch.number))).all()
    assert [(row.number, row.reason) for row in rows] == [(1, "first login"), (2, "account id changed")]


async def test_two_messages_of_a_new_person_at_once_make_one_contact(
    database: Database, other: Database, directory: Directory
) -> None:
    elsewhere = await reopened(other)
    assert await somebody(database, directory, "w1") == await somebody(other, elsewhere, "w1")
    async with database.reading() as db:
        assert (await db.execute(select(func.count()).select_from(Contact))).scalar_one() == 1
