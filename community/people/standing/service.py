"""Front door: what a member is to the brand, and why.

Whoever certifies a member or takes that back says so here in the same transaction. Identity and badges
are recomputed from all that is said, whenever something begins or ends: late, twice and out of order
make no difference.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.facts import MemberErased, MembersMerged, MembersUnmerged, StandingSaid
from community.people.members import service as members
from community.people.members.rules import Member
from community.people.standing import records, rules
from community.people.standing.rules import Ground, Standing


class AboutMember(Protocol):
    """A fact about a member."""

    @property
    def member_id(self) -> str: ...


def begin(write: TransactWrite, member_id: str, ground: Ground, *, ref_id: str) -> None:
    """Join a transaction: from now on this speaks for the member."""
    records.begin(write, member_id, Standing(ground, ref_id))


def end(write: TransactWrite, member_id: str, ground: Ground, *, ref_id: str) -> None:
    """Join a transaction: this does not speak for the member any longer."""
    records.end(write, member_id, Standing(ground, ref_id))


def say(member_id: str, ground: Ground, *, on: bool, by: str, now: datetime) -> Member:
    """An operator says that a member speaks for the brand, or works for it, or does not any longer.

    Refuses: NotAnOperator; NotFound — no such member; Unavailable
    """
    operator = staff.operator(by)
    member_id = members.get(member_id).member_id
    with one_transaction() as write:
        (begin if on else end)(write, member_id, ground, ref_id=ground)
        entry = Entry(
            what="members.standing",
            about=f"member#{member_id}",
            by=operator.userid,
            after={ground.value: on},
            at=now,
        )
        audit.note_in(write, entry)
    # A crash before this is made good by saying it again.
    fact = StandingSaid(
        fact_id=ids.new_id(now, f"standing {member_id} {ground} {on}"), at=now, member_id=member_id
    )
    return refresh(member_id, fact=fact)


def of_member(member_id: str) -> list[Standing]:
    return records.of_member(member_id)


def follow(fact: AboutMember) -> None:
    """Something began or ended to speak for a member: identity and badges follow."""
    refresh(fact.member_id)


def refresh(member_id: str, *, fact: StandingSaid | None = None) -> Member:
    """The member as what speaks for them at this moment makes them."""

    def as_it_stands(member: Member) -> Member:
        # Read within the change: whoever reads later than this one also writes later.
        live = records.of_member(member.member_id)
        return rules.standing_as(member, (standing.ground for standing in live))

    return members.change(member_id, as_it_stands, fact=fact)


def exported(member_id: str) -> list[dict[str, Any]]:
    """What speaks for a member."""
    return [{"ground": s.ground, "ref_id": s.ref_id} for s in records.of_member(member_id)]


def follow_merge(fact: MembersMerged) -> None:
    """What spoke for the one who is gone speaks for the one who stays."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)
    refresh(fact.kept_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back, and both are what they are without each other."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)
    refresh(fact.kept_id)
    refresh(fact.gone_id)


def erase(fact: MemberErased) -> None:
    """Nothing speaks for a member of whom nobody can tell who it was."""
    records.delete_all(fact.member_id)
