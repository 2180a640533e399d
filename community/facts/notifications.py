"""What happens around what members are told."""

from __future__ import annotations

from community.facts.fact import Fact


class NotificationRaised(Fact, frozen=True, kw_only=True, tag="notification_raised.1"):
    """A notification that grows came to the top. `about_id`: of what it tells, as who tells it calls that."""

    member_id: str
    about_id: str


class GroupLinesDue(Fact, frozen=True, kw_only=True, tag="group_lines_due.1"):
    """The moderators' group can hear again what was too much for it."""


class NoticeDue(Fact, frozen=True, kw_only=True, tag="notice_due.1"):
    """A member's quiet hours are over for a message in WeChat that waited for that."""

    member_id: str
    message_id: str
