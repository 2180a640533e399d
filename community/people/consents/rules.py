"""Which version of the privacy notice a member can agree to, and what an answer is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.people.members import rules as member_rules

VERSION_CHARS_MAX = 32


class NoSuchNotice(Invalid):
    code = "no_such_privacy_notice"
    text = "没有这个版本的隐私政策"


class NoticeOutdated(Invalid):
    code = "privacy_notice_outdated"
    text = "隐私政策已更新，请阅读最新版本后再同意"


class Way(StrEnum):
    """How somebody answered."""

    JOINING = "joining"
    """By signing in for the first time, from a screen that shows the notice."""
    ASKED = "asked"


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """A member's answer to a version of the privacy notice."""

    version: str
    agreed: bool
    way: Way
    at: datetime


def check_known(version: str) -> None:
    """Refuses: NoSuchNotice"""
    if version not in {notice.version for notice in member_rules.NOTICES}:
        raise NoSuchNotice(errors=[FieldError("version", NoSuchNotice.text)])


def check_current(version: str, *, field: str = "version") -> None:
    """Only the notice as it is now can be agreed to. Refuses: NoSuchNotice, NoticeOutdated"""
    if version == member_rules.NOTICES[-1].version:
        return
    is_known = version in {notice.version for notice in member_rules.NOTICES}
    refusal = NoticeOutdated if is_known else NoSuchNotice
    raise refusal(errors=[FieldError(field, refusal.text)])


def joining(now: datetime) -> Consent:
    return Consent(version=member_rules.NOTICES[-1].version, agreed=True, way=Way.JOINING, at=now)
