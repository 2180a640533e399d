"""What somebody can be known by, and how it is shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PHONE_SHOWN_FIRST = 3
PHONE_SHOWN_LAST = 2


class Kind(StrEnum):
    """One member may have several of each; each is one member's only."""

    OPENID = "openid"
    UNIONID = "unionid"
    EXTERNAL_USERID = "external_userid"
    MOBILE = "mobile"


class Identity(msgspec.Struct, frozen=True):
    """Personal: for the adapters and for the member's own export, never in an answer, a log or a fact."""

    kind: Kind
    value: str


def shown_phone(mobile: str) -> str:
    """A number that its owner recognises: 138******78. Source: WeChat's security guide, masking."""
    hidden = "*" * (len(mobile) - PHONE_SHOWN_FIRST - PHONE_SHOWN_LAST)
    return f"{mobile[:PHONE_SHOWN_FIRST]}{hidden}{mobile[-PHONE_SHOWN_LAST:]}"
