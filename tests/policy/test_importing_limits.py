"""What a hostile or hopeless file costs: it is refused, and memory stays under 500 MB, measured in a process of its own."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
import xlsxwriter

from intents.policy.importing.limits import LARGEST_OFFICE_FILE, MOST_MEMBERS
from tests.policy.importing import read, refusals

MOST_MEMORY = 500_000_000
CHILD = """
import json, sys
from pathlib import Path
from bot.cli.policy import said
from intents.policy.importing.outcomes import Refused, Taken
from intents.policy.importing.rows import read_files
taken, refused = 0, []
for row in read_files([Path(sys.argv[1])]):
    taken += isinstance(row, Taken)
    if isinstance(row, Refused) and len(refused) < 5:
        refused.append(said(row))
# not ru_maxrss, which begins with what the parent process had
[peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps([taken, refused, int(peak) * 1024]))
"""
ATTRIBUTES = " ".join(f'a{at}=""' for at in range(100))
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read_alone(path: Path) -> tuple[int, list[str]]:
    """How many are taken and the first refusals, read by a process whose memory is measured."""
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    count, refused, memory = json.loads(done.stdout)
    assert memory < MOST_MEMORY
    return count, refused


def noise(characters: int) -> str:
    chance = random.Random(4)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(characters))


def sheet(path: Path, rows: int, columns: int, text: Callable[[int], str], far: tuple[int, int] | None = None) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": rows > 50_000})
    written = book.add_worksheet()
    written.write_row(0, 0, ["标题", "正文", *[f"列{at}" for at in range(columns - 2)]])
    for row in range(1, rows + 1):
        written.write_row(row, 0, [f"题{row}", *[text(row)] * (columns - 1)])
    if far is not None:
        written.write_string(*far, "x")
    book.close()
    return path


def word(path: Path, body: str, compression: int = zipfile.ZIP_STORED) -> Path:
    plain = path.with_name("plain.docx")
    docx.Document().save(str(plain))
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    return path


def test_two_hundred_thousand_rows_are_refused_without_reading_them_all(tmp_path: Path) -> None:
    count, [refused] = read_alone(sheet(tmp_path / "a.xlsx", 200_000, 2, lambda row: "正文"))
    assert count == 0
    assert "超过 20000 行" in refused


def test_as_many_rows_as_allowed_with_much_text_are_taken(tmp_path: Path) -> None:
    text = noise(20_700)
    path = sheet(tmp_path / "a.xlsx", 20_000, 2, lambda row: text[row : row + 600])
    assert read_alone(path) == (20_000, [])


@pytest.mark.parametrize(
    ("rows", "columns", "far", "said"),
    [
        (2, 2, (1_048_575, 16_383), "超过 20000 行"),
        (2, 2, (1, 16_383), "超过 100 列"),
        (2_000, 20, None, "的字数超过"),
    ],
    ids=["last-cell", "last-column", "one-text-in-all-cells"],
)
def test_sheets_that_swell_when_read_are_refused(
    tmp_path: Path, rows: int, columns: int, far: tuple[int, int] | None, said: str
) -> None:
    text = noise(30_000)
    count, [refused] = read_alone(sheet(tmp_path / "a.xlsx", rows, columns, lambda row: text, far))
    assert count == 0
    assert said in refused


@pytest.mark.parametrize(
    ("piece", "times"),
    [("<w:p/>", 1_100_000), (f"<w:p {ATTRIBUTES}/>", 20_000), ("<w:p><w:r><w:t>字字字字</w:t></w:r></w:p>", 500_000)],
    ids=["elements", "attributes", "text"],
)
def test_word_files_that_swell_when_read_are_refused(tmp_path: Path, piece: str, times: int) -> None:
    count, [refused] = read_alone(word(tmp_path / "a.docx", piece * times))
    assert count == 0
    assert "展开后太多" in refused


def test_the_largest_word_file_that_is_read_stays_small_in_memory(tmp_path: Path) -> None:
    count, [refused] = read_alone(word(tmp_path / "a.docx", "<w:p><w:r><w:t>字</w:t></w:r></w:p>" * 160_000))
    assert count == 0
    assert "最多 50000 字" in refused


def test_zip_bombs_are_not_opened(tmp_path: Path) -> None:
    for name in ("a.docx", "a.xlsx"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("[Content_Types].xml", "<Types/>")
            with bomb.open("word/document.xml", "w") as member:
                for _ in range(30):
                    member.write(bytes(1_000_000))
        count, [refused] = read_alone(tmp_path / name)
        assert count == 0
        assert "展开后大得不正常" in refused


def test_a_directory_that_lies_about_sizes_is_found_out(tmp_path: Path) -> None:
    """Whatever it says, no more than that is unpacked; and the copy that the libraries get holds no more either."""
    path = word(tmp_path / "a.docx", "<w:p/>" * 3_000_000, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"word/document.xml"))
    assert struct.unpack_from("<L", data, at + 24)[0] > 10_000_000
    struct.pack_into("<L", data, at + 24, 1_000)
    path.write_bytes(bytes(data))
    count, [refused] = read_alone(path)
    assert count == 0
    assert "内容不是 .docx 文件" in refused


@pytest.mark.parametrize("members", [MOST_MEMBERS + 10, 30_000])
def test_a_zip_of_very_many_files_is_not_opened(tmp_path: Path, members: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as many:
        for at in range(members):
            many.writestr(f"xl/{at}.xml", "")
    count, [refused] = read_alone(tmp_path / "a.xlsx")
    assert count == 0
    assert "展开后大得不正常" in refused


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", "<w:p/>")
    with zipfile.ZipFile(path, "a") as twice, pytest.warns(UserWarning, match="Duplicate"):
        twice.writestr("word/document.xml", "<w:p/>")
    [refused] = refusals(read(path))
    assert "展开后大得不正常" in refused


def test_a_member_under_a_password_and_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", "<w:p/>")
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.find(mark) + flags] |= 1
    path.write_bytes(bytes(data))
    with (tmp_path / "b.docx").open("wb") as large:
        large.write(b"PK\x03\x04")
        large.truncate(LARGEST_OFFICE_FILE + 1)
    locked, too_large = refusals(read(path, tmp_path / "b.docx"))
    assert "去掉密码" in locked
    assert "超过 50 MB" in too_large


def test_large_pictures_in_a_document_cost_nothing(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("题", 0)
    document.add_paragraph("正文")
    document.save(str(tmp_path / "a.docx"))
    with zipfile.ZipFile(tmp_path / "a.docx", "a") as pictured:
        pictured.writestr("word/media/image1.bmp", random.Random(1).randbytes(45_000_000))
    assert read_alone(tmp_path / "a.docx") == (1, [])


@pytest.mark.parametrize(
    ("start", "piece", "times"),
    [('{"id":[', "[],", 1_300_000), ('{"id":[[', '{"a":1},', 480_000), ('{"a":"', "x", 90_000_000)],
    ids=["lists", "objects", "endless"],
)
def test_lines_of_json_that_swell_when_read_are_refused(tmp_path: Path, start: str, piece: str, times: int) -> None:
    ends = {"[],": "[]]}", '{"a":1},': "1]]}"}
    line = f"{start}{piece * times}{ends.get(piece, '')}"
    (tmp_path / "a.jsonl").write_text(f'{line}\n{{"id": 1, "title": "t", "body": "b"}}\n')
    count, refused = read_alone(tmp_path / "a.jsonl")
    assert count == 1
    assert len(refused) == 1
