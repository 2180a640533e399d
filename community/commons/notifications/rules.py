"""What a member is told in the notification centre, and when they want to hear of it outside."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.commons.dates import BEIJING

UNREAD_COUNTED_MAX = 100
"""After reading, what is left is counted up to this: counting reads every row, and more is just many."""
RAISED_AGAIN_AFTER = timedelta(hours=1)
"""What grows in place comes to the top, unread, at most that often."""
WHO = "\x01"
"""Where a title or text names somebody: no text of a person has this in it, see `words.visible`."""
NOBODY_KNOWN = "已注销用户"


class Kind(StrEnum):
    REPLY = "reply"
    MENTION = "mention"
    REACTION = "reaction"
    FOLLOW = "follow"
    CERTIFICATION = "certification"
    MODERATION = "moderation"
    PRIVACY = "privacy"
    SYSTEM = "system"


CHOSEN = frozenset({Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.FOLLOW})
"""Of these a member may want to hear nothing. The others they have to know of."""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a member is told. `link` is a page of the mini program."""

    notification_id: str
    kind: Kind
    title: str
    text: str
    link: str | None
    created_at: datetime


class Who(msgspec.Struct, frozen=True):
    """Somebody whom a notification names: nobody can tell any longer who they were once they are erased."""

    member_id: str
    nickname: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a notification says; title and text have `WHO` where they name somebody.

    `at`: when the last of it happened. `marks` are what a merged one is made of, as far as whoever tells
    it has to know that; nothing in them tells who it was.
    """

    title: str
    text: str
    at: datetime
    link: str | None = None
    who: Who | None = None
    marks: tuple[str, ...] = ()


TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when to when, in Beijing, what other members did is not said in WeChat: it waits.

    What a member has to know of, and often waits for themselves (`Kind` less `CHOSEN`), is said at once.
    """

    starts: TimeOfDay = "22:00"
    ends: TimeOfDay = "08:00"


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a member wants to hear of a kind: in the notification centre, and of that in WeChat, too."""

    centre: bool = True
    wechat: bool = True


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member wants to hear of, and when. Kinds that are not named are wanted."""

    kinds: dict[Kind, Wish] = {}
    quiet_hours: QuietHours | None = QuietHours()


def checked(settings: Settings) -> Settings:
    """The settings with every kind named.

    Refuses: Invalid — they leave out what one has to know of, or all day is quiet
    """
    wishes = {kind: settings.kinds.get(kind, Wish()) for kind in Kind}
    errors = [
        FieldError(f"kinds.{kind}.centre", "此类通知不能在通知中心关闭")
        for kind, wish in wishes.items()
        if not wish.centre and kind not in CHOSEN
    ]
    quiet = settings.quiet_hours
    if quiet and quiet.starts == quiet.ends:
        errors.append(FieldError("quiet_hours", "开始和结束时间不能相同"))
    if errors:
        raise Invalid(errors=errors)
    return msgspec.structs.replace(settings, kinds=wishes)


def is_wanted(settings: Settings, kind: Kind) -> bool:
    return settings.kinds.get(kind, Wish()).centre


def is_wanted_in_wechat(settings: Settings, kind: Kind) -> bool:
    """Nothing is said in WeChat that stands nowhere in the notification centre."""
    wish = settings.kinds.get(kind, Wish())
    return wish.centre and wish.wechat


def quiet_until(settings: Settings, kind: Kind, now: datetime) -> datetime | None:
    """Until when a message of a kind waits for the end of the quiet hours; None if it need not."""
    if settings.quiet_hours is None or kind not in CHOSEN:
        return None
    here = now.astimezone(BEIJING)
    starts = time.fromisoformat(settings.quiet_hours.starts)
    ends = time.fromisoformat(settings.quiet_hours.ends)
    at = here.time().replace(tzinfo=None)
    is_quiet = starts <= at < ends if starts < ends else at >= starts or at < ends
    if not is_quiet:
        return None
    end = here.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return (
        end.astimezone(now.tzinfo)
        if end > here
        else (end + timedelta(days=1)).astimezone(now.tzinfo)
    )


def is_raised(told: Told, *, before: Told, since: datetime) -> bool:
    """Whether what was told before, at the top `since`, comes to the top again."""
    return told.at > before.at and told.at >= since + RAISED_AGAIN_AFTER


def named(text: str, nickname: str | None) -> str:
    return text.replace(WHO, nickname or NOBODY_KNOWN)
