"""Front door: members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.tables import one_transaction
from community import facts
from community.people.identities.rules import Identity
from community.people.members import records, visits
from community.people.members.rules import Member, Presence, Seen


def add(
    member: Member, *, known_by: Sequence[Identity] = (), fact: facts.Fact | None = None
) -> None:
    """Keep a new member, known by these identities.

    Refuses: Overtaken — one of them is somebody else's, or the member is there
    """
    with one_transaction() as write:
        records.add_in(write, member, known_by=known_by, fact=fact)


def add_in(
    write: TransactWrite,
    member: Member,
    *,
    known_by: Sequence[Identity] = (),
    fact: facts.Fact | None = None,
) -> None:
    """The same, in a transaction with what belongs to the new member from the start."""
    records.add_in(write, member, known_by=known_by, fact=fact)


def with_openid(openid: str) -> Member | None:
    return records.with_openid(openid)


def presence(member_id: str, *, now: datetime) -> Presence | None:
    """What a call needs to know of its caller, in one read."""
    return records.presence(member_id, now=now)


def get(member_id: str) -> Member:
    """The member; of two who were merged, the one who remains. Refuses: NotFound"""
    return records.get(member_id)


def alone(member_id: str) -> Member | None:
    """The member as they are this moment, and not the one into whom they were merged."""
    return records.alone(member_id)


def nicknames(member_ids: Sequence[str]) -> dict[str, str]:
    """What up to 100 members are called, as far as they are there, a moment old."""
    return {member.member_id: member.nickname for member in records.several(member_ids)}


def remaining(member_id: str) -> str:
    """The id under which a member goes on; somebody whom we do not know keeps theirs."""
    return records.remaining(member_id)


def openid_of(member_id: str) -> str:
    """How WeChat calls a member. For the adapters only: never in an answer, a log or a fact.

    Refuses: NeverHere — known from an archive only, or erased
    """
    return records.openid_of(member_id)


def openid_here(member: Member) -> str:
    """How WeChat calls somebody who is calling now: of two merged accounts, the one that they are using.

    Refuses: NeverHere
    """
    return records.openid_here(member)


def carrying(openid: str) -> list[str]:
    """The ids under which somebody signs in with an openid: of two who were merged it may be both."""
    return records.carrying(openid)


def sign_in_alike(one_id: str, other_id: str) -> bool:
    """Whether one of two who were merged signs in as the other does, for want of an openid of their own.

    Refuses: NotFound
    """
    return records.sign_in_alike(one_id, other_id)


def change(
    member_id: str, changed: Callable[[Member], Member], *, fact: facts.Fact | None = None
) -> Member:
    """The member after a change, on top of whatever else changed meanwhile.

    Refuses: NotFound; Unavailable — again and again somebody else was first
    """
    return records.change(member_id, changed, fact=fact)


def change_in(
    write: TransactWrite,
    member_id: str,
    changed: Callable[[Member], Member],
    *,
    openid: str | None = None,
    without_openid: bool = False,
    fact: facts.Fact | None = None,
) -> Member:
    """Join a transaction with a change; see `records.change_in`. Refuses: NotFound"""
    return records.change_in(
        write, member_id, changed, openid=openid, without_openid=without_openid, fact=fact
    )


def erase_in(
    write: TransactWrite,
    member_id: str,
    changed: Callable[[Member], Member],
    *,
    findable: bool = False,
    fact: facts.Fact,
) -> None:
    """Join a transaction after which nobody can tell who the member was; see `records.erase_in`.

    Refuses: NotFound
    """
    records.erase_in(write, member_id, changed, findable=findable, fact=fact)


def note_seen(member_id: str, seen: Seen, fact: facts.MemberSeen) -> None:
    visits.note_seen(member_id, seen, fact)


def sign_out(member_id: str, session_id: str, *, dies_at: int) -> None:
    visits.sign_out(member_id, session_id, dies_at=dies_at)


def exported(member_id: str) -> Any:
    """Who they are, when they were last here, and which sessions they signed out. Refuses: NotFound"""
    member = records.get(member_id)
    seen, signed_out = visits.rows_of(member_id)
    return msgspec.to_builtins({"member": member, "seen": seen, "signed_out": signed_out})


def follow_merge(fact: facts.MembersMerged) -> None:
    """What the merge itself did not bring together: when they were last here."""
    visits.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: facts.MembersUnmerged) -> None:
    """What came by the merge goes back."""
    visits.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: facts.MemberErased) -> None:
    """What is left says that there was somebody; see `rules.erased`."""
    visits.forget(fact.member_id)
