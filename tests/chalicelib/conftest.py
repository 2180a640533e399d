"""A stage for the ground floor: settings, secrets, an empty platform table, a fake WeChat and WeCom."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.chalicelib.stage import SECRETS, STAGE

for name, value in STAGE.items():
    os.environ.setdefault(name, value)
os.environ.pop("SANDBOX_URL", None)

from chalicelib import aws, clock, tokens  # noqa: E402 (rows take their table's name from the environment)
from chalicelib.settings import secrets, settings  # noqa: E402
from chalicelib.tables import table_name  # noqa: E402
from chalicelib.wechat import platform as calls  # noqa: E402
from tests.fakes.platform import FakePlatform, fake_platform  # noqa: E402


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("WECHAT_APPID", "WECHAT_PUSH_MODE", "WECHAT_ENV", "WECOM_CORPID", "WECOM_AGENTID"):
        monkeypatch.setenv(name, STAGE[name])
    monkeypatch.setattr(aws, "parameters_under", lambda path: SECRETS)
    settings.cache_clear()
    secrets.cache_clear()
    yield
    settings.cache_clear()
    secrets.cache_clear()


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    keys = {"pk": "HASH", "sk": "RANGE"}
    with mock_aws():
        yield boto3.resource("dynamodb").create_table(
            TableName=table_name("platform"),
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        )


@pytest.fixture
def platform_table(table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty table, and a container that has just started."""
    monkeypatch.setattr(tokens, "_held", {})
    yield
    with table.batch_writer() as batch:
        for item in table.scan()["Items"]:
            batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, platform_table: None) -> Iterator[FakePlatform]:
    """Both platforms at one address. Once one is told to be silent, we have little patience."""
    with fake_platform() as fake:
        fake.on_silence = lambda: monkeypatch.setattr(calls, "READ_TIMEOUT_S", 0.5)
        monkeypatch.setenv("WECHAT_API_URL", fake.url)
        monkeypatch.setenv("WECOM_API_URL", fake.url)
        settings.cache_clear()
        yield fake


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Move the time of the adapters ahead by some seconds."""
    ahead = timedelta()

    def move(seconds: int) -> None:
        nonlocal ahead
        ahead += timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "utc_now", lambda: datetime.now(UTC) + ahead)
    return move
