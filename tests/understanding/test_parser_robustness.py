"""Any text at all for the small parsers: no exception, and no text that takes long. SOAK=1 tries many more."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.understanding.absence import is_away
from intents.understanding.correction import correction, takes_back
from intents.understanding.on_behalf import missing, on_behalf
from intents.understanding.past import told_past
from intents.understanding.period import period
from intents.understanding.several import several
from intents.understanding.until import until
from intents.understanding.when import whens
from scheduler.calendar import Calendar
from tests.understanding.days import WEDNESDAY
from tests.understanding.judged import inbound, judge
from tests.understanding.test_robustness import HOSTILE, ODD

CALENDAR = Calendar.load(None)
Parser = Callable[[str], object]
COUNT = 100_000 if os.environ.get("SOAK") else 1_500

PARSERS: dict[str, Parser] = {
    "several": lambda text: several(judge(), inbound(text)),
    "correction": correction,
    "takes_back": takes_back,
    "told_past": lambda text: told_past(text, WEDNESDAY),
    "period": lambda text: period(text, WEDNESDAY),
    "until": lambda text: until(text, WEDNESDAY),
    "whens": lambda text: whens(text, WEDNESDAY, CALENDAR),
    "is_away": is_away,
    "on_behalf": on_behalf,
    "missing": missing,
}
SEEDS = (
    "3号楼2单元楼道灯坏了，还有5号楼电梯也不动了",
    "1、暖气不热 2、下水道堵了 3号楼1单元",
    "①8号楼电梯停了；②北门道闸坏了。另外7号楼路灯不亮",
    "不是3号楼是13号楼",
    "报错楼号了 不是12栋 是13栋一单元603",
    "刚才发错群了，不算",
    "上上礼拜三报的 半个多月前 十几天了 去年11月20号",
    "2026-11-01到2026-11-30",
    "12月20日到1月10日 最近三个月",
    "延到12月1日前 5个工作日 等配件",
    "周六上午8:30-11:30东门核酸，7-12号楼9:30开始",
    "下周一至周五 春节前三天 腊月廿三 明早8点半 差十分九点",
    "我和老伴现在都在海南过冬 家里没人 3-2-501 楼下说漏水了",
    "王大爷 13800001111 3号楼2单元501 厕所漏水 电话",
)
REPEATED = (
    "1、灯坏了 2、电梯坏了 " * 200,
    "3号楼灯坏了，5号楼灯坏了，" * 300,
    "另外还有再一个" * 500,
    "电梯坏了。" * 800,
    "不是3号楼" * 15,
    "不是" * 30 + "是",
    "不是3是4" * 15,
    "刚才我" * 8,
    "昨天前天" * 1000,
    "周一至" * 1300,
    "8点到" * 1300,
    "差" * 4000,
    "12-3" + " " * 4000,
    "三四天前报" * 800,
    "9" * 4000,
    "九" * 4000,
    "999年",
    "999个月",
    "近999年",
    "十十十年十十月十十日",
    "0000-00-00",
    "2026-99-99",
    "2月29日",
    "0天0个工作日",
    "99999号",
    "我和老伴都也已经现在" * 50 + "在",
    "我家家里" * 500 + "没人",
    "王" * 4000,
    "王 " * 2000,
    "王大爷" * 1300,
    "13800001111 " * 300,
    "3-2-501 " * 400,
    " \n\t," * 1000,
)


def mutated(chance: random.Random) -> str:
    letters = list(chance.choice(SEEDS))
    for _ in range(chance.randint(0, 6)):
        position, what = chance.randint(0, len(letters)), chance.random()
        if what < 0.35:
            letters.insert(position, chance.choice((*ODD, "年", "月", "日", "号", "周", "十", "0", "99", "不是", "是")))
        elif what < 0.6:
            letters[position : position + 2] = []
        elif what < 0.8:
            letters.insert(position, chr(chance.choice((chance.randint(0, 0x2FF), chance.randint(0x3000, 0xFFFF)))))
        else:
            letters += chance.choice(SEEDS)
    return "".join(letters) * (chance.randint(1, 30) if chance.random() < 0.02 else 1)


@pytest.mark.parametrize("name", PARSERS)
def test_random_and_mutated_texts(name: str) -> None:
    chance, seconds = random.Random(20261125), []
    for _ in range(COUNT):
        text = mutated(chance)
        start = time.process_time()
        PARSERS[name](text)
        seconds.append(time.process_time() - start)
    assert sorted(seconds)[int(COUNT * 0.99)] < 0.05


@pytest.mark.parametrize("name", PARSERS)
def test_hostile_texts(name: str) -> None:
    for text in (*HOSTILE, *REPEATED):
        best = 1.0
        for _ in range(3):
            start = time.process_time()
            PARSERS[name](text)
            best = min(best, time.process_time() - start)
        assert best < 0.25, text[:20]


@given(st.text())
def test_anything(text: str) -> None:
    for parse in PARSERS.values():
        parse(text)


@given(st.text(alphabet="0123456789一二三十零年月日号周天前后上下个本去今近到至-/. 不是错楼单元王报", max_size=24))
def test_anything_that_looks_like_days_and_addresses(text: str) -> None:
    for name, parse in PARSERS.items():
        if name != "several":
            parse(text)


@given(st.text(alphabet="0123456789一二三十年月日号周天前上下个去今近到-. 大昨初底末旬", max_size=16))
def test_days_hold_together(text: str) -> None:
    for span in (told_past(text, WEDNESDAY), period(text, WEDNESDAY)):
        if span is not None:
            start, end = span if isinstance(span, tuple) else (span.start, span.end)
            assert start < end
            assert (start.hour, end.hour, start.tzinfo) == (0, 0, WEDNESDAY.tzinfo)
    past, ahead = told_past(text, WEDNESDAY), until(text, WEDNESDAY)
    assert past is None or past[0] <= WEDNESDAY
    assert ahead is None or WEDNESDAY < ahead[0] <= WEDNESDAY + timedelta(days=401)
