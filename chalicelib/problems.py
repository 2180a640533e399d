"""How HTTP says no: problem documents (RFC 9457) with a `code` for programs and a sentence for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unavailable,
    Unlock,
)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[Refusal], int] = {
    Invalid: 422,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
}


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A refusal or a failure, for a program (`code`) and for a person (`detail`, zh-CN).

    `current`: where something was changed by another meanwhile, as it is now.
    """

    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
    unlock: Unlock | None = None
    current: Any = None
    error_id: str | None = None


class NotRecognised(Forbidden):
    """Who calls does not prove who they are (401)."""


class WrongMediaType(Invalid):
    """The body is of another type (415)."""

    code = "unsupported_media_type"
    text = "请以 application/json 提交"


class TooLarge(Invalid):
    """The body is over the limit (413)."""

    code = "too_large"
    text = "提交的内容过大"


def of_refusal(refusal: Refusal) -> Problem:
    status = status_of(type(refusal))
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=refusal.code,
        detail=refusal.detail,
        errors=list(refusal.errors),
        unlock=refusal.unlock,
        current=refusal.current,
    )


def of_bug(error_id: str) -> Problem:
    return Problem(
        title="Internal Server Error",
        status=500,
        code="internal_error",
        detail="服务出了点问题，请稍后再试",
        error_id=error_id,
    )


SIGN_IN_FIRST = Problem(title="Unauthorized", status=401, code="sign_in_first", detail="请先登录")


def status_of(refusal: type[Refusal]) -> int:
    if issubclass(refusal, NotRecognised):
        return 401
    if issubclass(refusal, WrongMediaType):
        return 415
    if issubclass(refusal, TooLarge):
        return 413
    return next(status for kind, status in STATUS.items() if issubclass(refusal, kind))
