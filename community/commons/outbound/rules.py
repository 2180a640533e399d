"""What can be said to WeChat and WeCom: one class per kind of message.

`message_id` is made from what the message is about, so that the same message is one message however
often it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from community.commons.subscriptions.rules import Template


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    message_id: str


class ServiceNotice(Message, frozen=True, kw_only=True, tag="service_notice"):
    """A one-time subscribe message to a member, if they granted one. It may lead to a page."""

    member_id: str
    openid: str
    template: Template
    fields: dict[str, str]
    page: str | None


class ChatText(Message, frozen=True, kw_only=True, tag="chat_text"):
    """A line in the mini program's customer-service chat."""

    openid: str
    text: str


class ChatCard(Message, frozen=True, kw_only=True, tag="chat_card"):
    """A mini-program card in the customer-service chat."""

    openid: str
    title: str
    page: str


class TaskText(Message, frozen=True, kw_only=True, tag="task_text"):
    """What a card has no room for, to the same moderators as the card."""

    text: str
    to: tuple[str, ...] = ()


class ColleagueText(Message, frozen=True, kw_only=True, tag="colleague_text"):
    """A text to one colleague, who asked for it."""

    userid: str
    text: str


class TaskCard(Message, frozen=True, kw_only=True, tag="task_card"):
    """A card with buttons to moderators. Its `task_id` is the message's id.

    `to`: the userids of those who look after this; of nobody who is a moderator still, all moderators.
    """

    card: dict[str, Any]
    to: tuple[str, ...] = ()


class TaskDone(Message, frozen=True, kw_only=True, tag="task_done"):
    """The card of a task shows everyone who decided what."""

    task_id: str
    words: str


class GroupLine(Message, frozen=True, kw_only=True, tag="group_line"):
    """A line from the bot in the moderators' group."""

    text: str


class GroupLines(Message, frozen=True, kw_only=True, tag="group_lines"):
    """The lines that the group had no room for, together."""


class PictureCheck(Message, frozen=True, kw_only=True, tag="picture_check"):
    """WeChat is to look at a picture in the bucket, which the person with this openid posted."""

    media_id: str
    key: str
    openid: str
    attempt: int


class InOrder(Message, frozen=True, kw_only=True, tag="in_order"):
    """Messages that are said one after the other: the lines of an answer, a long text and then its card."""

    parts: tuple[ChatText | ChatCard | TaskText | TaskCard, ...]


AnyMessage = (
    ServiceNotice
    | ChatText
    | ChatCard
    | TaskText
    | ColleagueText
    | TaskCard
    | TaskDone
    | GroupLine
    | GroupLines
    | PictureCheck
    | InOrder
)


def is_for_members(message: Message) -> bool:
    """Whether a member reads it: then twice is worse than a tiny chance of not at all."""
    return isinstance(message, ServiceNotice | ChatText | ChatCard)


def parts_of(message: Message) -> tuple[Message, ...]:
    """What is said on its own, in order."""
    return message.parts if isinstance(message, InOrder) else (message,)


def together(lines: Sequence[str], bytes_max: int) -> Iterator[tuple[str, int]]:
    """Texts of whole lines, none above `bytes_max` unless one line is; and how many lines each has."""
    text, size, taken = "", 0, 0
    for line in lines:
        more = len(line.encode()) + 1
        if taken and size + more > bytes_max:
            yield text, taken
            text, size, taken = "", 0, 0
        text, size, taken = f"{text}\n{line}" if taken else line, size + more, taken + 1
    if taken:
        yield text, taken
