"""A stage to measure: the community in this process, the meter on its DynamoDB client, its time at hand.

Nothing follows by itself here: `follow` does what the facts queue would, so that it can be measured.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from bench import entry, told
from bench.entry import Reply
from bench.meter import Meter, Sum
from bench.units import Item
from local.placeholders import SECRETS
from local.places import REPO
from tests.cloud import unsealed
from tests.fakes import usual
from tests.fakes.platform import FakePlatform, fake_platform

DISTRICTS = ("platform", "people", "forum")
QUEUES = ("facts", "counts", "inbox", "outbound", "pictures")
COUNTED = ("reacted.1",)
"""As in app.py, which is not imported before the stage is told its settings."""
DOUBTFUL = "存疑"
"""A text with this word is held for a moderator."""
_OF_A_TABLE = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")


@dataclass
class Stage:
    """What is called here is counted by the meter."""

    meter: Meter
    now: datetime = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    news: list[str] = field(default_factory=list)
    """Facts from which nothing has followed yet."""
    made: dict[str, Any] = field(default_factory=dict)
    """What operations made ready once, for all of them."""

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def call(self, method: str, route: str, *path: str, **more: Any) -> Reply:
        """One request through the Lambda's entry, which has to succeed."""
        with redirect_stdout(StringIO()):  # the log line
            reply = entry.call(method, route, *path, **more)
        assert reply.status < 400, (method, route, reply)
        return reply

    def follow(self) -> None:
        """Let everything follow from what happened."""
        from community import consequences

        with redirect_stdout(StringIO()):
            while self.news:
                news, self.news = self.news, []
                for fact in news:
                    consequences.follow(fact)
                for together in _counted_together(news):
                    consequences.count(together)

    def rows(self) -> dict[str, list[Item]]:
        """All that is there, by district."""
        return {district: list(self._scanned(table_of(district))) for district in DISTRICTS}

    def _scanned(self, table: str) -> Iterator[Item]:
        for page in self.meter.shadow.get_paginator("scan").paginate(TableName=table):
            yield from page["Items"]

    def cost(self, do: Callable[[], object]) -> Sum:
        with redirect_stdout(StringIO()):
            return self.meter.cost(do)

    def note_change(self, old: Item | None, new: Item | None) -> None:
        """Take the fact out of a changed row, as the relay does, if the change brought one."""
        fact = (new or {}).get("fact")
        if fact and fact != (old or {}).get("fact"):
            self.news.append(fact["S"])


def _counted_together(news: list[str]) -> Iterable[list[str]]:
    """Reactions, by what they are to, as the counts queue brings them."""
    from community import consequences

    found: dict[str, list[str]] = defaultdict(list)
    for fact in news:
        if json.loads(fact)["type"] in COUNTED:
            found[consequences.counted_with(fact)].append(fact)
    return found.values()


@contextmanager
def in_memory() -> Iterator[Stage]:
    """An empty stage on moto."""
    with mock_aws(), opened() as stage:
        yield stage


@contextmanager
def opened(*, empty: bool = True) -> Iterator[Stage]:
    """A stage on whatever AWS this process is pointed to; if it is not `empty`, its tables are there."""
    from chalicelib import aws, clock, tokens
    from chalicelib.settings import secrets, settings
    from chalicelib.tables import connection
    from community.forum.boards import service as boards
    from community.forum.feed import service as feed
    from community.forum.hot import service as hot
    from community.forum.search.index import service as term_index
    from community.forum.slots import service as slots
    from community.people.tag_catalogue import service as tag_catalogue

    with ExitStack() as stack:
        platform = stack.enter_context(fake_platform())
        stack.enter_context(patch.object(platform, "reply_to", usual.answering(platform.reply_to)))
        if empty:
            make_tables(boto3.client("dynamodb"))
        keep_secrets()
        boto3.client("s3").create_bucket(Bucket=told.ENVIRONMENT["MEDIA_BUCKET"])
        # KMS is asked once in the life of a process, before anything is measured: not by this bench.
        stack.enter_context(patch.object(aws, "data_key", unsealed))
        stack.enter_context(patch.dict("os.environ", {**told.ENVIRONMENT, **_addresses(platform)}))
        settings.cache_clear()
        secrets.cache_clear()
        stack.enter_context(patch.object(tokens, "_held", {}))
        stack.enter_context(patch.object(boards, "_kept", None))
        stack.enter_context(patch.object(tag_catalogue, "_kept", None))
        stack.enter_context(patch.object(hot, "_kept", {}))
        stack.enter_context(patch.object(slots, "_kept", None))
        stack.enter_context(patch.object(feed, "_windows", {}))
        stack.enter_context(patch.object(term_index, "_kept", None))
        stage = Stage(Meter(boto3.client("dynamodb")))
        stage.meter.is_counting = False
        stage.meter.clock = lambda: stage.now.timestamp()
        stage.meter.on_change = stage.note_change
        stack.enter_context(patch.object(clock, "utc_now", lambda: stage.now))
        if empty:
            _people_the_stage()
        stack.enter_context(stage.meter.watching(connection().client))
        yield stage
    settings.cache_clear()
    secrets.cache_clear()


def table_of(district: str) -> str:
    return f"{told.ENVIRONMENT['STACK']}-{district}"


def make_tables(client: Any) -> None:
    """The tables of the template."""
    resources = json.loads((REPO / ".chalice" / "resources.json").read_text())["Resources"]
    for district in DISTRICTS:
        made = resources[f"{district.capitalize()}Table"]["Properties"]
        wanted = {name: made[name] for name in _OF_A_TABLE if name in made}
        client.create_table(TableName=table_of(district), **wanted)
        client.get_waiter("table_exists").wait(
            TableName=table_of(district), WaiterConfig={"Delay": 1}
        )


def keep_secrets() -> None:
    for name, value in SECRETS.items():
        path = f"/{told.ENVIRONMENT['STACK']}/{name}"
        boto3.client("ssm").put_parameter(
            Name=path, Value=value, Type="SecureString", Overwrite=True
        )


def _addresses(platform: FakePlatform) -> dict[str, str]:
    sqs = boto3.client("sqs")
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    return {
        "WECHAT_API_URL": platform.url,
        "WECOM_API_URL": platform.url,
        **{f"{name.upper()}_QUEUE_URL": url for name, url in queues.items()},
    }


def _people_the_stage() -> None:
    from community.commons.staff import service as staff
    from community.commons.staff.rules import Role, Staff
    from community.forum.boards import service as boards
    from community.people.tag_catalogue import service as tag_catalogue

    boards.install()
    tag_catalogue.install()
    staff.appoint(Staff("zhangsan", "张三", (Role.MODERATOR,)))
    staff.appoint(Staff("lisi", "李四", (Role.MODERATOR,)))
