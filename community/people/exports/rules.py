"""How often a member can have their data, how long they are there, and how much is taken along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, NotFound, TooMany

KEPT = timedelta(hours=24)
A_DAY_MAX = 3
TRIES_MAX = 4
"""One less than the queue tries, so that the last one can tell the member."""
FILES_BYTES_MAX = 64 * 1024 * 1024
"""Pictures and videos that are taken along; of further ones the list tells."""


class State(StrEnum):
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class MakingAlready(Conflict):
    code = "export_being_made"
    text = "您的数据正在整理中，完成后会通知您"


class TooManyExports(TooMany):
    code = "too_many_exports"
    text = "每天最多导出 3 次数据，请稍后再试"


class NoSuchExport(NotFound):
    """It is not there, or somebody else's."""

    code = "no_such_export"
    text = "没有找到这次数据导出"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file with everything that is kept about a member."""

    export_id: str
    member_id: str
    state: State = State.MAKING

    @property
    def asked_at(self) -> datetime:
        return ids.time_of(self.export_id)

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + KEPT


def new_export(member_id: str, *, request_id: str, now: datetime) -> Export:
    """The same for every try of a request."""
    export_id = ids.new_id(now, f"export {member_id} {request_id}")
    return Export(export_id=export_id, member_id=member_id)


def check_may_ask(asked: Sequence[str], latest: Export | None, now: datetime) -> None:
    """`asked`: the ids of the member's last exports.

    Refuses: MakingAlready — one at a time; TooManyExports
    """
    if latest and as_of(latest, now).state is State.MAKING:
        raise MakingAlready
    of_a_day = sorted(at for at in map(ids.time_of, asked) if at > now - timedelta(days=1))
    if len(of_a_day) >= A_DAY_MAX:
        again_at = of_a_day[-A_DAY_MAX] + timedelta(days=1)
        raise TooManyExports(retry_after_s=int((again_at - now).total_seconds()) + 1)


def as_of(export: Export, now: datetime) -> Export:
    """The export as it is now: its time may be over before anybody has written that down."""
    if now < export.expires_at:
        return export
    return msgspec.structs.replace(export, state=State.EXPIRED)


def link_lives_s(export: Export, now: datetime) -> int:
    """A link ends with what it leads to. On AWS it also ends, after some hours, with the credentials
    that signed it: asked again, there is a fresh one.
    """
    return int((export.expires_at - now).total_seconds()) or 1
