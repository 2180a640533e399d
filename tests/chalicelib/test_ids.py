"""Ids: they sort by time, tell it, and come out the same when a call is made again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids

times = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


@given(times, st.text())
def test_an_id_has_the_form_of_an_id(now: datetime, seed: str) -> None:
    assert ids.is_id(ids.new_id(now, seed))


@given(times, times, st.text(), st.text())
def test_ids_sort_by_time(one: datetime, other: datetime, seed: str, seed2: str) -> None:
    earlier, later = sorted([one, other])
    later += timedelta(milliseconds=1)
    assert ids.new_id(earlier, seed) < ids.new_id(later, seed2)


@given(times, st.text())
def test_an_id_tells_its_time_to_the_millisecond(now: datetime, seed: str) -> None:
    told = ids.time_of(ids.new_id(now, seed))
    assert timedelta() <= now - told < timedelta(milliseconds=1)


@given(times, st.text())
def test_a_retry_makes_the_same_id_again(now: datetime, seed: str) -> None:
    assert ids.new_id(now, seed) == ids.new_id(now, seed)


@given(times, st.lists(st.text(), min_size=2, max_size=20, unique=True))
def test_different_things_at_the_same_time_get_different_ids(
    now: datetime, seeds: list[str]
) -> None:
    assert len({ids.new_id(now, seed) for seed in seeds}) == len(seeds)


def test_what_ids_were_made_for_is_told_apart_whenever_they_were_made() -> None:
    now, later = datetime(2026, 11, 22, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert ids.is_of_one_seed(ids.new_id(now, "a"), ids.new_id(later, "a"))
    assert not ids.is_of_one_seed(ids.new_id(now, "a"), ids.new_id(now, "b"))


def test_the_time_of_the_specification_is_read_right() -> None:
    at = datetime.fromtimestamp(1469918176.385, UTC)
    assert ids.time_of("01ARYZ6S41TSV4RRFFQ69G5FAV") == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01ARYZ6S41TSV4RRFFQ69G5FA",
        "01ARYZ6S41TSV4RRFFQ69G5FAVV",
        "81ARYZ6S41TSV4RRFFQ69G5FAV",
        "01aryz6s41tsv4rrffq69g5fav",
        "01ARYZ6S41TSV4RRFFQ69G5FAU",
        "01ARYZ6S41TSV4RRFFQ69G5FA/",
        "０1ARYZ6S41TSV4RRFFQ69G5FAV",
    ],
)
def test_what_is_no_id_is_told_so(text: str) -> None:
    assert not ids.is_id(text)
