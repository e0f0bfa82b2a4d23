"""A day in the community, and what follows from it until Monday: a transcript written by us, for `linli replay`."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from PIL import Image

EAST, WEST, SOUTH = "东区群", "西区群", "南区群"
GROUPS = (EAST, WEST, SOUTH)
PHOTO = "lamp.png"
PHONE = "13812345678"
CATEGORY = "证件户籍"
"""Of entries that the program brings along."""
PENSION = "养老金资格认证在哪办？"
ANSWER = "带身份证到社区一楼，手机上刷脸也行，电话0531-5550123。"
COLD = range(1, 7)
"""The buildings in which it is cold, two of each group."""

PEOPLE = {
    "wang": "3-2-501 王阿姨",
    "lishu": "3-2-302 李叔",
    "zhao": "5-1-301 赵姐",
    "chen": "小陈",
    "sun": "7-3-202 孙姨",
    "hu": "胡师傅",
    "qian": "9-1-602 钱大姐",
    "lin": "4-1-202 林先生",
    "night": "老周",
}
NEIGHBOURS = {f"n{n}": f"{n % 6 + 1}-1-{n + 101} 邻居{n}" for n in range(30)}


class Transcript:
    """Lines in the order in which they are said. A time without a day is of the 25th, a Wednesday."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def say(self, at: str, who: str, text: str, room: str | None = None, **more: Any) -> None:
        """A resident; in private where no room is named."""
        name = (PEOPLE | NEIGHBOURS)[who]
        said = {"at": _moment(at), "room": room, "sender": who, "name": name, "text": text, **more}
        self.lines.append({key: value for key, value in said.items() if value is not None})

    def order(self, at: str, text: str, by: str = "wx_li", **more: Any) -> None:
        """A staff member, in private where no room is named."""
        self.lines.append({"at": _moment(at), "sender": by, "text": text, **more})

    def tick(self, at: str) -> None:
        self.lines.append({"at": _moment(at), "tick": True})

    def as_jsonl(self) -> str:
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)


def _moment(at: str) -> str:
    day, _, time = at.rpartition(" ")
    return f"2026-11-{day or '25'}T{time}{':00' if len(time) == 5 else ''}+08:00"


def whole_day() -> str:
    day = Transcript()
    _lamp(day)
    _emergency(day)
    _entered(day)
    _storm(day)
    _quarrels(day)
    _questions(day)
    _night_and_silence(day)
    return day.as_jsonl()


def _lamp(day: Transcript) -> None:
    """One case through all hands, one that is asked for its place, one that is put right."""
    day.say("08:00", "wang", "3号楼2单元楼道灯坏了三天没人管", EAST, id="lamp")
    day.say("08:01", "wang", "", EAST, image=PHOTO, id="photo")
    day.say("08:05", "lishu", "我家也是，一起登记上", EAST, quote={"id": "lamp"}, id="too")
    day.say("08:10", "zhao", "单元门坏了关不上，谁都能进", EAST, id="door")
    day.say("08:11", "zhao", "5号楼1单元", EAST, id="where")
    day.say("08:30", "chen", "6号楼门口井盖翘起来了，没人管", WEST, id="cover")
    day.say("08:31", "chen", "打错了，不是6号楼是8号楼", WEST, id="slip")
    day.order("08:40", "受理 SQ261125-01", id="s1")
    day.order("08:45", "诉求 SQ261125-01", id="whole")
    day.order("08:55", "派 SQ261125-01 小周", id="s2")
    day.order("09:10", "签收 SQ261125-01", by="wx_zhou", id="s3")
    day.order("09:25", "进展 SQ261125-01 已经买了灯泡，明天装", by="wx_zhou", id="s4")
    day.order("09:40", "挂起 SQ261125-01 等配件", by="wx_zhou", id="s5")
    day.order("10:30", "进展 SQ261125-01 配件到了", by="wx_zhou", id="s6")
    day.order("10:45", "延期 SQ261125-01 12月10日 等厂家", id="s7")


