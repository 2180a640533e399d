"""Rows of the owner archive: what may stand in them, and what is still true when they tell more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.people.archive import fields, rules, texts
from community.people.archive.rules import Archive, Entry, Remark, Result, Row, Telling

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
A_VIN = "LSVAA49J132000017"


def read(**told: str) -> tuple[Entry | None, list[Remark], list[Remark]]:
    return rules.understood(Row(**told), 7, import_id="i1", now=NOW)


def facts(**told: str) -> dict[str, str]:
    entry, wrong, _ = read(**told)
    assert entry, wrong
    return entry.telling.facts


def wrong(**told: str) -> list[tuple[int, str, str]]:
    entry, remarks, _ = read(**told)
    assert entry is None
    return [(remark.row, remark.field, remark.reason) for remark in remarks]


def test_a_row_is_kept_as_it_is_meant() -> None:
    assert facts(
        mobile=" +86 138-0013-8000 ",
        vin="lsvaa49j132000017",
        name=" 王\t小明 ",
        city="上海",
        birthday="1985年3月4日",
        plate_number="沪a·12345",
        model="途观 L",
        purchased_on="2024/5/1",
        dealer="上海一店",
        last_visit_on="20260901",
    ) == {
        "mobile": "13800138000",
        "vin": A_VIN,
        "name": "王 小明",
        "city": "上海",
        "birthday": "1985-03-04",
        "plate_number": "沪A12345",
        "model": "途观 L",
        "purchased_on": "2024-05-01",
        "dealer": "上海一店",
        "last_visit_on": "2026-09-01",
    }


def test_a_mobile_number_or_a_vin_is_enough_and_needed() -> None:
    assert facts(mobile="13800138000") == {"mobile": "13800138000"}
    assert facts(vin=A_VIN) == {"vin": A_VIN}
    assert wrong(name="王小明") == [(7, "mobile", texts.NEITHER)]
    assert wrong(mobile="  ", vin="\t") == [(7, "mobile", texts.NEITHER)]


def test_every_wrong_field_is_named_with_its_reason_and_without_its_value() -> None:
    assert wrong(
        mobile="1.38001E+10", vin="X", plate_number="X", birthday="昨天", updated_at="昨天"
    ) == [
        (7, "mobile", texts.MOBILE),
        (7, "vin", texts.VIN),
        (7, "birthday", texts.DATE),
        (7, "plate_number", texts.PLATE),
        (7, "updated_at", texts.TIME),
    ]


@pytest.mark.parametrize(("field", "most"), fields.CHARS_MAX.items())
def test_texts_may_be_so_long_and_no_longer(field: str, most: int) -> None:
    assert facts(mobile="13800138000", **{field: "长" * most})[field] == "长" * most
    too_long = texts.TOO_LONG.format(n=most)
    assert wrong(mobile="13800138000", **{field: "长" * (most + 1)}) == [(7, field, too_long)]


@pytest.mark.parametrize("field", ["birthday", "purchased_on", "last_visit_on"])
@pytest.mark.parametrize(
    "day",
    [
        "2024-13-01",
        "2024-02-30",
        "1-1",
        "2024",
        "0",
        "٢٠٢٤-0-1",
        "9" * 30,
        "2024-01-01-01",
        "一二三",
    ],
)
def test_a_day_that_is_none_is_refused(field: str, day: str) -> None:
    assert wrong(mobile="13800138000", **{field: day}) == [(7, field, texts.DATE)]


@pytest.mark.parametrize("field", ["purchased_on", "last_visit_on", "birthday"])
def test_days_lie_between_1900_and_today_in_beijing(field: str) -> None:
    assert wrong(mobile="13800138000", **{field: "2026-11-23"})[0][2] == texts.IN_THE_FUTURE
    assert wrong(mobile="13800138000", **{field: "1899-12-31"})[0][2] == texts.TOO_EARLY
    if field != "birthday":
        assert facts(mobile="13800138000", **{field: "2026-11-22"})[field] == "2026-11-22"


def test_nobody_below_18_is_taken() -> None:
    assert facts(mobile="13800138000", birthday="2008-11-22")["birthday"] == "2008-11-22"
    assert wrong(mobile="13800138000", birthday="2008-11-23") == [(7, "birthday", texts.MINOR)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-21", datetime(2026, 11, 20, 16, 0, tzinfo=UTC)),
        ("2026-11-21 18:30", datetime(2026, 11, 21, 10, 30, tzinfo=UTC)),
        ("2026/11/21 18:30:05", datetime(2026, 11, 21, 10, 30, 5, tzinfo=UTC)),
        ("2026-11-21T10:30:00Z", datetime(2026, 11, 21, 10, 30, tzinfo=UTC)),
        ("2026-11-22 13:00", NOW),  # A clock that is ahead a little tells nothing newer than now.
    ],
)
def test_a_row_may_say_when_it_was_true(text: str, at: datetime) -> None:
    entry, _, _ = read(mobile="13800138000", updated_at=text)
    assert entry
    assert entry.telling.at == at


@pytest.mark.parametrize(
    ("text", "reason"),
    [("2026-11-24", texts.IN_THE_FUTURE), ("0001-01-01T00:00:00", texts.TOO_EARLY)],
)
def test_a_time_that_cannot_be_is_refused(text: str, reason: str) -> None:
    assert wrong(mobile="13800138000", updated_at=text) == [(7, "updated_at", reason)]


def test_a_wrong_check_digit_is_worth_a_look_and_no_more() -> None:
    entry, wrong_fields, doubtful = read(vin="LSVAA49J032000017")
    assert (entry is not None, wrong_fields) == (True, [])
    assert doubtful == [Remark(7, "vin", texts.CHECK_DIGIT)]


@given(st.fixed_dictionaries({}, optional={field: st.text(max_size=30) for field in rules.FIELDS}))
def test_whatever_stands_in_a_row_it_is_taken_or_named(told: dict[str, str]) -> None:
    entry, remarks, _ = read(**told)
    assert (entry is None) == bool(remarks)
    assert {remark.field for remark in remarks} <= set(rules.FIELDS)


def a_telling(at: int, car: str = "", **told: str) -> Telling:
    return Telling(source=f"i1#{at}", at=NOW + timedelta(days=at), facts=told, car=car)


def test_the_newer_of_two_values_stays_whatever_comes_first() -> None:
    tellings = [
        a_telling(1, name="王小明", city="上海"),
        a_telling(2, city="北京"),
        a_telling(3, car=A_VIN, vin=A_VIN, model="途观 L"),
        a_telling(4, car="沪A12345", plate_number="沪A12345", model="帕萨特"),
    ]
    for some in permutations(tellings):
        archive = Archive()
        for telling in some:
            archive = rules.with_telling(archive, telling)
        assert rules.person_of(archive) == {"name": "王小明", "city": "北京"}
        assert sorted(rules.cars_of(archive), key=lambda car: car["model"]) == [
            {"plate_number": "沪A12345", "model": "帕萨特"},
            {"vin": A_VIN, "model": "途观 L"},
        ]


def test_of_two_values_of_the_same_age_the_later_stays_however_often_they_come() -> None:
    first = Telling(source="i1#9", at=NOW, facts={"name": "王", "city": "上海"})
    second = Telling(source="i1#10", at=NOW, facts={"city": "北京"})
    archive = rules.with_telling(rules.with_telling(Archive(), first), second)
    assert rules.person_of(archive) == {"name": "王", "city": "北京"}
    assert rules.with_telling(archive, first) is archive
    assert rules.with_telling(archive, second) is archive
    other_import = Telling(source="i2#1", at=NOW, facts={"city": "广州"})
    assert rules.person_of(rules.with_telling(archive, other_import))["city"] == "广州"


def test_a_row_that_a_later_one_of_its_import_overtook_is_still_known_by_name() -> None:
    def entry(row: int, city: str) -> Entry:
        told = Telling(source=f"i1#{row}", at=NOW, facts={"city": city})
        return Entry(row=row, mobile="13800138000", vin=None, telling=told)

    one, two = entry(1, "上海"), entry(2, "北京")
    archive = rules.with_telling(rules.with_telling(Archive(), one.telling), two.telling)
    assert rules.result_for(one, archive, archive) is Result.REFRESHED
    next_import = Telling(source="i2#1", at=NOW, facts={"name": "王"})
    assert [told.source for told in rules.with_telling(archive, next_import).tellings] == [
        "i1#2",
        "i2#1",
    ]


def test_what_is_known_already_changes_nothing() -> None:
    archive = rules.with_telling(Archive(), a_telling(1, city="上海"))
    assert rules.with_telling(archive, a_telling(2, city="上海")) is archive


def test_rows_about_the_same_person_or_car_are_taken_one_after_the_other() -> None:
    rows = [("13800138000", ""), ("13800138001", A_VIN), ("", A_VIN), ("13800138000", "")]
    entries = [
        entry
        for number, (mobile, vin) in enumerate(rows)
        if (
            entry := rules.understood(Row(mobile=mobile, vin=vin), number, import_id="i", now=NOW)[
                0
            ]
        )
    ]
    waves = [[entry.row for entry in wave] for wave in rules.waves(entries)]
    assert waves == [[0, 1], [2, 3]]


def test_a_row_counts_as_it_did_the_first_time() -> None:
    entry, _, _ = read(mobile="13800138000", city="上海")
    assert entry
    added = rules.with_telling(Archive(added_by="i1#7"), entry.telling)
    assert rules.result_for(entry, added, added) is Result.ADDED
    refreshed = rules.with_telling(Archive(added_by="i0#1"), entry.telling)
    assert rules.result_for(entry, Archive(), refreshed) is Result.REFRESHED
    assert rules.result_for(entry, refreshed, refreshed) is Result.REFRESHED
    other = rules.with_telling(Archive(), a_telling(1, mobile="13800138000", city="上海"))
    assert rules.result_for(entry, other, other) is Result.UNCHANGED


def test_of_a_row_that_is_refused_only_the_reason_is_told() -> None:
    refused, other = Remark(7, "vin", texts.TAKEN_BACK), Remark(8, "vin", texts.CHECK_DIGIT)
    outcome = rules.outcome_of(
        [(Result.REJECTED, refused), (Result.ADDED, None)],
        rejected=[],
        warnings=[Remark(7, "vin", texts.CHECK_DIGIT), other],
    )
    assert (outcome.rejected, outcome.warnings) == ((refused,), (other,))


def test_what_came_with_a_merge_goes_back_the_way_it_came() -> None:
    assert rules.name_after_merge("archive", "B") == "archive#B"
    assert rules.name_after_merge("archive#C", "B") == "archive#B#C"
    assert rules.name_after_unmerge("archive#B#C", gone_id="B") == "archive#C"
    assert rules.name_after_unmerge("archive#B", gone_id="B") == "archive"
    assert rules.name_after_unmerge("archive", gone_id="B") is None
    assert rules.name_after_unmerge("archive#D", gone_id="B") is None
