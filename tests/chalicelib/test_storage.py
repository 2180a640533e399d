"""The media bucket: what is put can be got, tickets and links end, silence is told as such."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from botocore.session import get_session
from moto import mock_aws

from chalicelib import aws as clients
from chalicelib import storage
from chalicelib.settings import settings
from chalicelib.storage import StorageSilent
from tests.cloud import aws

KEY = "licence/01KB2TGXF8Q4Z5T0V7W8X9Y0Z1"


@pytest.fixture
def bucket() -> Iterator[str]:
    with mock_aws():
        aws("s3").create_bucket(Bucket=settings().media_bucket)
        yield settings().media_bucket


@pytest.fixture
def client_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the bucket a client of another region, or at another address."""

    def other(region: str, **more: Any) -> None:
        at_once = Config(retries={"total_max_attempts": 1})
        config = clients._QUICK.merge(clients._S3).merge(at_once)
        made = get_session().create_client("s3", region_name=region, config=config, **more)
        monkeypatch.setattr(clients, "s3", lambda: made)

    return other


def test_what_was_put_is_there_until_it_is_deleted(bucket: str) -> None:
    assert not storage.exists(KEY)
    assert storage.get(KEY, bytes_max=9) is None
    storage.put(KEY, b"picture", content_type="image/png")
    assert storage.exists(KEY)
    assert storage.get(KEY, bytes_max=9) == b"picture"
    assert aws("s3").head_object(Bucket=bucket, Key=KEY)["ContentType"] == "image/png"
    storage.delete(KEY)
    assert not storage.exists(KEY)
    storage.delete(KEY)


def test_no_more_is_read_than_there_is_room_for(bucket: str) -> None:
    storage.put(KEY, b"0123456789", content_type="image/png")
    assert storage.get(KEY, bytes_max=4) == b"0123"


def test_without_its_bucket_the_storage_is_silent() -> None:
    with mock_aws():
        with pytest.raises(StorageSilent):
            storage.put(KEY, b"x", content_type="image/png")
        with pytest.raises(StorageSilent):
            storage.delete(KEY)
        with pytest.raises(StorageSilent):
            storage.get(KEY, bytes_max=1)


def test_a_silent_storage_is_not_an_empty_one(bucket: str, client_of: Any) -> None:
    client_of("us-east-1", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(StorageSilent):
        storage.exists(KEY)
    with pytest.raises(StorageSilent):
        storage.get(KEY, bytes_max=1)


def test_a_ticket_holds_the_sender_to_key_type_and_size() -> None:
    ticket = storage.upload_ticket(KEY, content_type="image/png", bytes_max=2_000, expires_s=60)
    assert (ticket.fields["key"], ticket.fields["Content-Type"]) == (KEY, "image/png")
    policy = json.loads(base64.b64decode(ticket.fields["policy"]))
    assert {"key": KEY} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert {"bucket": settings().media_bucket} in policy["conditions"]
    assert ["content-length-range", 1, 2_000] in policy["conditions"]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "{}.s3.eu-central-1.amazonaws.com"),
        ("cn-north-1", "{}.s3.cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", "{}.s3.cn-northwest-1.amazonaws.com.cn"),
    ],
)
def test_tickets_and_links_go_to_the_bucket_s_own_region(
    client_of: Any, region: str, host: str
) -> None:
    client_of(region)
    ticket = storage.upload_ticket(KEY, content_type="image/png", bytes_max=1, expires_s=60)
    own = host.format(settings().media_bucket)
    assert ticket.url == f"https://{own}/"
    assert storage.link(KEY, expires_s=60).startswith(f"https://{own}/{KEY}?")


def test_at_an_emulator_s_address_the_bucket_is_in_the_path(client_of: Any) -> None:
    client_of("us-east-1", endpoint_url="http://127.0.0.1:4599")
    ticket = storage.upload_ticket(KEY, content_type="image/png", bytes_max=1, expires_s=60)
    place = f"http://127.0.0.1:4599/{settings().media_bucket}"
    assert ticket.url == place
    assert storage.link(KEY, expires_s=60).startswith(f"{place}/{KEY}?")


def test_a_link_ends_and_may_name_what_is_saved() -> None:
    told = parse_qs(urlsplit(storage.link(KEY, expires_s=90, filename="我的 数据.zip")).query)
    assert told["X-Amz-Expires"] == ["90"]
    assert told["response-content-disposition"] == [
        "attachment; filename*=UTF-8''%E6%88%91%E7%9A%84%20%E6%95%B0%E6%8D%AE.zip"
    ]


def test_a_steady_link_is_the_same_for_a_third_of_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[str] = []

    def link(key: str, *, expires_s: int) -> str:
        signed.append(key)
        return f"{key}?{len(signed)}"

    monkeypatch.setattr(storage, "link", link)
    storage._link_of.cache_clear()
    shown = []
    for seconds in (36_000, 37_199, 37_200, 39_599):
        monkeypatch.setattr(storage.time, "time", lambda at=seconds: at)
        shown.append(storage.steady_link("shaped/1/small.jpg", expires_s=3_600))
    assert [address.partition("?")[2] for address in shown] == ["1", "1", "2", "3"]
    storage._link_of.cache_clear()


def test_only_the_first_bytes_of_a_file_are_fetched(bucket: str) -> None:
    storage.put(KEY, b"0123456789", content_type="image/png")
    assert storage.beginning(KEY, bytes_max=4) == b"0123"
    assert storage.beginning(KEY, bytes_max=40) == b"0123456789"
    assert storage.beginning("licence/nothing", bytes_max=4) is None
