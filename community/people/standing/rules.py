"""What a member is to the brand: it follows from everything that speaks for them, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from community.commons.audience.rules import CO_DRIVER_BADGE, Identity
from community.people.members.rules import OFFICIAL_BADGE, OWNER_BADGE, STAFF_BADGE, Member


class Ground(StrEnum):
    """What speaks for a member, strongest first."""

    OWNER = "owner"
    DEPOSIT_HOLDER = "deposit_holder"
    INVITATION = "invitation"
    CO_DRIVER = "co_driver"
    OFFICIAL = "official"
    """The account speaks for the brand."""
    STAFF = "staff"
    """The member works for the community."""


BADGES = {
    Ground.OWNER: OWNER_BADGE,
    Ground.DEPOSIT_HOLDER: "deposit-holder",
    Ground.INVITATION: "invited",
    Ground.CO_DRIVER: CO_DRIVER_BADGE,
    Ground.OFFICIAL: OFFICIAL_BADGE,
    Ground.STAFF: STAFF_BADGE,
}
_IDENTITIES = {Ground.OWNER: Identity.OWNER, Ground.DEPOSIT_HOLDER: Identity.DEPOSIT_HOLDER}


class Standing(msgspec.Struct, frozen=True):
    """One thing that speaks for a member: by certification `ref_id`, or by the seat in car `ref_id`."""

    ground: Ground
    ref_id: str


def standing_as(member: Member, grounds: Iterable[Ground]) -> Member:
    """The member with the identity and the badges that follow from these grounds; other badges stay."""
    said = set(grounds)
    live = [ground for ground in Ground if ground in said]
    identity = next((_IDENTITIES[g] for g in live if g in _IDENTITIES), Identity.PROSPECT)
    others = [badge for badge in member.badges if badge not in BADGES.values()]
    badges = (*(BADGES[ground] for ground in live), *others)
    return msgspec.structs.replace(member, identity=identity, badges=badges)
