"""Which colleague has a member as a contact in WeCom, and since when."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import msgspec


class Deed(Enum):
    """What a colleague did with a contact, or a contact with a colleague."""

    ADDED = "added"
    EDITED = "edited"
    LOST = "lost"
    """One of the two removed the other."""


# Source: https://developer.work.weixin.qq.com/document/path/92130
DEEDS = {
    "add_external_contact": Deed.ADDED,
    "add_half_external_contact": Deed.ADDED,
    "edit_external_contact": Deed.EDITED,
    "del_external_contact": Deed.LOST,
    "del_follow_user": Deed.LOST,
}


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A colleague has a member as a contact, or no longer: what was told last.

    `touchpoint` is the live code that brought them together, if it was one.
    """

    staff_id: str
    touchpoint: str | None = None
    follows: bool
    at: datetime
