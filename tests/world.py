"""A stage in one process: the real community and doors on moto's tables and queues, and a fake WeChat.

What runs by itself on AWS is run here by `settle`: the tables' streams are relayed, facts are followed,
the inbox is worked, what is outbound is sent, until nothing is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.cloud import DISTRICTS, aws, make_tables, mind_keys
from tests.fakes.platform import FakePlatform, fake_platform
from tests.fakes.usual import play_along

if TYPE_CHECKING:
    from community.people.members.rules import Member

QUEUES = ("facts", "inbox", "outbound", "pictures", "counts")
RECEIVES_MAX = 5
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
A_VIN = "LSVAA49J132000001"
A_PLATE = "沪A12345"


@dataclass(frozen=True)
class Person:
    """Somebody who signed in: who they are, and how they prove it."""

    who: str
    member_id: str
    token: str

    @property
    def openid(self) -> str:
        return f"openid-of-{self.who.partition('~')[0]}"

    @property
    def member(self) -> Member:
        """As they are this moment."""
        from community.people.members import service as members

        return members.get(self.member_id)


@dataclass
class World:
    """Everything that a test can do to the community, and see of it.

    `refused` are the codes of what a queue dropped, `dead` the messages that came again and again.
    """

    platform: FakePlatform
    queues: Mapping[str, str]
    now: datetime = START
    refused: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    _streams: dict[str, dict[str, str]] = field(default_factory=dict)
    _receives: Counter[str] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    @contextmanager
    def open(cls, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
        from chalicelib import clock, tokens
        from chalicelib.settings import settings
        from community.commons.staff import service as staff
        from community.commons.staff.rules import Role, Staff
        from community.forum.boards import service as boards
        from community.people.tag_catalogue import service as tag_catalogue

        streams = make_tables()
        aws("s3").create_bucket(Bucket=settings().media_bucket)
        queues = {name: aws("sqs").create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        with fake_platform() as platform:
            for name, url in queues.items():
                monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", url)
            monkeypatch.setenv("WECHAT_API_URL", platform.url)
            monkeypatch.setenv("WECOM_API_URL", platform.url)
            settings.cache_clear()
            monkeypatch.setattr(tokens, "_held", {})
            for module, name, nothing in _at_hand():
                monkeypatch.setattr(module, name, nothing)
            play_along(platform, monkeypatch)
            mind_keys()
            world = cls(platform, queues, _streams=streams)
            monkeypatch.setattr(clock, "utc_now", lambda: world.now)
            boards.install()
            tag_catalogue.install()
            staff.appoint(Staff("zhangsan", "张三", (Role.MODERATOR,)))
            staff.appoint(Staff("lisi", "李四", (Role.MODERATOR,)))
            staff.appoint(Staff("wangwu", "王五", (Role.ADVISOR,)))
            yield world

    def new_request_id(self) -> str:
        return f"request-{next(self._numbers)}"

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def joins(self, who: str) -> Person:
        """Somebody signs in; for the first time they join."""
        from community.people.sessions import service as sessions

        session = sessions.sign_in(
            f"code-of-{who}", scene=None, request_id=self.new_request_id(), now=self.now
        )
        return Person(who, session.member.member_id, session.token)

    def becomes_owner(self, who: str) -> Person:
        """Somebody signs in and is an owner at once, without a certification."""
        from chalicelib.tables import one_transaction
        from community.people.standing import service as standing
        from community.people.standing.rules import Ground

        person = self.joins(who)
        with one_transaction() as write:
            standing.begin(write, person.member_id, Ground.OWNER, ref_id=f"of-{who}")
        standing.refresh(person.member_id)
        return person

    def start_containers_anew(self) -> None:
        """Nothing is at hand any longer that was read before."""
        for module, name, nothing in _at_hand():
            setattr(module, name, nothing)

    def settle(self) -> None:
        """Let everything happen that follows from what was done."""
        from chat import worker
        from community import consequences
        from community.commons.media import service as media
        from community.commons.outbound import service as outbound

        while (
            self.relay()
            or self._work("facts", consequences.follow)
            or self._count()
            or self._work("inbox", worker.work)
            or self._work("outbound", outbound.send)
            or self._work("pictures", media.shape)
        ):
            pass

    def relay(self) -> int:
        """Put what the streams bring on the facts queue."""
        from chalicelib import facts
        from community.facts import Reacted

        counted = (str(Reacted.__struct_config__.tag),)
        return sum(facts.relay(self.changes(each), counted=counted) for each in DISTRICTS)

    def changes(self, district: str) -> list[dict[str, Any]]:
        """What a table's stream brings since it was last asked, as the template filters it."""
        # Asked for anew each time: moto puts another table, with another stream, in the place of one
        # in which a transaction failed.
        place = aws("dynamodbstreams").get_shard_iterator(**self._streams[district])
        news = aws("dynamodbstreams").get_records(ShardIterator=place["ShardIterator"])["Records"]
        if news:
            self._streams[district] |= {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": news[-1]["dynamodb"]["SequenceNumber"],
            }
        return [
            record
            for record in news
            if record["eventName"] != "REMOVE" and "fact" in record["dynamodb"]["NewImage"]
        ]

    def take(self, queue: str) -> list[str]:
        """Take everything off a queue."""
        bodies: list[str] = []
        while messages := self._receive(queue):
            for message in messages:
                self._delete(queue, message)
                bodies.append(message["Body"])
        return bodies

    def sent(self, path: str) -> list[Any]:
        """What was said to the platform under a path, oldest first."""
        return [asked.json for asked in self.platform.asked_for(path)]

    def rows(self, district: str) -> list[dict[str, Any]]:
        from chalicelib.tables import table_name

        items = aws("dynamodb").scan(TableName=table_name(district))["Items"]
        return [{name: _value(value) for name, value in item.items()} for item in items]

    def _work(self, queue: str, handle: Callable[[str], None]) -> int:
        """Handle what waits on a queue, as the queue loop does; bugs are for the test to see."""
        from chalicelib.errors import Refusal, Unavailable

        messages = self._receive(queue)
        for message in messages:
            try:
                handle(message["Body"])
            except Unavailable as unavailable:
                self._comes_again(queue, message, unavailable.code)
                continue
            except Refusal as refusal:
                self.refused.append(refusal.code)
            self._delete(queue, message)
        return len(messages)

    def _count(self) -> int:
        """Count what waits on the counts queue, what belongs together at once."""
        from chalicelib.errors import Unavailable
        from community import consequences

        messages = self._receive("counts")
        groups: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            groups.setdefault(consequences.counted_with(message["Body"]), []).append(message)
        for group in groups.values():
            try:
                consequences.count([message["Body"] for message in group])
            except Unavailable as unavailable:
                for message in group:
                    self._comes_again("counts", message, unavailable.code)
                continue
            for message in group:
                self._delete("counts", message)
        return len(messages)

    def _comes_again(self, queue: str, message: Mapping[str, Any], code: str) -> None:
        self._receives[message["MessageId"]] += 1
        if self._receives[message["MessageId"]] == RECEIVES_MAX:
            self.dead.append(f"{queue}: {code}")
            self._delete(queue, message)
        else:
            aws("sqs").change_message_visibility(
                QueueUrl=self.queues[queue],
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        got = aws("sqs").receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        messages: list[dict[str, Any]] = got.get("Messages", [])
        return messages

    def _delete(self, queue: str, message: Mapping[str, Any]) -> None:
        aws("sqs").delete_message(
            QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"]
        )


def _at_hand() -> list[tuple[Any, str, Any]]:
    """What a container keeps of what it has read: module, name, and how it is when it starts."""
    from community.forum.boards import service as boards
    from community.forum.feed import service as feed
    from community.forum.hot import service as hot
    from community.forum.posts import pages
    from community.forum.recount import service as recount
    from community.forum.search.index import service as term_index
    from community.forum.slots import service as slots
    from community.people.tag_catalogue import service as tag_catalogue

    return [
        (boards, "_kept", None),
        (pages, "_pinned", {}),
        (hot, "_kept", {}),
        (recount, "_taken", None),
        (tag_catalogue, "_kept", None),
        (slots, "_kept", None),
        (term_index, "_kept", None),
        (feed, "_windows", {}),
    ]


def _value(value: Mapping[str, Any]) -> Any:
    ((kind, plain),) = value.items()
    return float(plain) if kind == "N" else plain
