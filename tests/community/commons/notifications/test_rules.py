"""What members may choose, and when their quiet hours are."""

from __future__ import annotations

from datetime import datetime

import pytest

from chalicelib.errors import Invalid
from community.commons.dates import BEIJING
from community.commons.notifications import rules
from community.commons.notifications.rules import CHOSEN, Kind, QuietHours, Settings, Wish


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-22T{text}").replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("now", "starts", "ends", "until"),
    [
        ("21:59:59", "22:00", "08:00", None),
        ("22:00:00", "22:00", "08:00", "11-23 08:00"),
        ("03:00:00", "22:00", "08:00", "11-22 08:00"),
        ("07:59:59", "22:00", "08:00", "11-22 08:00"),
        ("08:00:00", "22:00", "08:00", None),
        ("12:30:00", "12:00", "13:30", "11-22 13:30"),
        ("11:59:00", "12:00", "13:30", None),
        ("13:30:00", "12:00", "13:30", None),
    ],
)
def test_quiet_hours_end_when_they_say(now: str, starts: str, ends: str, until: str | None) -> None:
    settings = Settings(quiet_hours=QuietHours(starts, ends))
    found = rules.quiet_until(settings, Kind.REPLY, at(now))
    assert (found and f"{found.astimezone(BEIJING):%m-%d %H:%M}") == until


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert rules.quiet_until(Settings(quiet_hours=None), Kind.REPLY, at("03:00:00")) is None


@pytest.mark.parametrize("kind", set(Kind) - CHOSEN)
def test_what_one_has_to_know_of_is_said_at_night_too(kind: Kind) -> None:
    assert rules.quiet_until(Settings(), kind, at("03:00:00")) is None


def test_a_day_that_is_all_quiet_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked(Settings(quiet_hours=QuietHours("08:00", "08:00")))
    assert [error.field for error in refused.value.errors] == ["quiet_hours"]


@pytest.mark.parametrize("kind", Kind)
def test_what_one_has_to_know_of_stays_in_the_centre(kind: Kind) -> None:
    settings = Settings(kinds={kind: Wish(centre=False)})
    if kind in CHOSEN:
        assert not rules.is_wanted(rules.checked(settings), kind)
        return
    with pytest.raises(Invalid) as refused:
        rules.checked(settings)
    assert [error.field for error in refused.value.errors] == [f"kinds.{kind}.centre"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("wish", "wanted"),
    [(Wish(), True), (Wish(wechat=False), False), (Wish(centre=False), False)],
)
def test_nothing_is_said_in_wechat_that_is_left_out_of_the_centre(
    kind: Kind, wish: Wish, wanted: bool
) -> None:
    assert rules.is_wanted_in_wechat(Settings(kinds={kind: wish}), kind) is wanted


def test_whoever_said_nothing_wants_to_hear_of_everything() -> None:
    assert set(rules.checked(Settings()).kinds.values()) == {Wish()}
    assert set(rules.checked(Settings()).kinds) == set(Kind)
