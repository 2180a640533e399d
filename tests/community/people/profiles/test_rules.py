"""Profiles: what is known ages, and what several told comes together."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.people.archive.rules import Archive, Telling
from community.people.profiles import rules
from community.people.profiles.rules import FIELDS, Profile, Said, Source
from tests.world import START

TIMES = st.integers(0, 5).map(lambda days: START + timedelta(days=days))
SAID = st.none() | st.builds(Said, at=TIMES, value=st.none() | st.sampled_from(["a", "b"]))
PROFILES = st.builds(
    Profile,
    city=SAID,
    bio=SAID,
    named_at=st.none() | TIMES,
    skipped=st.dictionaries(st.sampled_from(["city", "bio"]), TIMES),
)


def said(value: object, days: int = 0) -> Said[object]:
    return Said(at=START + timedelta(days=days), value=value)


@pytest.mark.parametrize(
    ("field", "days", "aged"),
    [
        ("intentions", 89, False),
        ("intentions", 90, True),
        ("interests", 364, False),
        ("interests", 365, True),
        ("vehicles", 364, False),
        ("vehicles", 365, True),
        ("birthday", 5_000, False),
        ("city", 5_000, False),
    ],
)
def test_intentions_interests_and_what_somebody_drives_age(
    field: str, days: int, aged: bool
) -> None:
    now = START + timedelta(days=days)
    assert rules.has_aged(field, said("x"), now=now) is aged


def test_what_was_taken_back_is_not_known() -> None:
    assert Profile(city=said(None)).said("city") is None  # type: ignore[arg-type]
    assert Profile().said("city") is None


def test_of_what_several_told_the_newest_holds() -> None:
    old, new = Profile(city=said("上海"), bio=said("a", 1)), Profile(city=said("北京", 1))  # type: ignore[arg-type]
    assert rules.folded([old, new]) == Profile(city=new.city, bio=old.bio)


def test_what_was_taken_back_later_does_not_come_back_by_a_merge() -> None:
    took_back, told = Profile(city=said(None, 1)), Profile(city=said("上海"))  # type: ignore[arg-type]
    assert rules.folded([told, took_back]).said("city") is None


@given(st.lists(PROFILES, max_size=4))
def test_what_comes_together_is_the_newest_of_each_field(profiles: list[Profile]) -> None:
    together = rules.folded(profiles)
    for field in FIELDS:
        told = [s for profile in profiles if (s := getattr(profile, field)) is not None]
        newest = max((s.at for s in told), default=None)
        kept = getattr(together, field)
        assert (kept.at if kept else None) == newest
        assert kept is None or kept in told


@given(st.lists(PROFILES, max_size=4))
def test_together_with_itself_it_is_the_same(profiles: list[Profile]) -> None:
    together = rules.folded(profiles)
    assert rules.folded([together, together]) == together


@given(PROFILES, TIMES)
def test_what_is_let_go_is_what_was_said_until_then(profile: Profile, until: datetime) -> None:
    left = rules.without(profile, FIELDS, said_until=until)
    for field in FIELDS:
        before, after = profile.said(field), left.said(field)
        assert after == (before if before and before.at > until else None)


def test_of_an_archive_city_and_birthday_are_known_as_old_as_they_are_there() -> None:
    older = Telling("i#1", START, {"city": "上海", "birthday": "1990-05-01"})
    newer = Telling("i#2", START + timedelta(days=1), {"city": "杭州", "model": "途观 L"}, "vin")
    assert rules.known_from(Archive((newer, older))) == {
        "city": Said(at=newer.at, value="杭州", source=Source.ARCHIVE),
        "birthday": Said(at=older.at, value=date(1990, 5, 1), source=Source.ARCHIVE),
    }
    assert rules.known_from(Archive()) == {}
