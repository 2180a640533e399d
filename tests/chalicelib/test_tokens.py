from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from chalicelib import tokens
from chalicelib.errors import Unavailable
from chalicelib.tokens import FreshToken, TokenRow, TokenSource, access_token, drop

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("platform_table")


class Platform:
    """Gives out token-1, token-2, …, or says that it is busy."""

    def __init__(self) -> None:
        self.fetches = 0
        self.busy = False
        self.rotates = True
        self.source = TokenSource("wechat-test", self.fetch)

    def fetch(self) -> FreshToken:
        self.fetches += 1
        if self.busy:
            raise Unavailable
        return FreshToken(f"token-{self.fetches if self.rotates else 1}", timedelta(hours=2))


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rows that were read."""
    seen: list[str] = []
    read = tokens._row
    monkeypatch.setattr(tokens, "_row", lambda name: (seen.append(name), read(name))[1])
    return seen


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    seen: list[float] = []
    monkeypatch.setattr("chalicelib.tokens.time.sleep", seen.append)
    return seen


def another_container() -> None:
    tokens._held.clear()


def test_the_first_token_is_fetched_and_kept_for_all_containers(platform: Platform) -> None:
    assert access_token(platform.source, now=NOW) == "token-1"
    another_container()
    assert access_token(platform.source, now=NOW) == "token-1"
    assert platform.fetches == 1


def test_the_token_is_sealed_in_the_table(platform: Platform) -> None:
    access_token(platform.source, now=NOW)
    row = TokenRow.get("token#wechat-test", "token")
    assert "token-1" not in str(row.to_simple_dict())


def test_a_container_reads_the_table_once_while_the_token_is_young(
    platform: Platform, reads: list[str]
) -> None:
    for minute in range(0, 110, 5):
        access_token(platform.source, now=NOW + minute * MINUTE)
    assert len(reads) == 1


def test_a_container_reads_the_table_once_a_minute_at_most_near_the_end(
    platform: Platform, reads: list[str]
) -> None:
    platform.rotates = False
    access_token(platform.source, now=NOW)
    reads.clear()
    for second in range(0, 300, 5):
        access_token(platform.source, now=NOW + 110 * MINUTE + timedelta(seconds=second))
    assert len(reads) <= 5
    assert platform.fetches <= 6


def test_the_token_is_refreshed_when_less_than_ten_minutes_are_left(platform: Platform) -> None:
    access_token(platform.source, now=NOW)
    another_container()
    assert access_token(platform.source, now=NOW + 109 * MINUTE) == "token-1"
    another_container()
    assert access_token(platform.source, now=NOW + 111 * MINUTE) == "token-2"


def test_containers_look_at_different_times_but_before_the_last_five_minutes(
    platform: Platform,
) -> None:
    looks = set()
    access_token(platform.source, now=NOW)
    for _ in range(20):
        another_container()
        access_token(platform.source, now=NOW)
        looks.add(tokens._held["wechat-test"].look_again_at)
    assert len(looks) > 10
    assert min(looks) >= NOW + 110 * MINUTE
    assert max(looks) <= NOW + 115 * MINUTE


def test_an_expired_token_is_never_given_out(platform: Platform) -> None:
    access_token(platform.source, now=NOW)
    assert access_token(platform.source, now=NOW + 120 * MINUTE) == "token-2"


def test_while_one_refreshes_the_others_use_the_old_token(platform: Platform) -> None:
    access_token(platform.source, now=NOW)
    late = NOW + 112 * MINUTE
    seen = []

    def fetch() -> FreshToken:
        another_container()
        seen.append(access_token(platform.source, now=late))
        another_container()
        return FreshToken("token-new", timedelta(hours=2))

    another_container()
    slow = TokenSource(platform.source.name, fetch)
    assert access_token(slow, now=late) == "token-new"
    assert seen == ["token-1"]
    assert platform.fetches == 1


def test_who_finds_no_token_waits_for_the_one_that_fetches(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching, may_answer = Event(), Event()

    def fetch() -> FreshToken:
        fetching.set()
        may_answer.wait()
        return FreshToken("token-new", timedelta(hours=2))

    first = Thread(
        target=access_token,
        args=(TokenSource(platform.source.name, fetch),),
        kwargs={"now": NOW},
    )

    def let_it_answer(_: float) -> None:
        may_answer.set()
        first.join()
        another_container()

    monkeypatch.setattr("chalicelib.tokens.time.sleep", let_it_answer)
    first.start()
    fetching.wait()
    assert access_token(platform.source, now=NOW) == "token-new"
    assert platform.fetches == 0


def test_the_wait_for_another_ends(platform: Platform, waits: list[float]) -> None:
    def fetch() -> FreshToken:
        with pytest.raises(Unavailable):
            access_token(platform.source, now=NOW)
        return FreshToken("token-new", timedelta(hours=2))

    access_token(TokenSource(platform.source.name, fetch), now=NOW)
    assert 0 < sum(waits) <= 3
    assert platform.fetches == 0


def test_who_looked_before_another_refreshed_does_not_fetch_again(platform: Platform) -> None:
    seen_before = tokens._row("wechat-test")
    access_token(platform.source, now=NOW)
    assert tokens._lease(seen_before, NOW) is None
    seen_before = tokens._row("wechat-test")
    access_token(platform.source, now=NOW + 116 * MINUTE)
    assert tokens._lease(seen_before, NOW + 116 * MINUTE) is None


def test_a_lease_of_one_that_died_runs_out(platform: Platform, waits: list[float]) -> None:
    tokens._lease(tokens._key("wechat-test"), NOW)
    with pytest.raises(Unavailable):
        access_token(platform.source, now=NOW)
    assert access_token(platform.source, now=NOW + tokens.LEASE) == "token-1"


def test_one_that_was_slower_than_its_lease_does_not_overwrite(platform: Platform) -> None:
    def fetch() -> FreshToken:
        another_container()
        access_token(platform.source, now=NOW + tokens.LEASE)
        return FreshToken("token-slow", timedelta(hours=2))

    access_token(TokenSource(platform.source.name, fetch), now=NOW)
    another_container()
    assert access_token(platform.source, now=NOW + MINUTE) == "token-1"


def test_when_the_platform_is_busy_the_old_token_serves_as_long_as_it_lives(
    platform: Platform,
) -> None:
    access_token(platform.source, now=NOW)
    platform.busy = True
    assert access_token(platform.source, now=NOW + 116 * MINUTE) == "token-1"
    with pytest.raises(Unavailable):
        access_token(platform.source, now=NOW + 120 * MINUTE)


def test_after_a_failed_fetch_nobody_tries_for_a_while_and_nobody_waits(
    platform: Platform, waits: list[float]
) -> None:
    platform.busy = True
    for second in range(19):
        with pytest.raises(Unavailable):
            access_token(platform.source, now=NOW + timedelta(seconds=second))
    assert platform.fetches == 1
    assert waits == []
    platform.busy = False
    assert access_token(platform.source, now=NOW + tokens.REST) == "token-2"


def test_a_dropped_token_is_replaced(platform: Platform) -> None:
    failed = access_token(platform.source, now=NOW)
    drop(platform.source, failed, now=NOW + MINUTE)
    assert access_token(platform.source, now=NOW + MINUTE) == "token-2"


def test_only_the_token_that_failed_is_dropped(platform: Platform) -> None:
    old = access_token(platform.source, now=NOW)
    drop(platform.source, old, now=NOW + MINUTE)
    access_token(platform.source, now=NOW + MINUTE)
    drop(platform.source, old, now=NOW + 10 * MINUTE)
    assert access_token(platform.source, now=NOW + 10 * MINUTE) == "token-2"
    another_container()
    assert access_token(platform.source, now=NOW + 10 * MINUTE) == "token-2"
    assert platform.fetches == 2


def test_a_container_with_an_old_copy_finds_the_new_token_after_dropping_it(
    platform: Platform,
) -> None:
    old = access_token(platform.source, now=NOW)
    memory = dict(tokens._held)
    drop(platform.source, old, now=NOW + MINUTE)
    access_token(platform.source, now=NOW + MINUTE)
    tokens._held.update(memory)
    drop(platform.source, old, now=NOW + 2 * MINUTE)
    assert access_token(platform.source, now=NOW + 2 * MINUTE) == "token-2"
    assert platform.fetches == 2


def test_a_token_that_is_refused_for_ever_is_not_fetched_for_ever(platform: Platform) -> None:
    for second in range(60):
        now = NOW + timedelta(seconds=second)
        drop(platform.source, access_token(platform.source, now=now), now=now)
    assert platform.fetches <= 4


def test_tokens_of_two_apps_are_kept_apart(platform: Platform) -> None:
    other = TokenSource("wecom-test", lambda: FreshToken("token-of-wecom", timedelta(hours=2)))
    assert access_token(platform.source, now=NOW) == "token-1"
    assert access_token(other, now=NOW) == "token-of-wecom"
