"""What a code looks like, and how long and how often it opens what it was made for."""

from __future__ import annotations

import base64
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.errors import Conflict, Invalid

# Nothing in it is taken for something else when it is read out: no 0 and O, no 1 and I.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_CHARS = 10
TYPED_CHARS_MAX = 40


class Purpose(StrEnum):
    INVITATION = "invitation"
    CO_DRIVER = "co_driver"


class CodeUnknown(Invalid):
    """Made up, or for something else."""

    code = "code_unknown"
    text = "这个码不正确，请核对后重新输入"


class CodeExpired(Invalid):
    code = "code_expired"
    text = "这个码已过期，请向对方索取新的码"


class CodeUsed(Conflict):
    code = "code_used"
    text = "这个码已被使用，请向对方索取新的码"


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What a code opens: `issuer_id` made it, and it is about `subject_id`, if about anything."""

    purpose: Purpose
    issuer_id: str
    subject_id: str | None = None
    expires_at: datetime
    used_by: str | None = None


class Issued(msgspec.Struct, frozen=True):
    """A code as it is handed over. It is kept by nobody: only its hash is."""

    code: str
    expires_at: datetime


def letters(digest: str) -> str:
    """The code that a keyed hash makes: nobody else can, and the same request makes the same."""
    number = int.from_bytes(base64.urlsafe_b64decode(f"{digest}="), "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_CHARS))


def tidied(typed: str) -> str:
    """A code as it was meant by who typed it."""
    return "".join(typed.split()).replace("-", "").upper()


def check_usable(
    code: Code | None, purpose: Purpose, *, now: datetime, by: str | None = None
) -> Code:
    """The code, if it can be used. Who used it, `by`, finds it used by themselves, for a repeat.

    Refuses: CodeUnknown, CodeUsed, CodeExpired
    """
    if code is None or code.purpose is not purpose:
        raise CodeUnknown
    if code.used_by is not None and code.used_by != by:
        raise CodeUsed
    if code.used_by is None and code.expires_at <= now:
        raise CodeExpired
    return code
