"""The six ways to say no, and one translator per door.

Refusal
├── Invalid       what was sent cannot be understood or is out of bounds   422
├── Forbidden     known who you are, but not for you (says what unlocks it) 403
├── NotFound      it is not there, or not for you to know                   404
├── Conflict      it was overtaken by something that happened before        409
├── TooMany       too often; try again after `retry_after_s`                429
└── Unavailable   somebody we depend on did not answer; nothing was done    503

A concrete refusal lives in the `rules.py` that decides it, with a `code` for programs and a zh-CN
`text` for people. HTTP status codes are the doors' business. Anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with one field of what was sent."""

    field: str
    message: str


class WayIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a person can do to get in: a machine word and a sentence.

    Where several ways lead in, `way` tells to which it belongs: one way is enough, with all that is
    on it and all that is on none.
    """

    kind: str
    text: str
    way: int | None = None


class Unlock(msgspec.Struct, frozen=True):
    """Why something is closed to a person, and what opens it."""

    reason: str
    how: tuple[WayIn, ...]


class Refusal(Exception):
    """Expected, and told to the person. `current` is what they have to know of as it is by now."""

    code: ClassVar[str] = "refused"
    text: ClassVar[str] = "暂时无法完成"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        unlock: Unlock | None = None,
        retry_after_s: int | None = None,
        current: Any = None,
    ) -> None:
        self.detail = detail or self.text
        self.errors = tuple(errors)
        self.unlock = unlock
        self.retry_after_s = retry_after_s
        self.current = current
        super().__init__(self.code)


class Invalid(Refusal):
    code = "invalid"
    text = "提交的内容有误，请检查后重试"


@contextmanager
def naming(field: str) -> Iterator[None]:
    """What is found wrong with the one thing that is looked at here is told of its field."""
    try:
        yield
    except Invalid as invalid:
        invalid.errors = invalid.errors or (FieldError(field, invalid.detail),)
        raise


class Forbidden(Refusal):
    code = "forbidden"
    text = "没有权限进行此操作"


class NotFound(Refusal):
    code = "not_found"
    text = "内容不存在或已被删除"


class Conflict(Refusal):
    code = "conflict"
    text = "状态已变化，请刷新后重试"


class TooMany(Refusal):
    code = "too_many"
    text = "操作太频繁，请稍后再试"


class Unavailable(Refusal):
    code = "unavailable"
    text = "服务繁忙，请稍后再试"
