"""Touchpoints: where a member can come from, how it is called, and what a code that was scanned means."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from zlib import crc32

import msgspec

from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from community.commons.dates import BEIJING
from community.commons.words import visible
from community.people.archive.rules import SOURCE as ARCHIVE
from community.people.members.rules import ORGANIC

NAME_CHARS_MAX = 30
PAGE_CHARS_MAX = 128
REFERRAL_CHARS = 20
SHARDS = 8
"""Among how many places the joins of one touchpoint and day are spread: a livestream brings many at once."""

START_PAGE = "pages/index/index"
CONTACT = "wecom-contact"
"""The touchpoint of those whom a colleague got to know without a live code."""

# Source: getwxacodeunlimit, `scene`; a live code's `state` may have 30.
_CODE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}")
LIVE_CODE_CHARS_MAX = 30
_PAGE = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)+", re.IGNORECASE)
_REFERRAL = re.compile(rf"[0-9A-Za-z]{{{REFERRAL_CHARS}}}")
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Kind(StrEnum):
    LIVESTREAM = "livestream"
    AD = "ad"
    STORE = "store"
    CODE = "code"
    """A mini program code that hangs or lies somewhere else."""
    LIVE_CODE = "live_code"
    """An advisor's code in WeCom: the touchpoint is its `state`."""
    REFERRAL = "referral"
    ARCHIVE = "archive"
    ORGANIC = "organic"
    UNKNOWN = "unknown"
    """A code that nobody put into the catalogue."""


FOR_THE_CATALOGUE = tuple(kind for kind in Kind if kind not in (Kind.REFERRAL, Kind.UNKNOWN))


class NoSuchTouchpoint(NotFound):
    code = "no_such_touchpoint"
    text = "没有这个触点"


class TouchpointExists(Conflict):
    code = "touchpoint_exists"
    text = "这个触点编号已被使用，请换一个"


class EndedAlready(Conflict):
    code = "touchpoint_ended"
    text = "这个触点已经停用"


class BuiltIn(Conflict):
    """Whoever comes without a code comes from there: it has none, and does not end."""

    code = "touchpoint_built_in"
    text = "这是系统内置的触点，没有码，也不能停用"


class Touchpoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place where members come from. `touchpoint_id` is what its code says: `scene` or `state`.

    `staff_id` is whose it is: the advisor of a live code, say. From `from_at` until before `until_at`.
    """

    touchpoint_id: str
    kind: Kind
    name: str
    page: str = START_PAGE
    staff_id: str | None = None
    from_at: datetime
    until_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


_EVER = datetime(2020, 1, 1, tzinfo=UTC)
FROM_THE_START = (
    Touchpoint(touchpoint_id=ORGANIC, kind=Kind.ORGANIC, name="自然进入", from_at=_EVER),
    Touchpoint(touchpoint_id=ARCHIVE, kind=Kind.ARCHIVE, name="车主档案", from_at=_EVER),
    Touchpoint(touchpoint_id=CONTACT, kind=Kind.LIVE_CODE, name="企业微信添加", from_at=_EVER),
)
"""The touchpoints that every community has."""
_NOT_BY_CODE = frozenset(touchpoint.touchpoint_id for touchpoint in FROM_THE_START)


class Touch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a member came from somewhere, as it was called then. `referrer_id`: the member who sent them.

    `touchpoint_id` is None for what no code can say.
    """

    touchpoint_id: str | None
    kind: Kind
    name: str | None = None
    staff_id: str | None = None
    referrer_id: str | None = None
    at: datetime


class Touches(msgspec.Struct, frozen=True):
    """Where a member came from first, and where from last."""

    first: Touch | None = None
    last: Touch | None = None


def tidied(touchpoint: Touchpoint) -> Touchpoint:
    """The touchpoint as it is meant. Refuses: Invalid, naming every wrong field"""
    name = " ".join(visible(touchpoint.name).split())
    errors = []
    if not is_code(touchpoint.touchpoint_id):
        errors.append(FieldError("touchpoint_id", "触点编号须为 1 至 32 个字母、数字或常用符号"))
    elif touchpoint.kind is Kind.LIVE_CODE and len(touchpoint.touchpoint_id) > LIVE_CODE_CHARS_MAX:
        errors.append(FieldError("touchpoint_id", "渠道活码的编号最多 30 个字符"))
    elif is_referral_code(touchpoint.touchpoint_id):
        errors.append(FieldError("touchpoint_id", "20 位字母和数字的编号留作会员邀请码"))
    if touchpoint.kind not in FOR_THE_CATALOGUE:
        errors.append(FieldError("kind", "触点目录中没有这一类"))
    if not 1 <= len(name) <= NAME_CHARS_MAX:
        errors.append(FieldError("name", f"请填写名称，最多 {NAME_CHARS_MAX} 个字符"))
    if len(touchpoint.page) > PAGE_CHARS_MAX or not _PAGE.fullmatch(touchpoint.page):
        errors.append(FieldError("page", "请填写小程序页面路径，例如：pages/index/index"))
    if touchpoint.until_at is not None and touchpoint.until_at <= touchpoint.from_at:
        errors.append(FieldError("until_at", "停用时间应晚于启用时间"))
    if errors:
        raise Invalid("触点信息有误，请检查后重试", errors=errors)
    return msgspec.structs.replace(touchpoint, name=name)


def ended(touchpoint: Touchpoint, now: datetime) -> Touchpoint:
    """The touchpoint, over; one that had not begun ends as it begins. Refuses: EndedAlready"""
    if touchpoint.until_at is not None and touchpoint.until_at <= now:
        raise EndedAlready
    return msgspec.structs.replace(touchpoint, until_at=max(now, touchpoint.from_at))


def is_code(text: str) -> bool:
    """Whether it can be what a code says."""
    return _CODE.fullmatch(text) is not None


def claimed(scene: str | None) -> str | None:
    """Where somebody comes from who says so themselves: nobody comes by a code from what has none."""
    return None if not scene or scene in _NOT_BY_CODE else scene


def check_by_code(touchpoint: Touchpoint) -> None:
    """Refuses: BuiltIn"""
    if touchpoint.touchpoint_id in _NOT_BY_CODE:
        raise BuiltIn


def is_referral_code(text: str) -> bool:
    return _REFERRAL.fullmatch(text) is not None


def referral_code(secret: bytes) -> str:
    """A code that nobody can guess who does not know the secret."""
    number = int.from_bytes(secret, "big")
    digits = []
    for _ in range(REFERRAL_CHARS):
        number, digit = divmod(number, len(_BASE_62))
        digits.append(_BASE_62[digit])
    return "".join(digits)


def touch_of(code: str, known: Touchpoint | None, *, at: datetime) -> Touch:
    """What it means that somebody came with a code."""
    if known is None or not known.holds_at(at):
        return Touch(touchpoint_id=code if is_code(code) else None, kind=Kind.UNKNOWN, at=at)
    return Touch(
        touchpoint_id=code,
        kind=known.kind,
        name=known.name,
        staff_id=known.staff_id,
        at=at,
    )


def day_of(at: datetime) -> str:
    """The day in Beijing."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d}"


def shard_of(member_id: str) -> int:
    return crc32(member_id.encode()) % SHARDS
