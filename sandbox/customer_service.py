"""The mini program's customer-service chat: what the backend may send, to whom, how often, and until when."""

from typing import Any

from sandbox import media, sent
from sandbox.apis import Call, Refused, ok
from sandbox.state import User, Window
from sandbox.world import World

MESSAGE_GRANTS, MESSAGE_WITHIN_S = 5, 48 * 3600
ENTRY_GRANTS, ENTRY_WITHIN_S = 2, 60
TEXT_BYTES_MAX = 2048
TITLE_CHARS_MAX = 64


def message_came(world: World, user: User) -> None:
    """The member wrote: 5 messages may be sent within 48 hours, counted anew."""
    user.active_at = world.now()
    user.after_message = Window(MESSAGE_GRANTS, world.now() + MESSAGE_WITHIN_S)


def chat_entered(world: World, user: User) -> None:
    """The member opened the chat: 2 messages may be sent within a minute."""
    user.active_at = world.now()
    user.after_entry = Window(ENTRY_GRANTS, world.now() + ENTRY_WITHIN_S)


def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/custom/send

    Source: wechat.md A7. The code for a missing or too long field (40035, 45002) is unverified.
    """
    world, asked = call.world, call.json()
    user = world.state.users.get(str(asked.get("touser")))
    if user is None:
        raise Refused(40003, "invalid openid")
    kind = str(asked.get("msgtype"))
    if kind not in CHECKS:
        raise Refused(40008, "invalid message type")
    content = asked.get(kind)
    if not isinstance(content, dict):
        raise Refused(47001, f"data format error, {kind} is missing")
    CHECKS[kind](world, content)
    _take_grant(world, user)
    sent.record(world, channel="customer_service", kind=kind, to=[user.openid], body=asked)
    return ok()


def _check_text(_: World, text: dict[str, Any]) -> None:
    content = text.get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES_MAX:
        raise Refused(45002, "content size out of limit")


def _check_image(world: World, image: dict[str, Any]) -> None:
    media.check(world, image.get("media_id"))


def _check_link(_: World, link: dict[str, Any]) -> None:
    _check_filled("link", link, "title", "description", "url", "thumb_url")


def _check_page(world: World, page: dict[str, Any]) -> None:
    _check_filled("miniprogrampage", page, "title", "pagepath")
    media.check(world, page.get("thumb_media_id"))


def _check_filled(kind: str, content: dict[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(content.get(name), str) or not content[name]:
            raise Refused(40035, f"invalid parameter {kind}.{name}")
    if len(content["title"]) > TITLE_CHARS_MAX:
        raise Refused(45003, "title size out of limit")


CHECKS = {
    "text": _check_text,
    "image": _check_image,
    "link": _check_link,
    "miniprogrampage": _check_page,
}


def _take_grant(world: World, user: User) -> None:
    """Use up one of the messages that the member's own message, or the opening of the chat, allows."""
    windows = [
        w
        for w in (user.after_entry, user.after_message)
        if w is not None and w.ends_at > world.now()
    ]
    if not windows:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    window = next((w for w in windows if w.left > 0), None)
    if window is None:
        raise Refused(45047, "out of response count limit")
    window.left -= 1
    world.changed()
