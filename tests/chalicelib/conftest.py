"""What adapters are tested with: settings, secrets, an empty table, a fake WeChat and WeCom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib import aws, clock, tokens
from chalicelib.settings import secrets, settings
from chalicelib.tables import table_name
from chalicelib.wechat import platform as calls
from local.placeholders import SECRETS
from tests.chalicelib.stage import SETTINGS
from tests.cloud import unsealed
from tests.fakes.platform import FakePlatform, fake_platform


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and secrets that the tests know."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "parameters_under", lambda path: SECRETS)
    monkeypatch.setattr(aws, "data_key", unsealed)
    settings.cache_clear()
    secrets.cache_clear()
    yield
    settings.cache_clear()
    secrets.cache_clear()


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with mock_aws():
        yield boto3.resource("dynamodb").create_table(
            TableName=table_name("platform"),
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_schema("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "gsi1",
                    "KeySchema": _schema("gsi1pk", "gsi1sk"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"}
                for key in ("pk", "sk", "gsi1pk", "gsi1sk")
            ],
        )


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


@pytest.fixture
def platform_table(stage: None, table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
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
