"""What two members are together, which of them remains, and what each takes when they part again.

Whatever the order in which the same members are merged, the same one remains and is the same: each part
of it is chosen among all of them by what does not change when they meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from chalicelib.errors import Conflict, NotFound
from community.commons.audience.rules import Identity, Tier
from community.people.members.rules import Member, State, first_nickname

CAN_BE_UNDONE = timedelta(days=30)


class Reason(StrEnum):
    """By what we know that two members are one person."""

    UNIONID = "unionid"
    MOBILE = "mobile"
    VIN = "vin"
    ARCHIVE = "archive"


class NotToBeMerged(Conflict):
    code = "member_not_to_be_merged"
    text = "相关账号正在注销或已注销，暂时无法合并"


class NoSuchMerge(NotFound):
    code = "no_such_merge"
    text = "没有找到这次合并"


class MergeTooOld(Conflict):
    code = "merge_too_old"
    text = "合并已超过 30 天，无法撤销"


class MergeUndone(Conflict):
    code = "merge_undone"
    text = "这次合并已被撤销"


class MergedOn(Conflict):
    code = "merged_on"
    text = "该会员之后又被合并，请先撤销最近的一次合并"


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """One merge. What both members were before is known until it is undone or they are erased.

    `union`: what the one who remains became.
    """

    merge_id: str
    kept_id: str
    gone_id: str
    reason: Reason
    by: str
    at: datetime
    kept: Member | None
    gone: Member | None
    union: Member | None
    undone_at: datetime | None = None
    undone_by: str | None = None


def in_order(one: Member, other: Member) -> tuple[Member, Member]:
    """Who remains, and who does not: the one who joined first remains."""
    kept, gone = sorted((one, other), key=lambda member: (member.joined_at, member.member_id))
    return kept, gone


def check_may_merge(*both: Member) -> None:
    """Who asked to be erased is not carried on in somebody else. Refuses: NotToBeMerged"""
    if any(member.state in (State.LEAVING, State.ERASED) for member in both):
        raise NotToBeMerged


def union(kept: Member, gone: Member) -> Member:
    """Both, as the one who remains. Who was blocked as one of them stays blocked."""
    both = (kept, gone)
    named = min(both, key=_by_name)
    phoned = min((m for m in both if m.phone), key=_by_phone, default=None)
    return msgspec.structs.replace(
        kept,
        nickname=named.nickname,
        nickname_of=_unless(kept, named.nickname_of or named.member_id),
        identity=max((m.identity for m in both), key=list(Identity).index),
        tier=max((m.tier for m in both), key=list(Tier).index),
        badges=tuple(sorted({*kept.badges, *gone.badges})),
        board_roles=tuple(sorted({*kept.board_roles, *gone.board_roles})),
        state=_state(both),
        first_touch=min(
            (m.first_touch for m in both if m.first_touch),
            key=lambda touch: (touch.at, touch.touchpoint),
            default=None,
        ),
        phone=phoned.phone if phoned else None,
        phone_of=_unless(kept, phoned.phone_of or phoned.member_id) if phoned else None,
        has_unionid=kept.has_unionid or gone.has_unionid,
        consent=_consent(both),
    )


def gone_into(gone: Member, kept: Member, *, merge_id: str) -> Member:
    """The one who does not remain. Their sessions go on as the other's."""
    return msgspec.structs.replace(
        gone,
        state=State.MERGED,
        merged_into=kept.member_id,
        merge_id=merge_id,
        merged_session=kept.session_version,
    )


def wakes(kept: Member, gone: Member) -> bool:
    """Whether somebody of whom only others had told us is here now."""
    return (kept.state is State.DORMANT) != (gone.state is State.DORMANT)


def check_may_part(merge: Merge, now: datetime) -> None:
    """Refuses: MergeUndone, MergeTooOld; NoSuchMerge — the member is erased, nobody knows what was"""
    if merge.undone_at is not None:
        raise MergeUndone
    if merge.kept is None:
        raise NoSuchMerge
    if now - merge.at > CAN_BE_UNDONE:
        raise MergeTooOld


def kept_alone(now: Member, merge: Merge) -> Member:
    """The one who remained, without what came from the other only; what changed since stays.

    Whoever holds a session of theirs may be the other: all of them end.
    Refuses: MergedOn; NoSuchMerge — they are erased
    """
    if now.state is State.ERASED:
        raise NoSuchMerge
    if now.state is State.MERGED:
        raise MergedOn
    before, merged = merge.kept, merge.union
    assert before
    assert merged
    badges = {*now.badges} - ({*merged.badges} - {*before.badges})
    roles = {*now.board_roles} - ({*merged.board_roles} - {*before.board_roles})
    back: dict[str, Any] = {
        name: getattr(before, name)
        for name in Member.__struct_fields__
        if getattr(now, name) == getattr(merged, name)
    }
    back |= {"badges": tuple(sorted(badges)), "board_roles": tuple(sorted(roles))}
    back["session_version"] = now.session_version + 1
    return msgspec.structs.replace(now, **back)


def gone_alone(now: Member, merge: Merge) -> Member:
    """The other, as they were. Refuses: MergeUndone"""
    if now.merge_id != merge.merge_id:
        raise MergeUndone
    assert merge.gone
    return msgspec.structs.replace(merge.gone, session_version=now.session_version + 1)


def undone(merge: Merge, *, by: str, now: datetime) -> Merge:
    """The merge, when it does not hold any longer: what both were is theirs again and nobody else's."""
    return msgspec.structs.replace(forgotten(merge), undone_at=now, undone_by=by)


def forgotten(merge: Merge) -> Merge:
    """Only that there was one."""
    return msgspec.structs.replace(merge, kept=None, gone=None, union=None)


def _by_name(member: Member) -> tuple[bool, bool, str]:
    """Who was here goes before who was not, a name of one's choice before one of ours."""
    origin = member.nickname_of or member.member_id
    return member.state is State.DORMANT, member.nickname == first_nickname(origin), origin


def _by_phone(member: Member) -> str:
    return member.phone_of or member.member_id


def _unless(kept: Member, origin: str) -> str | None:
    return None if origin == kept.member_id else origin


def _state(both: Iterable[Member]) -> State:
    states = {member.state for member in both}
    return next(each for each in (State.BLOCKED, State.ACTIVE, State.DORMANT) if each in states)


def _consent(both: Iterable[Member]) -> str | None:
    """Who was here agreed to something as each of them, or to nothing; who was not was never asked."""
    answers = [member.consent for member in both if member.state is not State.DORMANT]
    return min((each for each in answers if each), default=None) if all(answers) else None
