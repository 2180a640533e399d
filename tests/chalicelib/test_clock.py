"""The time: asked in UTC, moved ahead by the sandbox and by nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.settings import settings
from tests.fakes.platform import fake_platform


@pytest.fixture
def set_stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def to(**env: str) -> None:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield to
    settings.cache_clear()


def ahead() -> timedelta:
    return clock.utc_now() - datetime.now(UTC)


def test_now_is_in_utc() -> None:
    assert clock.utc_now().tzinfo is UTC


def test_now_is_now() -> None:
    assert abs(ahead()) < timedelta(seconds=5)


def test_the_sandbox_moves_the_local_stage_ahead(set_stage: Callable[..., None]) -> None:
    with fake_platform() as sandbox:
        sandbox.answers("/_sandbox/clock", {"ahead_s": 172_800})
        set_stage(STAGE="local", SANDBOX_URL=sandbox.url)
        assert timedelta(days=2) - ahead() < timedelta(seconds=5)


def test_without_a_sandbox_nobody_is_asked(set_stage: Callable[..., None]) -> None:
    with fake_platform() as sandbox:
        set_stage(STAGE="local")
        clock.utc_now()
        assert sandbox.asked == []
