"""Entries, their versions, and the revision by which another process learns of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from storage import policy
from storage.database import Database
from storage.policy import Policy, PolicyVersion, State, Took, as_json, entry_of, from_json
from storage.policy_entry import PARTS, Draft, Kind
from tests.assistants import MORNING
from tests.storage.rows import rolled_back

HERE = "xingfu"
DRAFT = Draft(
    code="a",
    title="居住证明",
    body="正文",
    kind=Kind.GUIDE,
    category="证明",
    region="本市",
    answer="带身份证来。",
    parts=dict.fromkeys(PARTS, "一句话"),
    questions=("怎么开", "要啥材料"),
    source="手册",
    issuer="街道",
    document_number="幸办〔2026〕3号",
    link="https://example.org/a",
    effective_from=date(2026, 1, 1),
    expires_on=date(2026, 12, 31),
    review_on=date(2026, 12, 1),
)


async def put(
    database: Database, *drafts: Draft, in_force: bool = True, by: str | None = "李主任", community: str = HERE
) -> list[tuple[int, Took]]:
    """Their numbers, and what became of each."""
    async with database.transaction() as db:
        taken = await policy.put_all(db, community, drafts, MORNING, origin="import", in_force=in_force, by=by)
        return [(row.number, took) for row, took in taken]


async def row(database: Database, number: int) -> Policy:
    async with database.reading() as db:
        found = await policy.by_number(db, HERE, number)
        assert found is not None
        return found


async def versions(database: Database, number: int) -> list[PolicyVersion]:
    async with database.reading() as db:
        return await policy.versions(db, (await row(database, number)).id)


async def changed(database: Database, since: int) -> list[tuple[str, int]]:
    async with database.reading() as db:
        return [(one.draft.code, one.revision) for one in await policy.changed_since(db, HERE, since)]


async def test_every_field_comes_back_as_it_was_put_in(database: Database) -> None:
    await put(database, DRAFT)
    entry = entry_of(await row(database, 1))
    assert entry.draft == DRAFT
    assert (entry.number, entry.state, entry.version, entry.revision) == (1, State.IN_FORCE, 1, 1)
    assert (entry.checked_by, entry.checked_at, entry.as_of) == ("李主任", MORNING, MORNING)


def test_what_is_empty_is_left_out_and_comes_back_empty() -> None:
    bare = Draft(code="b", title="只有题目")
    assert as_json(bare) == {"code": "b", "title": "只有题目", "kind": "policy"}
    assert from_json(as_json(bare)) == bare
    assert from_json(as_json(DRAFT)) == DRAFT


async def test_new_replaced_and_the_same(database: Database) -> None:
    other = replace(DRAFT, code="b", title="另一条")
    assert await put(database, DRAFT, other) == [(1, Took.NEW), (2, Took.NEW)]
    newer = replace(DRAFT, body="新的正文")
    assert await put(database, other, newer, replace(DRAFT, code="c")) == [
        (2, Took.SAME),
        (1, Took.REPLACED),
        (3, Took.NEW),
    ]
    assert await put(database, other, newer) == [(2, Took.SAME), (1, Took.SAME)]
    assert (await row(database, 1)).version == 2
    assert (await row(database, 2)).version == 1


async def test_earlier_versions_are_kept_in_their_order(database: Database) -> None:
    for body in ("一", "二", "三"):
        await put(database, replace(DRAFT, body=body), by=f"{body}号")
    kept = await versions(database, 1)
    assert [(one.version, one.content["body"], one.replaced_by) for one in kept] == [
        (1, "一", "二号"),
        (2, "二", "三号"),
    ]
    assert {one.replaced_at for one in kept} == {MORNING}
    now = await row(database, 1)
    assert (now.version, now.content["body"]) == (3, "三")


async def test_the_day_that_staff_set_for_the_next_look_is_no_change_of_the_paper(database: Database) -> None:
    paper = replace(DRAFT, review_on=None)
    await put(database, paper)
    async with database.transaction() as db:
        kept = await policy.by_number(db, HERE, 1)
        assert kept is not None
        kept.review_on = date(2027, 5, 1)
        kept.content = as_json(replace(paper, review_on=kept.review_on))
    assert await put(database, paper) == [(1, Took.SAME)]
    assert (await row(database, 1)).review_on == date(2027, 5, 1)
    assert await put(database, replace(paper, review_on=date(2028, 1, 1))) == [(1, Took.REPLACED)]
    assert (await row(database, 1)).review_on == date(2028, 1, 1)


async def test_nothing_changed_takes_no_revision(database: Database) -> None:
    await put(database, DRAFT)
    assert await changed(database, 0) == [("a", 1)]
    await put(database, DRAFT)
    assert await changed(database, 1) == []


async def test_what_waits_does_not_take_the_place_of_what_holds(database: Database) -> None:
    """Put in unconfirmed, the same words leave an entry in force; other words make it wait again."""
    await put(database, DRAFT)
    assert await put(database, DRAFT, in_force=False) == [(1, Took.SAME)]
    assert (await row(database, 1)).state == "in_force"
    assert await put(database, replace(DRAFT, body="改了"), in_force=False) == [(1, Took.REPLACED)]
    waiting = await row(database, 1)
    assert (waiting.state, waiting.checked_by, waiting.checked_at) == ("waiting", None, None)
    assert await put(database, replace(DRAFT, body="改了")) == [(1, Took.REPLACED)]
    assert (await row(database, 1)).state == "in_force"


async def test_another_process_sees_every_change_once(database: Database, other: Database) -> None:
    await put(database, DRAFT, replace(DRAFT, code="b"))
    assert await changed(other, 0) == [("a", 1), ("b", 1)]
    await put(database, replace(DRAFT, code="b", title="换了题目"))
    assert await changed(other, 1) == [("b", 2)]
    async with database.transaction() as db:
        first = await policy.by_number(db, HERE, 1)
        assert first is not None
        await policy.withdraw(db, HERE, first, "李主任", MORNING)
    assert await changed(other, 2) == [("a", 3)]
    async with other.transaction() as db:
        first = await policy.by_number(db, HERE, 1)
        assert first is not None
        await policy.confirm(db, HERE, [first], "小周", MORNING)
        await policy.learn(db, HERE, first, "居住证明咋开", MORNING)
    assert await changed(database, 3) == [("a", 5)]


async def test_what_is_rolled_back_was_never_there(database: Database, other: Database) -> None:
    await put(database, DRAFT)
    async with rolled_back(database) as db:
        await policy.put(db, HERE, replace(DRAFT, body="x"), MORNING, origin="import", in_force=True)
    assert await changed(other, 1) == []
    assert await put(database, replace(DRAFT, code="b")) == [(2, Took.NEW)]
    assert await changed(other, 1) == [("b", 2)]


async def test_communities_have_their_own_numbers_and_codes(database: Database) -> None:
    assert await put(database, DRAFT) == [(1, Took.NEW)]
    assert await put(database, DRAFT, community="other") == [(1, Took.NEW)]
    assert await changed(database, 0) == [("a", 1)]


async def test_one_code_is_one_entry(database: Database) -> None:
    await put(database, DRAFT)
    kept = await row(database, 1)
    names = [one.name for one in Policy.__table__.columns if one.name not in ("id", "number")]
    async with database.transaction() as db:
        db.add(Policy(number=2, **{name: getattr(kept, name) for name in names}))
        with pytest.raises(IntegrityError):
            await db.flush()
        await db.rollback()


async def test_questions_are_learned_once_and_not_without_end(database: Database) -> None:
    await put(database, DRAFT)
    async with database.transaction() as db:
        kept = await policy.by_number(db, HERE, 1)
        assert kept is not None
        for n in (0, *range(policy.MOST_LEARNED + 5)):
            await policy.learn(db, HERE, kept, f"问法{n}", MORNING)
    learned = (await row(database, 1)).learned
    assert len(learned) == policy.MOST_LEARNED
    assert learned[-1] == f"问法{policy.MOST_LEARNED + 4}"
    assert "问法0" not in learned
    assert (await row(database, 1)).version == 1


async def test_waiting_by_category_in_the_order_of_numbers(database: Database) -> None:
    drafts = [replace(DRAFT, code=str(n), category=category) for n, category in enumerate(("证明", "居家", "证明"))]
    await put(database, *drafts, in_force=False)
    await put(database, replace(DRAFT, code="held"))
    async with database.reading() as db:
        assert await policy.count_waiting(db, HERE) == [("证明", 2), ("居家", 1)]
        assert [one.number for one in await policy.waiting(db, HERE, "证明")] == [1, 3]
        assert [one.number for one in await policy.waiting(db, HERE)] == [1, 2, 3]


@pytest.mark.parametrize("words", ["100%", "a_b", "c\\d"])
async def test_signs_of_a_pattern_mean_themselves(database: Database, words: str) -> None:
    titles = [f"补贴{words}", "补贴1000", "补贴axb", "补贴cd"]
    await put(database, *(replace(DRAFT, code=str(n), title=title) for n, title in enumerate(titles)))
    async with database.reading() as db:
        assert [one.title for one in await policy.named(db, HERE, words, 9)] == [f"补贴{words}"]
        assert len(await policy.named(db, HERE, "补贴", 3)) == 3


async def test_running_out_and_past_review(database: Database) -> None:
    today = MORNING.date()

    def ending(code: str, days: int | None, look: int | None = None) -> Draft:
        dates = [today + timedelta(days=one) if one is not None else None for one in (days, look)]
        return replace(DRAFT, code=code, expires_on=dates[0], review_on=dates[1])

    await put(database, ending("c", 14), ending("a", 0), ending("over", -1), ending("d", 15), ending("never", None))
    await put(
        database, ending("look", None, -1), ending("today", None, 0), ending("gone", -3, -9), ending("first", 3, -5)
    )
    await put(database, ending("waits", 0, -1), in_force=False)
    async with database.reading() as db:
        ends = await policy.running_out(db, HERE, today, today + timedelta(days=14))
        looks = await policy.past_review(db, HERE, today)
    assert [one.code for one in ends] == ["a", "first", "c"]
    assert [one.code for one in looks] == ["first", "look"]


async def test_ten_thousand_are_taken_in_with_few_queries(database: Database) -> None:
    drafts = [replace(DRAFT, code=f"n{n}", title=f"第{n}条", parts={}, questions=()) for n in range(10_000)]
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("INSERT INTO policies"):  # SQLite inserts row by row, PostgreSQL many at once
            asked.append(statement)

    async with database.transaction() as db:
        connection = (await db.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", count)
        taken = await policy.put_all(db, HERE, drafts, MORNING, origin="import", in_force=True)
        event.remove(connection, "before_cursor_execute", count)
    assert [one.number for one, _ in taken] == list(range(1, 10_001))
    assert {took for _, took in taken} == {Took.NEW}
    assert len(asked) < 30
    again = [*drafts[:-1], replace(drafts[-1], body="改了")]
    async with database.transaction() as db:
        taken = await policy.put_all(db, HERE, again, MORNING, origin="import", in_force=True)
    assert [took for _, took in taken].count(Took.SAME) == 9_999
    async with database.reading() as db:
        assert len(await policy.changed_since(db, HERE, 1)) == 1
