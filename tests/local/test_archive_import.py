"""`make import`: how a file is read, how its columns are named, what a kill leaves behind."""

from __future__ import annotations

import csv
import json
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.people.archive.rules import ROWS_MAX, Outcome, Remark, Row
from local import say
from local.archive_import import __main__ as command
from local.archive_import import columns, journal, source
from local.archive_import.columns import Columns
from local.archive_import.journal import Journal
from local.archive_import.source import Line, Place
from local.archive_import.work import AT_ONCE, WAITING_MAX, work

HEADER = "手机号,车架号,姓名,备注\r\n"
BODY = '13800138000,LSVAA49J132000017,"王,小明",a\r\n\r\n,,,\r\n13800138001,,"李\r\n四",b\r\n'
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
USUAL = columns.usual()

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def written(content: str | bytes, name: str = "owners.csv") -> Path:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return written


def read(file: Path, named: Columns = USUAL, since: Place | None = None) -> list[Line]:
    return list(source.lines(source.looked_through(file), named, since=since or Place()))


def failure(do: Callable[[], object]) -> str:
    with pytest.raises(say.Failure) as failed:
        do()
    return str(failed.value)


# Encodings and forms


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_csv_file_is_read_in_any_usual_encoding(written: Written, encoding: str) -> None:
    lines = read(written((HEADER + BODY).encode(encoding)))
    assert [(line.number, line.row) for line in lines] == [
        (2, Row(mobile="13800138000", vin="LSVAA49J132000017", name="王,小明")),
        (5, Row(mobile="13800138001", name="李\r\n四")),
    ]


def test_an_encoding_is_told_from_the_whole_file_not_from_its_beginning(written: Written) -> None:
    plain = "".join(f"1380013{n % 10_000:04d},,x,\n" for n in range(100_000))
    file = written((HEADER + plain + "13900139000,,王小明,\n").encode("gb18030"))
    assert source.looked_through(file).encoding == "gb18030"
    assert read(file)[-1].row == Row(mobile="13900139000", name="王小明")


@pytest.mark.parametrize("encoding", source.ENCODINGS)
@pytest.mark.parametrize("before", [1, 2])
def test_a_letter_that_lies_across_two_blocks_is_read(
    written: Written, encoding: str, before: int
) -> None:
    text = "x" * (source.BLOCK_BYTES - before) + "王王"
    assert source.looked_through(written(text.encode(encoding))).encoding == encoding


def test_json_lines_are_read_by_the_names_of_their_fields(written: Written) -> None:
    told = [
        {"手机号": 13800138000, "vin": None, "more": [1]},
        {"mobile": "13800138001", "name": "王小明"},
        {"mobile": 13800138002.0},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in told)
    lines = read(written(text, "owners.jsonl"))
    assert [(line.number, line.row) for line in lines] == [
        (1, Row(mobile="13800138000")),
        (2, Row(mobile="13800138001", name="王小明")),
        (3, Row(mobile="13800138002")),
    ]


def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(written: Written) -> None:
    text = '{"mobile": "1"}\n{"mobile": \n[1]\n{"mobile": true, "vin": {}}\n{"mobile": "2"}\n'
    lines = read(written(text))
    assert [line.remarks for line in lines if not line.row] == [
        (Remark(2, "row", source.WRONG_FORM),),
        (Remark(3, "row", source.WRONG_FORM),),
        (Remark(4, "mobile", source.WRONG_VALUE), Remark(4, "vin", source.WRONG_VALUE)),
    ]
    shifted = read(written(HEADER + "13800138000,,a,b,c\n13800138001,,,,,\n"))
    assert [line.remarks for line in shifted] == [(Remark(2, "row", source.TOO_MANY_CELLS),), ()]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        (b"PK\x03\x04...", "is an Excel workbook: save it as CSV UTF-8"),
        ("手机号\n".encode("utf-16"), "is UTF-16 text: save it as CSV UTF-8"),
        (b"\xff\xff\xff\n", "is neither UTF-8 nor GB18030"),
        ("姓名,备注\n王,x\n".encode(), "has no column for the mobile number or the VIN; it has 姓名, 备注"),
        ("手机号,手机\n1,2\n".encode(), "has two columns for mobile"),
        ((HEADER + "1,,x\n2,,\"x\n" + "3,,x\n" * 60_000).encode(), "Row 3 of owners.csv cannot be read"),
        (HEADER.encode() + b"1" * 300_000, "has a line of more than 256 KB"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    written: Written, content: bytes, says: str
) -> None:
    assert says in failure(lambda: read(written(content)))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "There is no file" in failure(lambda: source.looked_through(tmp_path / "none.csv"))
    assert "is a folder" in failure(lambda: source.looked_through(tmp_path))


