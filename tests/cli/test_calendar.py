"""`linli calendar`: a year in one look, as a table and as JSON lines."""

from __future__ import annotations

from tests.cli.command import Linli


def test_a_year_as_lines(linli: Linli) -> None:
    ran = linli("calendar", "2026", "--json")
    assert ran.code == 0
    *days, summary = ran.lines
    assert summary == {"kind": "summary", "year": 2026, "working_days": 248, "days_off": 117, "published": True}
    assert {"date": "2026-06-19", "weekday": "周五", "kind": "festival", "name": "端午节", "lunar": "五月初五"} in days
    assert {"date": "2026-12-22", "weekday": "周二", "kind": "term", "name": "冬至"} in days
    assert {"date": "2026-02-14", "weekday": "周六", "kind": "working_weekend", "name": "春节"} in days
    assert {"date": "2026-10-07", "weekday": "周三", "kind": "day_off", "name": "国庆节"} in days
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)


def test_a_year_to_read(linli: Linli) -> None:
    ran = linli("calendar", "2026")
    assert ran.code == 0
    assert "已公布" in ran.out
    assert "春节    2月15日（周日）至2月23日（周一），9天" in ran.out
    assert "2月16日（周一）   除夕    腊月廿九" in ran.out


def test_an_unpublished_year_says_so(linli: Linli) -> None:
    assert linli("calendar", "2040", "--json").lines[-1]["published"] is False
    assert "没有公布" in linli("calendar", "2040").out


def test_the_file_of_staff_counts_and_its_bad_line_is_named(linli: Linli) -> None:
    config = (linli.folder / "config.yaml").read_text("utf-8")
    linli.write("config.yaml", config + "\ncalendar: {file: 放假.csv}\n")
    linli.write("放假.csv", "2040-01-02,放假,元旦\n")
    assert linli("calendar", "2040", "--json").lines[-1]["working_days"] == 260
    linli.write("放假.csv", "2040-01-02,放假,元旦\n2040年的春节,放假\n")
    ran = linli("calendar", "2040")
    assert ran.code == 1
    assert "放假.csv 第 2 行" in ran.complaint


def test_years_beyond_the_calendar_are_refused(linli: Linli) -> None:
    for year in ("1900", "2100"):
        ran = linli("calendar", year)
        assert (ran.code, ran.out) == (1, "")
        assert "1901年到2099年" in ran.complaint
    assert linli("calendar", "明年").code == 2
