"""Audience rules: who may see, write, claim or attend something, and what unlocks it for the others."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Protocol

import msgspec

from chalicelib.errors import Unlock, WayIn

TAGS_MAX = 10
TAG_CHARS_MAX = 30


class Identity(StrEnum):
    """What a member is to the brand."""

    PROSPECT = "prospect"
    DEPOSIT_HOLDER = "deposit_holder"
    OWNER = "owner"


CO_DRIVER_BADGE = "co-driver"
"""Worn by those whom an owner lets drive their car."""


class Tier(StrEnum):
    """Level earned by growth value. Compares in order: T0 < T1 < T2 < T3."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


class Viewer(Protocol):
    """Somebody who signed in, as far as an audience rule looks."""

    @property
    def identity(self) -> Identity: ...
    @property
    def tier(self) -> Tier: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def badges(self) -> tuple[str, ...]: ...


Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=TAG_CHARS_MAX)]


class Audience(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that is said must hold; of a list, one is enough. Nothing said: everyone, guests too."""

    identity: Annotated[tuple[Identity, ...], msgspec.Meta(max_length=len(Identity))] = ()
    tier_min: Tier | None = None
    tags_any: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=TAGS_MAX)] = ()


EVERYONE = Audience()
SIGNED_IN = Audience(identity=tuple(Identity))
OWNERS = Audience(identity=(Identity.OWNER,))

_NAMES = {
    Identity.OWNER: "认证车主",
    Identity.DEPOSIT_HOLDER: "意向金用户",
    Identity.PROSPECT: "潜客",
}
_WAYS_BY_IDENTITY = {
    Identity.OWNER: WayIn("certify_owner", "完成车主认证即可解锁"),
    Identity.DEPOSIT_HOLDER: WayIn("pay_deposit", "支付购车意向金即可解锁"),
}


def unlock_for(viewer: Viewer | None, audience: Audience) -> Unlock | None:
    """None if it is open to the viewer; else why it is not, and every step that opens it.

    For boards and what is in them: a co-driver reads and writes where owners do. What is handed out
    to owners asks for the member's `identity`. See docs/decisions/0007-co-drivers.md.

    Shape: `viewer` is None for a guest
    """
    if audience == EVERYONE:
        return None
    ways = _ways_in(viewer, audience)
    return Unlock(_reason(audience), ways) if ways else None


def _ways_in(viewer: Viewer | None, audience: Audience) -> tuple[WayIn, ...]:
    ways = [] if viewer else [WayIn("sign_in", "登录后再试")]
    if viewer is None or not _counts_as(viewer) & set(audience.identity):
        ways += _ways_by_identity(audience)
    tier = audience.tier_min
    if tier and (viewer is None or viewer.tier < tier):
        ways.append(WayIn("reach_tier", f"会员等级达到 {tier} 即可解锁"))
    tags = audience.tags_any
    if tags and (viewer is None or not set(tags) & set(viewer.tags)):
        ways.append(WayIn("take_part", "多参与相关话题即可解锁"))
    return tuple(ways)


def _counts_as(viewer: Viewer) -> set[Identity]:
    along = {Identity.OWNER} if CO_DRIVER_BADGE in viewer.badges else set()
    return {viewer.identity} | along


def _ways_by_identity(audience: Audience) -> list[WayIn]:
    if len(set(audience.identity)) in (0, len(Identity)):
        return []
    known = [way for who, way in _WAYS_BY_IDENTITY.items() if who in audience.identity]
    return known or [WayIn("other_identity", "面向尚未购车的用户")]


def _reason(audience: Audience) -> str:
    """Whom the rule lets in, in a member's words."""
    parts = []
    if _ways_by_identity(audience):
        parts.append("、".join(_NAMES[identity] for identity in audience.identity))
    if audience.tier_min:
        parts.append(f" {audience.tier_min} 及以上会员")
    if audience.tags_any:
        parts.append("特定兴趣的会员")
    return f"仅限{'且'.join(parts).strip()}" if parts else "仅限会员"
