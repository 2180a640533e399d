"""Front door: two members who turn out to be one person, and the mistake that it may have been.

A merge is one transaction: from then on whoever asks for the one who is gone gets the one who remains
(`members.get`). What others keep about the one who is gone follows by a fact (see `belongings`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from chalicelib import ids
from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.facts import MemberErased, MembersMerged, MembersUnmerged, MemberWoken
from community.people.members import service as members
from community.people.members.rules import Member, NeverHere, State, erased
from community.people.merges import records, rules
from community.people.merges.rules import Merge, Reason

_TRIES_MAX = 5


def merge(one_id: str, other_id: str, *, reason: Reason, by: str, now: datetime) -> str:
    """Let two members be one, once however often it is asked for. Gives the id that remains.

    Refuses: NotFound; NotToBeMerged — one of them leaves or has left
             Unavailable — again and again somebody else changed one of them
    """
    for _ in range(_TRIES_MAX):
        one, other = members.get(one_id), members.get(other_id)
        if one.member_id == other.member_id:
            return one.member_id
        rules.check_may_merge(one, other)
        kept, gone = rules.in_order(one, other)
        try:
            _merge(kept, gone, reason=reason, by=by, now=now)
        except (Overtaken, Unavailable):
            continue
        return kept.member_id
    raise Unavailable


def unmerge(merge_id: str, *, by: str, now: datetime) -> None:
    """A colleague says that two are not one person. `by` is their userid. All their sessions end.

    Refuses: NotStaff; NoSuchMerge; MergeTooOld; MergeUndone
             MergedOn — who remained was merged again since: that goes first
             Unavailable — one of them changes this very moment
    """
    colleague = staff.colleague(by)
    merge = records.get(merge_id)
    rules.check_may_part(merge, now)
    undone = rules.undone(merge, by=colleague.userid, now=now)
    with one_transaction(Unavailable()) as write:
        kept = members.change_in(
            write,
            merge.kept_id,
            lambda m: rules.kept_alone(m, merge),
            without_openid=members.sign_in_alike(merge.kept_id, merge.gone_id),
        )
        gone = members.change_in(write, merge.gone_id, lambda m: rules.gone_alone(m, merge))
        records.undo_in(write, undone, _unmerged(undone))
        entry = _entry("members.unmerge", merge, by=colleague.userid, at=now)
        after = {kept.member_id: kept.state, gone.member_id: gone.state, "merge_id": merge_id}
        audit.note_in(write, msgspec.structs.replace(entry, after=after))


def fact_of(merge_id: str) -> MembersMerged | MembersUnmerged:
    """What holds of a merge at this moment, however late one hears of it. Refuses: NoSuchMerge"""
    merge = records.get(merge_id)
    return _unmerged(merge) if merge.undone_at else _merged(merge)


def merge_of(member_id: str) -> str | None:
    """The merge by which a member is gone."""
    member = members.alone(member_id)
    return member.merge_id if member and member.state is State.MERGED else None


def all_of(member_id: str) -> list[str]:
    """The ids of all who are one person by now: of the one who remains and whoever was merged into them."""
    gone = (each.gone_id for each in records.into(member_id) if each.undone_at is None)
    return [member_id, *(further for gone_id in gone for further in all_of(gone_id))]


def exported(member_id: str) -> Any:
    """Which of their accounts were found to be one person's, when, and by what."""
    return [
        {
            "merge_id": merge.merge_id,
            "member_ids": [merge.kept_id, merge.gone_id],
            "reason": merge.reason.value,
            "at": merge.at,
            "undone_at": merge.undone_at,
        }
        for merge in records.into(member_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """Nothing moves: each merge stays with whom it was made into."""


def follow_unmerge(fact: MembersUnmerged) -> None:
    """Nothing has moved."""


def erase(fact: MemberErased) -> None:
    """Whoever was merged into a member is erased with them, and what both were is forgotten."""
    for merge in records.into(fact.member_id):
        if merge.undone_at is None:
            _erase_too(merge.gone_id, members.get(fact.member_id), at=fact.at)
        records.save(rules.forgotten(merge))


def _merge(kept: Member, gone: Member, *, reason: Reason, by: str, now: datetime) -> None:
    merge_id = ids.new_id(now, f"merge {gone.member_id} {kept.member_id}")
    merge = Merge(
        merge_id=merge_id,
        kept_id=kept.member_id,
        gone_id=gone.member_id,
        reason=reason,
        by=by,
        at=now,
        kept=kept,
        gone=gone,
        union=rules.union(kept, gone),
    )
    woken = MemberWoken(fact_id=f"{merge_id}.woken", at=now, member_id=kept.member_id)
    with one_transaction() as write:
        members.change_in(
            write,
            kept.member_id,
            lambda m: rules.union(_unchanged(m, kept), gone),
            openid=_openid(gone),
            fact=woken if rules.wakes(kept, gone) else None,
        )
        members.change_in(
            write,
            gone.member_id,
            lambda m: rules.gone_into(_unchanged(m, gone), kept, merge_id=merge_id),
        )
        records.add_in(write, merge, _merged(merge))
        audit.note_in(write, _entry("members.merge", merge, by=by, at=now))


def _unchanged(member: Member, looked_at: Member) -> Member:
    """Refuses: Overtaken — the member is not the one who was looked at"""
    if member != looked_at:
        raise Overtaken
    return member


def _openid(member: Member) -> str | None:
    try:
        return members.openid_of(member.member_id)
    except NeverHere:
        return None


def _erase_too(member_id: str, kept: Member, *, at: datetime) -> None:
    """Who may not come in again as one of them may not as the other."""
    gone = members.alone(member_id)
    if gone is None or gone.state is not State.MERGED:
        return
    state = State.BLOCKED if kept.state is State.BLOCKED else State.ERASED
    fact = MemberErased(fact_id=f"{member_id}.erased", at=at, member_id=member_id)
    with one_transaction(Unavailable()) as write:
        members.erase_in(
            write,
            member_id,
            lambda m: erased(m, state=state),
            findable=state is State.BLOCKED,
            fact=fact,
        )


def _entry(what: str, merge: Merge, *, by: str, at: datetime) -> Entry:
    """What the audit log has of it: who was what, and nothing that tells who they are."""
    assert merge.kept
    assert merge.gone
    assert merge.union
    return Entry(
        what=what,
        about=f"member#{merge.kept_id}",
        by=by,
        why=merge.reason.value,
        before={m.member_id: _told_of(m) for m in (merge.kept, merge.gone)},
        after={merge.kept_id: _told_of(merge.union), "merge_id": merge.merge_id},
        at=at,
    )


def _told_of(member: Member) -> dict[str, Any]:
    return {
        "state": member.state.value,
        "identity": member.identity.value,
        "tier": member.tier.value,
        "badges": list(member.badges),
        "has_phone": member.phone is not None,
        "has_unionid": member.has_unionid,
        "consent": member.consent,
    }


def _merged(merge: Merge) -> MembersMerged:
    return MembersMerged(
        fact_id=f"{merge.merge_id}.merged",
        at=merge.at,
        merge_id=merge.merge_id,
        kept_id=merge.kept_id,
        gone_id=merge.gone_id,
    )


def _unmerged(merge: Merge) -> MembersUnmerged:
    assert merge.undone_at
    return MembersUnmerged(
        fact_id=f"{merge.merge_id}.unmerged",
        at=merge.undone_at,
        merge_id=merge.merge_id,
        kept_id=merge.kept_id,
        gone_id=merge.gone_id,
    )
