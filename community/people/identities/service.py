"""Front door: by what a member is known. The table makes sure that each is one member's only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pynamodb.transactions import TransactWrite

from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.identities import records
from community.people.identities.rules import Identity, Kind


def claim(write: TransactWrite, identity: Identity, *, member_id: str) -> None:
    """Join a transaction: it holds only if the identity is nobody's, or this member's already."""
    records.claim(write, identity, member_id=member_id)


def release(write: TransactWrite, identity: Identity, *, member_id: str) -> None:
    """Join a transaction: this identity is not the member's any longer."""
    records.release(write, identity, member_id=member_id)


def owner_of(kind: Kind, value: str) -> str | None:
    """The member who is known by this, at this moment."""
    return records.owner_of(kind, value)


def owners_of(kind: Kind, values: Iterable[str]) -> dict[str, str]:
    """The members who are known by some of these, by the value."""
    return records.owners_of(kind, values)


def of_member(member_id: str) -> list[Identity]:
    return records.of_member(member_id)


def exported(member_id: str) -> Any:
    """By what they are known to us."""
    return [{"kind": each.kind.value, "value": each.value} for each in records.of_member(member_id)]


def follow_merge(fact: MembersMerged) -> None:
    """Who is known as the one who is gone is the one who remains."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nothing leads to them any longer."""
    records.forget(fact.member_id)


def key_of(kind: Kind, value: str) -> str:
    """A keyed hash under which rows can be found without keeping what it is made of."""
    return records.key_of(kind, value)