def _emergency(day: Transcript) -> None:
    day.say("11:00", "sun", "楼道里有煤气味！七号楼三单元", WEST, id="gas")
    day.tick("11:07")
    day.order("11:08", "收到，我马上去看", id="word")
    day.order("11:09", "受理 SQ261125-04", id="s8")
    day.tick("11:30")
    day.order("12:00", "办结 SQ261125-01 换了新灯泡", by="wx_zhou", id="s9")
    day.say("12:15", "wang", "1", EAST, id="r1")
    day.say("12:20", "lishu", "不满意，还是黑的", EAST, id="r2")
    day.order("13:00", "办结 SQ261125-01 又换了灯座", by="wx_zhou", id="s10")
    day.say("13:20", "wang", "1", EAST, id="r3")
    day.say("13:25", "lishu", "满意", EAST, id="r4")


def _entered(day: Transcript) -> None:
    """Told by telephone; and said in a group without being a complaint to anybody but a staff member."""
    day.order("13:30", f"代报 王大爷 3-2-501 厕所漏水 {PHONE} 电话", id="phoned")
    day.say("13:40", "hu", "昨天地下室好像又进了水", SOUTH, id="water")
    day.order("13:45", "记下", room=SOUTH, name="李主任", quote={"id": "water"}, id="noted")


def _storm(day: Transcript) -> None:
    """Thirty neighbours in ten minutes; then one answer for all."""
    for number, who in enumerate(NEIGHBOURS):
        building = number % 6 + 1
        at = f"14:{number // 3:02}:{number % 3 * 20:02}"
        day.say(
            at, who, f"{building}号楼1单元暖气不热，屋里才{10 + number % 7}度", GROUPS[number % 3], id=f"cold{number}"
        )
    day.order("14:30", "共性", id="p1")
    day.order("14:31", "派 GX261125-01 小周", id="p2")
    day.order("14:32", "确认", id="p3")
    day.order("15:00", "进展 GX261125-01 热力公司在查主管道", by="wx_zhou", id="p4")
    day.order("15:01", "不要", by="wx_zhou", id="p5")
    day.order("15:02", "进展 GX261125-01 热力公司晚上换主阀门", by="wx_zhou", id="p6")
    day.order("15:03", "确认", by="wx_zhou", id="p7")
    day.order("16:30", "办结 GX261125-01 换了主阀门", by="wx_zhou", id="p8")
    day.order("16:31", "确认", by="wx_zhou", id="p9")
    day.say("16:45", "n0", "1", EAST, id="warm")


def _quarrels(day: Transcript) -> None:
    day.say("17:00", "qian", "请和事佬出面说说，楼上嫌我家孩子练琴，9-1-602", EAST, id="piano")
    day.say("18:00", "lin", "楼下麻将馆半夜哗啦哗啦，吵得睡不着，4号楼，别说是我说的", SOUTH, id="noise")
    day.say("18:30", "chen", "@小助手 我那个不用弄了，自己修好了", WEST, id="mended")


def _questions(day: Transcript) -> None:
    """Entries confirmed and asked for; what nobody knew, answered by staff with a quote; what is no business of ours."""
    day.order("18:35", f"政策确认 {CATEGORY}", id="q1")
    day.order("18:36", "确认", id="q2")
    day.say("18:40", "zhao", "居住证到期了怎么签注，要什么材料", EAST, id="permit")
    day.say("18:41", "zhao", "1", EAST, id="all")
    day.say("18:50", "qian", f"@小助手 {PENSION}", EAST, id="unknown")
    day.say("18:55", "lin", PENSION, id="alike")
    day.order("19:05", f"答：{ANSWER}", by="wx_zhou", room=EAST, name="小周", quote={"id": "unknown"}, id="given")
    day.say("19:30", "chen", f"@小助手 {PENSION}", WEST, id="again")
    day.say("19:40", "hu", "@小助手 老板拖欠工资，打官司能不能赢", SOUTH, id="law")
    day.order("19:45", "办 居住证签注 3-2-501", id="done")
    day.order("19:46", "未答", id="left")


def _night_and_silence(day: Transcript) -> None:
    day.say("22:00", "night", "2号楼2单元电梯坏了，爬楼爬得腿软", SOUTH, id="lift")
    day.order("22:05", "受理 SQ261125-15", id="s11")
    day.tick("26 08:00")
    day.order("26 09:00", "受理 SQ261125-02", id="s12")
    day.order("26 09:15", "办结 SQ261125-02 换了闭门器", id="s13")
    day.tick("27 12:00")
    day.tick("30 08:00")
    day.say("30 09:00", "zhao", "SQ261125-02", id="asks")


def photo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 8), "black").save(content, "PNG")
    return content.getvalue()