@given(st.lists(st.text(st.characters(codec="gb18030"), max_size=6), min_size=1), st.data())
def test_reading_goes_on_at_any_row_as_if_it_had_not_stopped(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("import") / "owners.csv"
    encoding = data.draw(st.sampled_from(source.ENCODINGS))
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["手机号", "姓名"])
        writer.writerows((f"1380013{n:04d}", name) for n, name in enumerate(names))
    whole = read(file)
    stop = data.draw(st.integers(0, len(whole) - 1))
    since = Place(whole[stop].end, whole[stop].number)
    assert read(file, since=since) == whole[stop + 1 :]


# Columns


@pytest.mark.parametrize(
    ("name", "text"),
    [("columns.json", '{"Tel": "mobile", "车主": "name"}'), ("c.toml", 'Tel = "mobile"\n"车主" = "name"')],
)  # fmt: skip
def test_a_small_file_says_which_column_is_which(written: Written, name: str, text: str) -> None:
    named = columns.said_in(written(text, name))
    file = written(" tel ,车主,姓名\n13800138000,王小明,x\n")
    assert read(file, named)[0].row == Row(mobile="13800138000", name="王小明")
    assert named.digest != USUAL.digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is neither valid JSON nor TOML"),
        ("[]", "must say which column is which field"),
        ('{"Tel": 1}', "must say which column is which field"),
        ('{"Tel": "phone"}', "Tel cannot be phone; fields are mobile, vin"),
    ],
)
def test_a_small_file_that_says_something_else_is_told(
    written: Written, text: str, says: str
) -> None:
    assert says in failure(lambda: columns.said_in(written(text, "columns.json")))


def test_a_column_that_is_named_and_not_there_is_told(written: Written) -> None:
    named = columns.said_in(written('{"Tel": "mobile", "手机号": "mobile"}', "columns.json"))
    told = failure(lambda: read(written(HEADER), named))
    assert told == (
        "columns.json names the column tel, which owners.csv does not have; "
        "it has 手机号, 车架号, 姓名, 备注."
    )


def test_what_the_default_names_is_read(written: Written) -> None:
    headers = "手机号,车架号,车牌号,车型,购车日期,经销商,姓名,城市,生日,最近进店"
    (line,) = read(written(headers + "\n" + ",".join("abcdefghij") + "\n"))
    assert line.row == Row(
        mobile="a",
        vin="b",
        plate_number="c",
        model="d",
        purchased_on="e",
        dealer="f",
        name="g",
        city="h",
        birthday="i",
        last_visit_on="j",
    )


# The report, and going on after a kill


def opened(file: Path, stack: str = "s", names: str = "c") -> Journal:
    looked = source.looked_through(file)
    return journal.opened(looked, columns=names, stack=stack, import_id="i1", now=NOW)


def report_of(kept: Journal) -> list[list[str]]:
    with kept.report.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_report_names_row_field_and_reason(written: Written) -> None:
    kept = opened(written(HEADER))
    outcome = Outcome(
        added=3, rejected=(Remark(4, "vin", "错"),), warnings=(Remark(2, "vin", "看"),)
    )
    kept.note(outcome, remarks=(Remark(3, "row", "坏"),), place=Place(90, 6), rows=5)
    kept.close(done=True)
    assert report_of(kept) == [
        ["行", "字段", "结果", "原因"],
        ["2", "vin", "提示", "看"],
        ["3", "row", "未录入", "坏"],
        ["4", "vin", "未录入", "错"],
    ]
    assert (kept.progress.rows, kept.progress.rejected, kept.progress.warnings) == (5, 2, 1)
    assert not kept.state.exists()


def test_after_a_kill_it_goes_on_from_what_is_known_to_be_done(written: Written) -> None:
    file = written(HEADER + "1,,,\n" * 10)
    killed = opened(file)
    note = {"remarks": (), "rows": 3}
    killed.note(Outcome(rejected=(Remark(2, "vin", "x"),)), place=Place(60, 4), **note)  # type: ignore[arg-type]
    killed.keep()
    killed.note(Outcome(rejected=(Remark(5, "vin", "y"),)), place=Place(75, 7), **note)  # type: ignore[arg-type]
    killed._file.flush()  # As the operating system may have done when it was killed.
    assert len(report_of(killed)) == 3
    again = opened(file)
    assert again.resumed
    assert (again.progress.place, again.progress.rows) == (Place(60, 4), 3)
    assert (again.progress.import_id, again.progress.now) == ("i1", NOW)
    assert [line[0] for line in report_of(again)] == ["行", "2"]


