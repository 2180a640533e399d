"""Polls: what may be asked, how long, and which choices are an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from community.commons.words import visible

OPTIONS_MIN, OPTIONS_MAX = 2, 10
OPTION_CHARS_MAX = 40
OPEN_FOR_MAX = timedelta(days=30)

Option = Annotated[str, msgspec.Meta(max_length=OPTION_CHARS_MAX)]


class NoSuchPoll(NotFound):
    code = "no_such_poll"
    text = "这篇帖子没有投票"


class PollEnded(Conflict):
    code = "poll_ended"
    text = "投票已截止"


class PollDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants to ask: of the options one may choose up to `choices_max`, until `ends_at`."""

    options: Annotated[
        tuple[Option, ...], msgspec.Meta(min_length=OPTIONS_MIN, max_length=OPTIONS_MAX)
    ]
    choices_max: Annotated[int, msgspec.Meta(ge=1, le=OPTIONS_MAX)] = 1
    ends_at: Annotated[datetime, msgspec.Meta(tz=True)]


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. An option is called by its place, from 0."""

    options: tuple[str, ...]
    choices_max: int
    ends_at: datetime


def poll_of(draft: PollDraft, *, now: datetime) -> Poll:
    """The poll of a draft, options on one line each.

    Refuses: Invalid — an option is empty or there twice, more choices than options, a wrong end
    """
    options = tuple(" ".join(visible(option).split()) for option in draft.options)
    errors = []
    if not all(options):
        errors.append(FieldError("poll.options", "选项不能为空"))
    elif len(set(options)) < len(options):
        errors.append(FieldError("poll.options", "选项不能重复"))
    if draft.choices_max > len(options):
        errors.append(FieldError("poll.choices_max", f"最多可选 {len(options)} 项"))
    if not now < draft.ends_at <= now + OPEN_FOR_MAX:
        errors.append(
            FieldError("poll.ends_at", f"截止时间须晚于现在，且不超过 {OPEN_FOR_MAX.days} 天")
        )
    if errors:
        raise Invalid(errors=errors)
    return Poll(options=options, choices_max=draft.choices_max, ends_at=draft.ends_at)


def has_ended(poll: Poll, *, now: datetime) -> bool:
    return poll.ends_at <= now


def check_choices(choices: Sequence[int], poll: Poll) -> None:
    """Refuses: Invalid — none, too many, one twice, or one that is not there"""
    error = None
    if not 1 <= len(choices) <= poll.choices_max:
        error = f"请选择 1 至 {poll.choices_max} 项" if poll.choices_max > 1 else "请选择 1 项"
    elif len(set(choices)) < len(choices):
        error = "选项不能重复"
    elif not all(0 <= choice < len(poll.options) for choice in choices):
        error = "没有这个选项"
    if error:
        raise Invalid(errors=[FieldError("choices", error)])
