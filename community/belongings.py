"""What the community keeps about a member, capability by capability: one table.

Whoever keeps rows under a member's id stands here with the four things that can become of them. So a
member takes everything along, two who turn out to be one person lose nothing, and who leaves leaves
nothing behind. A capability that is not here would be forgotten: a test looks for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Protocol

import msgspec

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable
from chalicelib.moves import Unfinished
from community.commons.agenda import service as agenda
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM, Entry
from community.commons.media import service as media
from community.commons.notifications import service as notifications
from community.commons.subscriptions import service as subscriptions
from community.facts import ExportAsked, MemberErased, MembersMerged, MembersUnmerged
from community.forum.blocks import service as blocks
from community.forum.comments import service as comments
from community.forum.drafts import service as drafts
from community.forum.feed import service as feed
from community.forum.follows import service as follows
from community.forum.lists import service as lists
from community.forum.moderation import service as moderation
from community.forum.posts import service as posts
from community.forum.reactions import service as reactions
from community.forum.votes import service as votes
from community.people.archive import service as archive
from community.people.certifications import service as certifications
from community.people.consents import service as consents
from community.people.contacts import service as contacts
from community.people.exports import service as exports
from community.people.identities import service as identities
from community.people.licences import service as licences
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.phones import service as phones
from community.people.profiles import service as profiles
from community.people.standing import service as standing
from community.people.tags import service as tags
from community.people.touchpoints import service as touchpoints
from community.people.vehicles import service as vehicles

LOOKED_AGAIN_AFTER = timedelta(minutes=2)
"""By then everything has ended that began before a merge or an erasure, and did not know of it."""
_AGAIN = ".again"
_COUNTED_MAX = 1_000
"""Beyond, it was much: to count more would take longer than to move it."""
_STAY = ("members", "merges")
"""What these tell of a member is what they are, not what they have."""


class Keeper(Protocol):
    """A capability's front door, as far as it keeps something about members."""

    def exported(self, member_id: str) -> Any:
        """Everything it keeps about the member, in words and numbers that JSON can carry."""

    def follow_merge(self, fact: MembersMerged) -> None:
        """What was the gone member's is the kept one's, marked so that it can go back."""

    def follow_unmerge(self, fact: MembersUnmerged) -> None:
        """What came from the gone member goes back to them."""

    def erase(self, fact: MemberErased) -> None:
        """Nothing personal is left; what others see stays without a name."""


KEEPERS: dict[str, Keeper] = {
    "members": members,
    "identities": identities,
    "merges": merges,
    "phones": phones,
    "notifications": notifications,
    "subscriptions": subscriptions,
    "posts": posts,
    "comments": comments,
    "votes": votes,
    "drafts": drafts,
    "moderation": moderation,
    "reactions": reactions,
    "lists": lists,
    "follows": follows,
    "blocks": blocks,
    "feed": feed,
    "archive": archive,
    "consents": consents,
    "exports": exports,
    "media": media,
    "touchpoints": touchpoints,
    "profiles": profiles,
    "contacts": contacts,
    "tags": tags,
    "certifications": certifications,
    "licences": licences,
    "standing": standing,
    "vehicles": vehicles,
}


def make_export(fact: ExportAsked) -> None:
    """A member gets everything that anybody here keeps about them. Refuses: Unavailable"""
    exports.make(fact, {name: keeper.exported for name, keeper in KEEPERS.items()})


def follow(fact: MembersMerged | MembersUnmerged) -> None:
    """Everything that anybody keeps of two members is where it belongs as they are at this moment.

    However late a merge is told, it is done as it holds now, and so is whatever merge came after it.
    Refuses: Unavailable — the fact comes again
    """
    if isinstance(fact, MembersMerged) and not fact.fact_id.endswith(_AGAIN):
        _note_what_moves(fact)
    finished = _settled(fact.merge_id)
    _look_again(fact, finished=finished)


def erase(fact: MemberErased) -> None:
    """Nobody keeps anything personal of a member. Refuses: Unavailable — the fact comes again"""
    finished = _each_keeper(fact, lambda _, keeper: keeper.erase(fact))
    _look_again(fact, finished=finished)


def _note_what_moves(fact: MembersMerged) -> None:
    """The audit log tells how much of what was the gone member's, as it is when this is told first."""
    moved: dict[str, int] = {}

    def count(name: str, keeper: Keeper) -> None:
        number = _how_much(keeper.exported(fact.gone_id))
        if number and name not in _STAY:
            moved[name] = number

    _each_keeper(fact, count)
    audit.note(
        Entry(
            what="members.belongings",
            about=f"member#{fact.kept_id}",
            by=SYSTEM,
            before={"member_id": fact.gone_id},
            after={"merge_id": fact.merge_id, "moved": moved},
            at=fact.at,
        )
    )


def _how_much(kept: Any) -> int:
    if isinstance(kept, Mapping):
        return sum(map(_how_much, kept.values()))
    if isinstance(kept, str) or not isinstance(kept, Iterable):
        return int(bool(kept))
    return sum(1 for _ in islice(kept, _COUNTED_MAX))


def _settled(merge_id: str) -> bool:
    """Whether a merge is carried out, or undone, with all those that follow from it."""
    holds = merges.fact_of(merge_id)
    finished = _each_keeper(holds, lambda _, keeper: _follow(keeper, holds))
    if merges.fact_of(merge_id) != holds:
        return _settled(merge_id)  # It was undone meanwhile.
    later = {merges.merge_of(member_id) for member_id in (holds.gone_id, holds.kept_id)}
    for each in later - {merge_id, None}:
        finished &= _settled(each) if each else True
    return finished


def _follow(keeper: Keeper, fact: MembersMerged | MembersUnmerged) -> None:
    if isinstance(fact, MembersMerged):
        keeper.follow_merge(fact)
    else:
        keeper.follow_unmerge(fact)


def _each_keeper(
    fact: MembersMerged | MembersUnmerged | MemberErased, do: Callable[[str, Keeper], None]
) -> bool:
    """Let each keeper do its part; what one cannot do keeps no other from it. Gives if all is done.

    Refuses: Unavailable — somebody we depend on did not answer one of them
    """
    finished, silent = True, None
    for name, keeper in KEEPERS.items():
        try:
            do(name, keeper)
        except Unfinished:
            finished = False
        except Unavailable as unavailable:
            silent = unavailable
        except Refusal as refusal:
            logs.warning("a keeper refused", keeper=name, fact=fact.fact_id, code=refusal.code)
    if silent:
        raise silent
    return finished


def _look_again(fact: MembersMerged | MembersUnmerged | MemberErased, *, finished: bool) -> None:
    """Once more in a moment, and as often as something is left."""
    if fact.fact_id.endswith(_AGAIN):
        if not finished:
            agenda.put(fact)
        return
    again = msgspec.structs.replace(
        fact, fact_id=f"{fact.fact_id}{_AGAIN}", at=fact.at + LOOKED_AGAIN_AFTER
    )
    agenda.put(again)
