"""Say messages as the queue's worker does, and see what came of it."""

from __future__ import annotations

from community.commons.outbound import service as outbound
from community.commons.outbound.rules import Message
from tests.cloud import aws
from tests.world import World


def body_of(world: World, message: Message) -> str:
    outbound.enqueue(message)
    (body,) = world.take("outbound")
    return body


def say(world: World, message: Message) -> None:
    outbound.send(body_of(world, message))


def said(world: World, path: str) -> int:
    return len(world.sent(path))


def waiting(world: World) -> dict[str, int]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    got = aws("sqs").get_queue_attributes(QueueUrl=world.queues["outbound"], AttributeNames=names)
    now, later = (int(got["Attributes"][name]) for name in names)
    return {"now": now, "later": later}
