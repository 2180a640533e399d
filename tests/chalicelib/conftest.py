"""A stage for the ground floor: settings, secrets, an empty platform table, a fake WeChat and WeCom."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

STAGE = {
    "STAGE": "dev",
    "STACK": "member-community-test",
    "FACTS_QUEUE_URL": "http://localhost/facts",
    "INBOX_QUEUE_URL": "http://localhost/inbox",
    "OUTBOUND_QUEUE_URL": "http://localhost/outbound",
    "WECHAT_APPID": "wx0123456789abcdef",
    "WECHAT_API_URL": "http://localhost:9",
    "WECHAT_PUSH_MODE": "safe",
    "WECHAT_ENV": "trial",
    "WECHAT_TEMPLATES": "{}",
    "WECOM_CORPID": "ww0123456789abcdef",
    "WECOM_AGENTID": "1000002",
    "WECOM_API_URL": "http://localhost:9",
    "AWS_DEFAULT_REGION": "cn-north-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
for name, value in STAGE.items():
    os.environ.setdefault(name, value)
os.environ.pop("SANDBOX_URL", None)

from chalicelib import aws, clock, tokens  # noqa: E402 (rows take their table's name from the environment)
from chalicelib.settings import secrets, settings  # noqa: E402
from chalicelib.tables import table_name  # noqa: E402
from chalicelib.wechat import platform as calls  # noqa: E402
from tests.fakes.platform import FakePlatform, fake_platform  # noqa: E402

SECRETS = {
    "session_keys": "session-key",
    "lookup_key": base64.b64encode(bytes(32)).decode(),
    "field_keys": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
    "wechat_secret": "secret-of-the-mini-program",
    "wechat_push_token": "PushTokenOfWeChat",
    "wechat_push_aes_key": base64.b64encode(bytes(range(100, 132))).decode().rstrip("="),
    "wecom_secret": "secret-of-the-wecom-app",
    "wecom_push_token": "PushTokenOfWeCom",
    "wecom_push_aes_key": base64.b64encode(bytes(range(200, 232))).decode().rstrip("="),
    "wecom_bot_key": "key-of-the-bot",
}


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
    """Both platforms at one address, and little patience with them."""
    monkeypatch.setattr(calls, "READ_TIMEOUT_S", 0.3)
    with fake_platform() as fake:
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
