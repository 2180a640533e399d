"""What I am told, and how WeChat may tell me."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.lists import PageQuery
from community.commons.notifications import rules as notification_rules
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, Settings
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import TIMES_MAX, Template
from mini_program_api.door import MemberCall, door


class NotificationView(msgspec.Struct, kw_only=True):
    notification_id: str
    kind: Kind
    title: str
    text: str
    link: str | None
    read: bool
    created_at: datetime


class NotificationsView(msgspec.Struct, kw_only=True):
    items: list[NotificationView]
    unread: int
    next_cursor: str | None


class ReadUpTo(msgspec.Struct):
    """Everything up to and with this notification has been read."""

    up_to: Annotated[str, msgspec.Meta(max_length=64)]


class UnreadView(msgspec.Struct):
    unread: int


class Grant(msgspec.Struct):
    """What `wx.requestSubscribeMessage` said: accepted or not, or how many times."""

    template: Template
    accepted: bool | Annotated[int, msgspec.Meta(ge=0, le=TIMES_MAX)]


class GrantView(msgspec.Struct):
    """How many one-time messages of the kind may be sent to me now."""

    template: Template
    remaining: int


@door.route("GET", "/v1/notifications", asks=PageQuery, gives=NotificationsView)
def list_notifications(call: MemberCall[None, PageQuery]) -> NotificationsView:
    """What I am told, newest first, and how much of it is unread."""
    page, unread, read_up_to = notifications.page(call.caller.member_id, call.query)
    items = [
        NotificationView(
            notification_id=notification.notification_id,
            kind=notification.kind,
            title=notification.title,
            text=notification.text,
            link=notification.link,
            read=read_up_to is not None and notification.notification_id <= read_up_to,
            created_at=notification.created_at,
        )
        for notification in page.items
    ]
    return NotificationsView(items=items, unread=unread, next_cursor=page.next_cursor)


@door.route("POST", "/v1/notifications/read", takes=ReadUpTo, gives=UnreadView)
def read_notifications(call: MemberCall[ReadUpTo, None]) -> UnreadView:
    """I have read everything up to a notification."""
    member_id = call.caller.member_id
    return UnreadView(notifications.mark_read(member_id, up_to=call.body.up_to, now=call.now))


@door.route("GET", "/v1/me/notification-settings", gives=Settings)
def get_notification_settings(call: MemberCall[None, None]) -> Settings:
    """What I want to hear of, in the notification centre and in WeChat, and my quiet hours there."""
    return notification_rules.checked(notifications.settings_of(call.caller.member_id))


@door.route("PUT", "/v1/me/notification-settings", takes=Settings, gives=Settings)
def set_notifications_up(call: MemberCall[Settings, None]) -> Settings:
    """I say what I want to hear of. Kinds that are not named are wanted; without quiet hours: null."""
    return notifications.set_up(call.caller.member_id, call.body)


@door.route("POST", "/v1/subscriptions", takes=Grant, gives=GrantView)
def grant_messages(call: MemberCall[Grant, None]) -> GrantView:
    """I agreed to get one-time messages of a kind in WeChat."""
    remaining = subscriptions.grant(
        call.caller.member_id,
        call.body.template,
        int(call.body.accepted),
        request_id=call.request_id,
        now=call.now,
    )
    return GrantView(call.body.template, remaining)
