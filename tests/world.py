"""A stage in one process: the real community and doors on moto's tables and queues, and a fake WeChat.

What runs by itself on AWS is run here by `settle`: facts are relayed and followed, the inbox is worked,
what is outbound is sent, until nothing is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.fakes.platform import Asked, FakePlatform, Reply, fake_platform

TEMPLATE = Path(__file__).parent.parent / ".chalice" / "resources.json"
DISTRICTS = ("platform", "people", "forum")
QUEUES = ("facts", "inbox", "outbound")
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
A_VIN = "LSVAA49J132000001"
A_PLATE = "沪A12345"


@dataclass
class World:
    """Everything that a test can do to the community, and see of it."""

    platform: FakePlatform
    queues: Mapping[str, str]
    now: datetime = START
    _followed: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    @contextmanager
    def open(cls, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
        from chalicelib import clock, tokens
        from chalicelib.settings import settings
        from community.commons.staff import service as staff
        from community.commons.staff.rules import Role, Staff
        from community.forum.boards import service as boards

        _make_tables()
        queues = {
            name: boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in QUEUES
        }
        with fake_platform() as platform:
            for name, url in queues.items():
                monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", url)
            monkeypatch.setenv("WECHAT_API_URL", platform.url)
            monkeypatch.setenv("WECOM_API_URL", platform.url)
            settings.cache_clear()
            monkeypatch.setattr(tokens, "_held", {})
            monkeypatch.setattr(boards, "_kept", None)
            play_along(platform, monkeypatch)
            world = cls(platform, queues)
            monkeypatch.setattr(clock, "utc_now", lambda: world.now)
            boards.install()
            staff.appoint(Staff("zhangsan", "张三", (Role.MODERATOR,)))
            staff.appoint(Staff("lisi", "李四", (Role.MODERATOR,)))
            staff.appoint(Staff("wangwu", "王五", (Role.ADVISOR,)))
            yield world

    def new_request_id(self) -> str:
        return f"request-{next(self._numbers)}"

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def settle(self) -> None:
        """Let everything happen that follows from what was done."""
        while self._follow_facts() or self._work("inbox") or self._work("outbound"):
            pass

    def sent(self, path: str) -> list[Any]:
        """What was said to the platform under a path, oldest first."""
        return [asked.json for asked in self.platform.asked_for(path)]

    def rows(self, district: str) -> list[dict[str, Any]]:
        from chalicelib.tables import table_name

        items = boto3.resource("dynamodb").Table(table_name(district)).scan()["Items"]
        return [dict(item) for item in items]

    def _follow_facts(self) -> int:
        from community import consequences

        facts = [
            row["fact"] for district in DISTRICTS for row in self.rows(district) if row.get("fact")
        ]
        news = [fact for fact in facts if fact not in self._followed]
        for fact in news:
            self._followed.add(fact)
            consequences.follow(fact)
        return len(news)

    def _work(self, queue: str) -> int:
        from chat import worker
        from community.commons.outbound import service as outbound

        handle = {"inbox": worker.work, "outbound": outbound.send}[queue]
        sqs = boto3.client("sqs")
        messages = sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        for message in messages.get("Messages", []):
            sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"])
            _handled(handle, message["Body"])
        return len(messages.get("Messages", []))


def _handled(handle: Any, body: str) -> None:
    from chalicelib.errors import Refusal

    with suppress(Refusal):  # As the queue loop does with an answer of the platform.
        handle(body)


def _make_tables() -> None:
    """The tables of the template, so that a key or an index that it lacks is missed here too."""
    from chalicelib.tables import table_name

    resources = json.loads(TEMPLATE.read_text())["Resources"]
    for district in DISTRICTS:
        made = resources[f"{district.capitalize()}Table"]["Properties"]
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        boto3.client("dynamodb").create_table(
            TableName=table_name(district), **{name: made[name] for name in wanted if name in made}
        )


def play_along(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WeChat where the code `code-of-x` signs in openid `openid-of-x`, and words decide verdicts."""
    told = platform.reply_to
    responses = count(1)

    def reply_to(asked: Asked) -> Reply:
        reply = told(asked)
        if reply.body != b'{"errcode": 0, "errmsg": "ok"}':
            return reply
        return Reply(json.dumps(_usual(asked, responses)).encode())

    monkeypatch.setattr(platform, "reply_to", reply_to)


def _usual(asked: Asked, responses: Iterator[int]) -> dict[str, Any]:
    match asked.path:
        case "/sns/jscode2session":
            who = asked.query["js_code"].removeprefix("code-of-")
            return {"openid": f"openid-of-{who}", "session_key": "kept-by-nobody"}
        case "/wxa/msg_sec_check":
            said = f"{asked.json.get('title', '')}{asked.json['content']}"
            words = {"违规": ("risky", 20006), "存疑": ("review", 21000)}
            suggest, label = next((v for word, v in words.items() if word in said), ("pass", 100))
            return {"errcode": 0, "result": {"suggest": suggest, "label": label}}
        case "/cgi-bin/message/send":
            return {"errcode": 0, "msgid": "m", "response_code": f"code-{next(responses)}"}
        case "/cgi-bin/media/upload":
            return {"type": "image", "media_id": "picture-1", "created_at": 0}
    return {"errcode": 0, "errmsg": "ok"}