@pytest.mark.parametrize("other", [{"stack": "t"}, {"names": "d"}])
def test_another_stage_or_other_columns_are_another_import(
    written: Written, other: dict[str, str]
) -> None:
    file = written(HEADER)
    opened(file).close(done=False)
    assert opened(file).resumed
    opened(file).close(done=False)
    assert not opened(file, **other).resumed


def test_a_changed_file_is_another_import(written: Written) -> None:
    opened(written(HEADER)).close(done=False)
    assert not opened(written(HEADER + "1,,,\n")).resumed


def test_what_is_left_of_a_state_or_report_does_no_harm(written: Written) -> None:
    file = written(HEADER)
    kept = opened(file)
    kept.close(done=False)
    kept.state.write_text('{"what"')
    assert not opened(file).resumed
    kept.report.unlink()
    assert not opened(file).resumed


def test_a_folder_in_which_no_report_can_be_written_is_told(written: Written) -> None:
    file = written(HEADER)
    file.with_name("owners.csv.report.csv").mkdir()
    assert "cannot be written" in failure(lambda: opened(file))


# Many at once


class Taker:
    """Takes rows at its own pace, and remembers in which order."""

    def __init__(self, seed: int) -> None:
        self.random, self.lock = random.Random(seed), threading.Lock()
        self.taken: list[int] = []
        self.at_once = self.most = 0

    def __call__(self, rows: list[tuple[int, Row]]) -> Outcome:
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            spin = self.random.randrange(2_000)
        for _ in range(spin):
            pass
        with self.lock:
            self.taken += [number for number, _ in rows]
            self.at_once -= 1
        return Outcome(added=len(rows))


@pytest.mark.parametrize("seed", range(5))
def test_pieces_are_taken_at_once_and_reported_in_order(written: Written, seed: int) -> None:
    file = written(HEADER + "".join(f"138{n:08d},,,\n" for n in range(20 * ROWS_MAX + 7)))
    kept, taker, seen = opened(file), Taker(seed), []
    work(iter(read(file)), kept, taker, seen=lambda: seen.append(kept.progress.number))
    assert seen == sorted(seen)
    assert sorted(taker.taken) == list(range(2, 20 * ROWS_MAX + 9))
    assert (kept.progress.rows, kept.progress.position) == (20 * ROWS_MAX + 7, file.stat().st_size)
    assert taker.most <= AT_ONCE


@pytest.mark.parametrize("seed", range(5))
def test_rows_about_the_same_person_are_taken_in_their_order(written: Written, seed: int) -> None:
    numbers = random.Random(seed)
    rows = [
        f"1380013800{numbers.randrange(10)}" if n % 50 == 0 else f"138{n:08d}" for n in range(2000)
    ]
    file = written(HEADER + "".join(f"{mobile},,,\n" for mobile in rows))
    taker = Taker(seed)
    work(iter(read(file)), opened(file), taker, seen=lambda: None)
    for mobile in {mobile for mobile in rows if rows.count(mobile) > 1}:
        about = {n for n, other in enumerate(rows, 2) if other == mobile}
        order = [n for n in taker.taken if n in about]
        assert order == sorted(order)


def test_no_more_is_read_than_is_under_way(written: Written) -> None:
    file = written(HEADER + "".join(f"138{n:08d},,,\n" for n in range(60 * ROWS_MAX)))
    kept, ahead = opened(file), []

    def counted() -> Iterator[Line]:
        for line in read(file):
            ahead.append(line.number - kept.progress.number)
            yield line

    work(counted(), kept, Taker(1), seen=lambda: None)
    assert max(ahead) <= (WAITING_MAX + 1) * ROWS_MAX + 2


def test_a_piece_that_fails_ends_the_import_after_what_stood_before_it(written: Written) -> None:
    file = written(HEADER + "".join(f"138{n:08d},,,\n" for n in range(5 * ROWS_MAX)))
    kept = opened(file)

    def take(rows: list[tuple[int, Row]]) -> Outcome:
        if rows[0][0] > 3 * ROWS_MAX:
            raise say.Failure("DynamoDB is away.")
        return Outcome(added=len(rows))

    assert (
        failure(lambda: work(iter(read(file)), kept, take, seen=lambda: None))
        == "DynamoDB is away."
    )
    assert kept.progress.number == 3 * ROWS_MAX + 1


# The command


def test_the_command_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["archive_import", "", "", "local"])
    assert "Say which file" in failure(command.main)
    monkeypatch.setattr("sys.argv", ["archive_import", "owners.csv", "", "test"])
    assert "STAGE=test is none: local, dev, prod" in failure(command.main)
